"""The doors: what Slack sends becomes a reference and a place to answer in; no door judges."""
