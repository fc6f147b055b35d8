"""Slack's blocks, views and their parts: fields, lengths and counts, as tables of rules.

Lengths and counts are those of slack_sdk's models where they have them, the fields those of Slack's own types
(npm @slack/types), the rest of https://docs.slack.dev/reference/block-kit.
"""
