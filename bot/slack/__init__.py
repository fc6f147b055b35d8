"""Slack's edge: what is sent there, how fast, and what happens when it is refused."""
