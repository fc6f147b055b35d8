"""One exception as Sentry names it: the only thing a playbook recognises an error by."""

from playbook.evidence.fact import Value


class Error(Value):
    """`type` is the bare class name (`ProgrammingError`) or None for a synthetic one; `value` its whole text.

    The title of an issue is never used: Sentry cuts it to the first line and 100 characters.
    """

    type: str | None = None
    value: str = ""
