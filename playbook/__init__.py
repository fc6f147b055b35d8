"""Carries out written playbooks: gathers evidence about a Sentry issue and judges it; has never heard of Slack."""
