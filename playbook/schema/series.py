"""Several patches to one file, as a row of mails or commits has them, are one change of that file."""

from collections.abc import Iterable

from playbook.schema.unified import Changed, Part

MOST_APPLIED = 100
"""Patches carried out on one new file; further ones are read as pieces."""


def together(files: Iterable[Changed]) -> tuple[Changed, ...]:
    """One change for each file, oldest patch first: a file that a later patch changes or takes away again included."""
    left: dict[str, Changed] = {}
    gone: list[Changed] = []
    applied: dict[str, int] = {}
    for one in files:
        earlier = left.pop(one.previous, None) if one.previous is not None else None
        if earlier is not None and earlier.unread is None and one.unread is None:
            path = one.path or ""
            applied[path] = applied.pop(one.previous or "", 0) + 1
            one = _joined(earlier, one, applied[path] <= MOST_APPLIED)  # noqa: PLW2901 - both as one
        elif earlier is not None:
            gone.append(earlier)
        if one.path is None:
            gone += [one] if one.previous is not None else []
            continue
        if one.path in left:
            gone.append(left.pop(one.path))
        left[one.path] = one
    return (*gone, *left.values())


def _joined(first: Changed, second: Changed, carry_out: bool) -> Changed:
    if second.path is None:
        return first._replace(path=None, after=())
    if first.previous is None and carry_out:
        text = _applied(first.after, second)
        if text is not None:
            return Changed(None, second.path, (), (Part("", 1, text, (True,) * len(text)),))
    return Changed(first.previous, second.path, (*first.before, *second.before), (*first.after, *second.after))


def _applied(whole: tuple[Part, ...], change: Changed) -> tuple[str, ...] | None:
    """The new file's lines after the change; None where it does not fit them."""
    lines = list(whole[0].lines) if whole else []
    shift = 0
    for old, new in zip(change.before, change.after, strict=True):
        place = max(old.start - 1, 0) + shift if old.lines else old.start + shift
        if tuple(lines[place : place + len(old.lines)]) != old.lines:
            return None
        lines[place : place + len(old.lines)] = new.lines
        shift += len(new.lines) - len(old.lines)
    return tuple(lines)
