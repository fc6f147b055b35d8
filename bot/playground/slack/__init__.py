"""A Slack for one bot and one person: its state, its Web API, its Socket Mode, and what a person does in it."""
