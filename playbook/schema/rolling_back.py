"""Whether rolling the code back is safe, as far as what else the release changes in the schema tells."""

from playbook.evidence.changes import Changes


def rolling_back(changes: Changes | None) -> str:
    """The sentence for the remedy of a relation that the release never had; safe only where all changes were read."""
    if changes is None or changes.incomplete:
        return UNSAFE
    others = [one for one in changes.schema_changes if one.kind != "models"]
    if not others:
        return "Rolling the code back is safe: the release changes nothing else in the schema"
    return f"{UNSAFE}: {others[0].path} {others[0].kind} {others[0].relation}"


UNSAFE = "Before rolling the code back, look what else the release changes in the schema"
