"""What an operator sees of the bot: whether it is well, how much it does, how long that takes, and what it says."""
