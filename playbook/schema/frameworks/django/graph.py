"""The order in which Django would run the migrations on an empty database.

django/db/migrations/loader.py (`build_graph`), graph.py (`iterative_dfs`) and executor.py (`migration_plan`): a
squashed migration stands for those that it replaces, and each app's last migrations are reached one after another.
Where Django would refuse (a missing dependency, a circle) the order goes on by name, and it is said so.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from playbook.schema.framework import Dynamic
from playbook.schema.frameworks.django.file import Key, Source


class Node(NamedTuple):
    """A migration: its app's label and its name, by which Django sorts, and its app's folder."""

    label: str
    name: str
    folder: str


Sources = Mapping[Node, Source]
Place = Callable[[str, str], str | None]
"""The folder of the app that a label means, seen from a folder; None for an app that is not among the files."""


class Plan(NamedTuple):
    """`order` without those that are replaced; `dynamic` what is wrong with a migration's place in it."""

    order: tuple[Node, ...]
    dynamic: dict[Node, tuple[Dynamic, ...]]


def plan(sources: Sources, place: Place) -> Plan:
    """Every migration that would run, each after all that it depends on."""
    return _Graph(sources, place).plan()


class _Graph:
    """Parents and children by node; a node that another replaces is out of both."""

    def __init__(self, sources: Sources, place: Place) -> None:
        self.sources, self.place = sources, place
        self.by_folder: dict[str, list[Node]] = {}
        for node in sorted(sources):
            self.by_folder.setdefault(node.folder, []).append(node)
        self.by_name = {(node.folder, node.name): node for node in sources}
        self.dynamic: dict[Node, list[Dynamic]] = {}
        self.replaced = self._replaced()
        self.own = {node: self._own_parents(node) for node in sources}
        self.ends = {folder: self._ends(nodes) for folder, nodes in self.by_folder.items()}

    def plan(self) -> Plan:
        parents: dict[Node, set[Node]] = {node: set() for node in self.sources if node not in self.replaced}
        for node in self.sources:
            for parent in (*self.own[node], *self._other_parents(node, self.sources[node].dependencies)):
                self._edge(parents, parent, node)
            for child in self._other_parents(node, self.sources[node].run_before):
                self._edge(parents, node, child)
        self._cut_circles(parents)
        order = _order(parents)
        return Plan(tuple(order), {node: tuple(found) for node, found in self.dynamic.items()})

    def _edge(self, parents: dict[Node, set[Node]], parent: Node, child: Node) -> None:
        """Both ends moved to what replaces them; inside one squashed migration there is no edge."""
        parent, child = self._standing(parent), self._standing(child)
        if parent != child:
            parents[child].add(parent)

    def _replaced(self) -> dict[Node, Node]:
        """By each replaced migration among the files, the one that stands for it."""
        found: dict[Node, Node] = {}
        self.gone: dict[tuple[str, str], Node] = {}
        for node in sorted(self.sources):
            for key in self.sources[node].replaces:
                folder = self.place(key.app, node.folder)
                if folder is None or (folder, key.name) == (node.folder, node.name):
                    continue
                self.gone.setdefault((folder, key.name), node)
                other = self.by_name.get((folder, key.name))
                if other is not None:
                    found.setdefault(other, node)
        return found

    def _standing(self, node: Node) -> Node:
        """The migration that runs in its place; two that replace each other both run."""
        seen = {node}
        while node in self.replaced:
            node = self.replaced[node]
            if node in seen:
                for one in seen:
                    self.replaced.pop(one, None)
                return node
            seen.add(node)
        return node

    def _find(self, folder: str, name: str) -> Node | None:
        return self.by_name.get((folder, name)) or self.gone.get((folder, name))

    def _own_parents(self, node: Node) -> set[Node]:
        """Those in the same app. Where one is missing though the app's beginning is there, the one before by name."""
        source = self.sources[node]
        found: set[Node] = set()
        missing = [Key(node.label, "", 1)] if source.unread else []
        for key in source.dependencies:
            if self.place(key.app, node.folder) != node.folder or key.name.startswith("__"):
                continue
            parent = self._find(node.folder, key.name)
            if parent is not None:
                found.add(parent)
            else:
                missing.append(key)
        if missing:
            before = [one for one in self.by_folder[node.folder] if one.name < node.name and one not in self.replaced]
            found |= set(before[-1:])
            if before and missing[-1].name:
                what = f"it depends on {node.label}.{missing[-1].name}, which is not there"
                self.dynamic.setdefault(node, []).append(Dynamic(missing[-1].line, what))
        return found - {node}

    def _other_parents(self, node: Node, keys: Iterable[Key]) -> Iterable[Node]:
        for key in keys:
            folder = self.place(key.app, node.folder)
            if folder is None or folder == node.folder or folder not in self.ends:
                continue
            first, latest = self.ends[folder]
            named = {"__first__": first, "__latest__": latest}.get(key.name) or self._find(folder, key.name)
            if named is not None:
                yield named
            elif not key.name.startswith("__"):
                what = f"it depends on {key.app}.{key.name}, which is not there"
                self.dynamic.setdefault(node, []).append(Dynamic(key.line, what))

    def _ends(self, nodes: list[Node]) -> tuple[Node | None, Node | None]:
        """`root_nodes(app)[0]` and `leaf_nodes(app)[0]`, with nothing but dependencies inside the app."""
        inner = {parent for node in nodes for parent in self.own[node]}
        roots = [node for node in nodes if not self.own[node]]
        leaves = [node for node in nodes if node not in inner]
        return next(iter(roots), None), next(iter(leaves), None)

    def _cut_circles(self, parents: dict[Node, set[Node]]) -> None:
        """Of the migrations that wait for each other in a circle, none waits for one that comes later by name."""
        waiting = {node: set(found) for node, found in parents.items()}
        children: dict[Node, list[Node]] = {}
        for node, found in parents.items():
            for parent in found:
                children.setdefault(parent, []).append(node)
        free = [node for node, found in waiting.items() if not found]
        while free:
            done = free.pop()
            waiting.pop(done)
            for child in children.get(done, ()):
                waiting[child].discard(done)
                if not waiting[child]:
                    free.append(child)
        for node, found in waiting.items():
            later = {parent for parent in found if parent.folder != node.folder or parent.name >= node.name}
            later = {parent for parent in later if _reaches(node, parent, waiting)}
            if later:
                parents[node] -= later
                what = f"it waits in a circle for {min(later).label}.{min(later).name}"
                self.dynamic.setdefault(node, []).append(Dynamic(1, what))


def _reaches(node: Node, start: Node, parents: Mapping[Node, set[Node]]) -> bool:
    """Whether `start` waits, through any others, for `node`."""
    left, seen = [start], {start}
    while left:
        one = left.pop()
        if one == node:
            return True
        more = parents.get(one, set()) - seen
        seen |= more
        left += more
    return False


def _order(parents: Mapping[Node, set[Node]]) -> list[Node]:
    """Each app's leaves in order of their names; to each first whatever it waits for, as Django's search finds it."""
    inner = {parent for node, found in parents.items() for parent in found if parent.folder == node.folder}
    leaves = sorted(node for node in parents if node not in inner)
    order: list[Node] = []
    done: set[Node] = set()
    way: set[Node] = set()
    for start in (*leaves, *sorted(inner)):
        left = [(start, False)]
        while left:
            node, finished = left.pop()
            if finished:
                done.add(node)
                order.append(node)
            elif node not in done and node not in way:
                way.add(node)
                left.append((node, True))
                left += [(parent, False) for parent in sorted(parents[node])]
    return order
