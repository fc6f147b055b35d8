"""A text that could not be read says so once, in words fit for the card; whoever reads on makes a gap of it."""


class Unread(Exception):
    """The text could not be read; `args[0]` says why, in words fit for the card."""
