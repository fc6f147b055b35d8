"""What keeps a fold from telling all of one relation: unread files, computed names, tables that are made elsewhere."""

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import islice

from playbook.schema.framework import Declared, Files, framework_named, frameworks
from playbook.schema.history import Event, History
from playbook.schema.target import Targets, projects

TOLD = 5
"""Sentences of one kind that are told of what could not be read: the rest is counted."""


def coverage(folded: History, targets: Targets, declared: Iterable[Declared]) -> dict[str, int]:
    """Of the relations that code of the same targets declares: how many there are, how many migrations create."""
    mine = {targets.owning(one) for one in declared if one.managed}
    made = [one for one in folded.events if one.kind != "drops" and targets.of(one.path) in mine]
    there = {_bare(one.to or one.name) for one in made} & {_bare(name) for name in folded.relations}
    names = {one.relation.lower() for one in folded.declared if one.managed and targets.owning(one) in mine}
    return {"declaring": len(names), "covered": len(names & there)}


def unread(folded: History, files: Mapping[str, str], events: Iterable[Event]) -> list[str]:
    """What could not be read of any migration: of the frameworks that tell of the relation, where one does.

    `files` are the sentences by path of those whose text is not there.
    """
    own = {one.framework for one in events}
    wants = [one.wants for one in frameworks() if not own or one.name in own]
    sentences = [f"{path}: {why}" for path, why in files.items() if any(want(path) for want in wants)]
    broken = (one for one in folded.migrations if one.unread and (not own or one.framework in own))
    return _counted([*sentences, *(f"{one.path}: {one.unread}" for one in broken)])


def dynamic(folded: History, events: Iterable[Event]) -> list[str]:
    """What only running the migrations would tell: of the frameworks that tell of the relation, where one does."""
    own = {one.framework for one in events}
    computed = (
        f"{one.path}:{each.line}: {each.what}"
        for one in folded.migrations
        if not own or one.framework in own
        for each in one.dynamic
    )
    return _counted(computed)


def adopted(folded: History, files: Files, model: Declared) -> bool:
    """Whether a migration of its framework takes the model's table for being there already."""
    framework = framework_named(model.framework)
    texts = (files.get(one.path, "") for one in folded.migrations if one.framework == model.framework)
    return framework is not None and any(framework.adopts(text, model.name) for text in texts)


def routed(files: Files) -> bool:
    """Whether the settings of a project decide which migration reaches which database: then one may be recorded on a
    database that gets no table."""
    return any(one.routed(files[path]) for one in frameworks() for path in projects(one, files) or ())


def unread_of(unread: Mapping[str, str], name: str) -> list[str]:
    """What of a commit to compare with could not be read."""
    first = next(iter(unread.items()), None)
    if first is None:
        return []
    more = f", and {len(unread) - 1:,} more files" if len(unread) > 1 else ""
    return [f"{first[0]} of {name} was not read: {first[1]}{more}"]


def _counted(sentences: Iterable[str]) -> list[str]:
    rest = Counter(sentences)  # each once, in their order
    shown = list(islice(rest, TOLD))
    more = len(rest) - len(shown)
    return [*shown, *([f"{more:,} more"] if more else [])]


def _bare(name: str) -> str:
    return name.lower().rpartition(".")[2]
