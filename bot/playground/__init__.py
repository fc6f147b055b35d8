"""A workspace on this computer: a local Slack, the page that shows it, and the real bot as its client."""
