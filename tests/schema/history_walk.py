"""Every change of a repository's history, read from its diff alone, agrees with the fold of the trees around it.

`python -m tests.schema.history_walk PATH [--last N] [--models]` walks the first-parent history of a checkout or of a
bare git directory and says where the two differ; and whether the changes, carried out one after another, add up to the
fold of the final tree: what is missing and what is too much, each with the commit since which it is so.
"""

import argparse
import subprocess
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from playbook.evidence.suspects import is_aside
from playbook.schema import history as module
from playbook.schema.diff import DUMP, Effect, brought, effect, is_read
from playbook.schema.framework import Declared, Framework, Migration, frameworks
from playbook.schema.series import together
from playbook.schema.unified import changed

EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
LARGEST = 1_000_000
MOST_SHOWN = 12
Tree = Mapping[str, str]
"""Names of blobs by path, of the files that some framework wants."""


class Change(NamedTuple):
    """A commit with what it changes among the wanted files, and those files after it."""

    commit: str
    parent: str
    touched: tuple[tuple[str, str], ...]
    tree: Tree


class Whole(NamedTuple):
    """What a whole tree makes of the database: relations, and models whose relation nothing creates; `dumped` are
    those relations that only a tool's dump has, and no migration."""

    relations: frozenset[str]
    lacking: frozenset[str]
    dynamic: frozenset[tuple[str, str]]
    migrations: frozenset[str]
    dumped: frozenset[str]


class Verdict(NamedTuple):
    """`kind` is `agrees`, or how the diff's answer differs from the trees'."""

    commit: str
    kind: str
    words: str


class Walked(NamedTuple):
    """A change with what its diff says, the trees' answer, and all relations after it by the trees alone."""

    change: Change
    told: Effect
    verdict: Verdict
    after: Whole


class Differs(NamedTuple):
    """A relation that is missing from the sum of the changes, or surplus in it, since that commit, and why."""

    relation: str
    missing: bool
    commit: str
    why: str


class Sum:
    """The changes, carried out one after another on what was there before the first of them."""

    def __init__(self) -> None:
        self.relations: frozenset[str] | None = None
        self.differs: dict[str, Differs] = {}
        self.total = 0

    def add(self, one: Walked, before: Whole) -> None:
        """Carries out the change; remembers since which commit a relation is missing or too much."""
        if self.relations is None:
            self.relations = before.relations
        self.relations = summed(self.relations, one.told)
        there = one.after.relations
        wrong = self.relations ^ there
        self.differs = {name: kept for name, kept in self.differs.items() if name in wrong}
        for name in wrong - self.differs.keys():
            self.differs[name] = Differs(name, name in there, one.change.commit, _reason(one, name))
        self.total = len(there)

    def right(self) -> int:
        """How many relations of the final tree the changes add up to."""
        return self.total - sum(one.missing for one in self.differs.values())


def _reason(one: Walked, name: str) -> str:
    """The kind of the commit's own difference; where it has none, an earlier one's or what only the whole tells."""
    if one.verdict.kind == "agrees":
        return "the trees changed their mind with it"
    said = [told for told in (*one.told.dynamic, *sorted(why for _, why in one.after.dynamic)) if name in told]
    return "dynamic" if said and one.verdict.kind == "differs" else one.verdict.kind


class Repository:
    """A git repository, read by its own commands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.texts: dict[str, str] = {}
        self.folded: dict[
            tuple[str, frozenset[tuple[str, str]]], tuple[tuple[Migration, ...], tuple[Declared, ...]]
        ] = {}
        self.wanted: dict[str, tuple[Framework, ...]] = {}

    def git(self, *arguments: str, given: bytes | None = None) -> bytes:
        """Git's output; raises where it fails."""
        command = ["git", "-C", str(self.path), "-c", "core.quotePath=true", *arguments]
        return subprocess.run(command, input=given, capture_output=True, check=True, timeout=600).stdout

    def changes(self, last: int | None = None, head: str = "HEAD") -> Iterator[Change]:
        """The commits of the first-parent line that change a wanted file, oldest first."""
        listed = self.git("rev-list", "--first-parent", "--reverse", "--parents", head).decode().splitlines()
        rows = [line.split() for line in listed]
        rows = rows[-last:] if last else rows
        first = rows[0][1] if len(rows[0]) > 1 else EMPTY_TREE
        tree = dict(self._listed(first))
        shown = self.git(
            "log", "--first-parent", "--reverse", "--root", "--diff-merges=first-parent", "--raw", "-z", "--no-renames",
            "--no-abbrev", "--format=%x01%H", *([f"{first}..{head}"] if first != EMPTY_TREE else [head]),
        )  # fmt: skip
        parents = {row[0]: row[1] if len(row) > 1 else EMPTY_TREE for row in rows}
        for part in shown.decode("utf-8", "replace").split("\x01")[1:]:
            commit, _, raw = part.partition("\0")
            touched = []
            fields = [one.strip("\n") for one in raw.split("\0") if one.strip("\n")]
            for head_line, path in zip(fields[::2], fields[1::2], strict=False):
                _, mode, _, blob, status = head_line.split()
                if not self.frameworks_of(path):
                    continue
                touched.append((status, path))
                if status == "D" or not mode.startswith("100"):
                    tree.pop(path, None)
                else:
                    tree[path] = blob
            if touched:
                yield Change(commit.strip(), parents[commit.strip()], tuple(touched), dict(tree))

    def frameworks_of(self, path: str) -> tuple[Framework, ...]:
        """The frameworks that ask for the file."""
        if path not in self.wanted:
            aside = is_aside(path)
            self.wanted[path] = () if aside else tuple(one for one in frameworks() if one.wants(path))
        return self.wanted[path]

    def _listed(self, revision: str) -> Iterator[tuple[str, str]]:
        for line in self.git("ls-tree", "-r", "-z", revision).decode("utf-8", "replace").split("\0"):
            head, _, path = line.partition("\t")
            if head.startswith("100") and self.frameworks_of(path):
                yield path, head.split()[2]

    def whole(self, tree: Tree, models: bool) -> Whole:
        """Folds a tree; frameworks whose files did not change are not asked again."""
        self._read(set(tree.values()) - self.texts.keys())
        relations: dict[str, module.Event] = {}
        declared: list[Declared] = []
        dynamic: set[tuple[str, str]] = set()
        paths: set[str] = set()
        for framework in frameworks():
            wanted = {path: blob for path, blob in tree.items() if framework in self.wanted[path]}
            if not wanted:
                continue
            key = (framework.name, frozenset(wanted.items()))
            if key not in self.folded:
                files = {path: self.texts[blob] for path, blob in wanted.items()}
                self.folded = {one: kept for one, kept in self.folded.items() if one[0] != framework.name}
                self.folded[key] = framework.migrations(files), framework.declared(files) if models else ()
            migrations, said = self.folded[key]
            declared += said
            for migration in migrations:
                paths.add(migration.path)
                dynamic |= {(migration.path, one.what) for one in migration.dynamic}
                dynamic |= {(migration.path, migration.unread)} if migration.unread else set()
                for operation in migration.operations:
                    module._apply(module._event(operation, migration), relations)
        there = {name.lower() for name in relations}
        lacking = {one.relation for one in declared if one.managed and one.relation.lower() not in there}
        dumped = (name for name, event in relations.items() if DUMP.search(event.path))
        return Whole(frozenset(relations), frozenset(lacking), frozenset(dynamic), frozenset(paths), frozenset(dumped))

    def _read(self, blobs: Iterable[str]) -> None:
        listed = sorted(blobs)
        answer = self.git("cat-file", "--batch", given="".join(f"{one}\n" for one in listed).encode())
        place = 0
        for blob in listed:
            end = answer.index(b"\n", place)
            size = int(answer[place:end].split()[-1])
            content = answer[end + 1 : end + 1 + size]
            self.texts[blob] = content.decode("utf-8", "replace") if size <= LARGEST else ""
            place = end + 1 + size + 1

    def diff(self, change: Change) -> str:
        """The change as `git diff` writes it; of the wanted files alone where others are missing from a mirror."""
        try:
            found = self.git("diff", change.parent, change.commit)
        except subprocess.CalledProcessError:
            found = self.git("diff", change.parent, change.commit, "--", *(path for _, path in change.touched))
        return found.decode("utf-8", "replace")


def walked(
    repository: Repository, last: int | None = None, models: bool = False, total: Sum | None = None
) -> Iterator[Walked]:
    """What each change's diff says, against the trees before and after it; adds it to the total."""
    before: Whole | None = None
    for change in repository.changes(last):
        if before is None:
            before = repository.whole(dict(repository._listed(change.parent)), models)
        after = repository.whole(change.tree, models)
        diff = repository.diff(change)
        told = effect(diff)
        found = verdict(change, told, before, after)
        if found.kind not in ("agrees", "models"):
            found = _explained(found, repository, diff, before, after)
        kept = found if models or found.kind != "models" else found._replace(kind="agrees", words="")
        one = Walked(change, told, kept, after)
        if total is not None:
            total.add(one, before)
        yield one
        before = after


def _explained(found: Verdict, repository: Repository, diff: str, before: Whole, after: Whole) -> Verdict:
    """Names the differences that are none of the readers': SQL that no tool runs, and tables that a dump alone has."""
    events = brought(together(changed(diff, is_read))).events
    loose = {name for one in events if not repository.frameworks_of(one.path) for name in (one.name, one.to)}
    names = {one[1:].split()[0] for one in found.words.split("; ")}
    if names <= loose:
        return found._replace(kind="SQL of no tool")
    return found._replace(kind="in the dump only") if names <= after.dumped | before.dumped else found


def summed(relations: frozenset[str], told: Effect) -> frozenset[str]:
    """The relations after the change, by what its diff says of those before it."""
    left = relations - {old for old, _ in told.renames} - set(told.drops)
    return left | set(told.creates) | {new for _, new in told.renames}


def verdict(change: Change, told: Effect, before: Whole, after: Whole) -> Verdict:
    """Compares the sets of relations that come and go; a rename is one going and one coming."""
    come = {*told.creates, *(new for _, new in told.renames)}
    gone = {*told.drops, *(old for old, _ in told.renames)}
    both = come & gone  # one goes and another takes its name
    come, gone = come - (both & before.relations), gone - both
    really_come, really_gone = after.relations - before.relations, before.relations - after.relations
    lacking = after.lacking - before.lacking
    words = [
        *(f"+{one} only the diff" for one in sorted(come - really_come)),
        *(f"+{one} only the trees" for one in sorted(really_come - come)),
        *(f"-{one} only the diff" for one in sorted(gone - really_gone)),
        *(f"-{one} only the trees" for one in sorted(really_gone - gone)),
    ]
    if not words:
        missed = {bare(one) for one in told.models_without_migration} ^ {bare(one) for one in lacking}
        if missed:
            told_models = ", ".join(sorted(told.models_without_migration)[:6])
            return Verdict(
                change.commit,
                "models",
                f"the diff: {told_models or '-'}; the trees: {', '.join(sorted(lacking)[:6]) or '-'}",
            )
        return Verdict(change.commit, "agrees", "")
    return Verdict(change.commit, _kind(change, told, before, after, words), "; ".join(words[:8]))


def _kind(change: Change, told: Effect, before: Whole, after: Whole, words: list[str]) -> str:
    old = {path for status, path in change.touched if status != "A" and path in before.migrations}
    if old:
        return "edited old"
    come = {*told.creates, *(new for _, new in told.renames)}
    gone = {*told.drops, *(old for old, _ in told.renames)}
    if all(
        (
            one.endswith("only the diff")
            and one[0] == "+"
            and one[1:].split()[0] in before.relations | after.relations & come
        )
        or (
            one.endswith("only the diff")
            and one[0] == "-"
            and one[1:].split()[0] not in before.relations | (after.relations & gone)
        )
        for one in words
    ):
        return "said again"  # creates what is there, or drops what is not
    if told.dynamic or after.dynamic - before.dynamic:
        return "dynamic"
    return "differs"


def bare(name: str) -> str:
    return name.rpartition(".")[2].lower()


def main() -> None:
    """Prints the figures and examples of what differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--last", type=int)
    parser.add_argument("--models", action="store_true")
    parser.add_argument("--show", type=int, default=MOST_SHOWN)
    given = parser.parse_args()
    counts: Counter[str] = Counter()
    slowest, began = (0.0, ""), time.monotonic()
    said: Counter[str] = Counter()
    total = Sum()
    for one in walked(Repository(given.path), given.last, given.models, total):
        lasted, began = time.monotonic() - began, time.monotonic()
        found = one.verdict
        slowest = max(slowest, (lasted, found.commit))
        counts[found.kind] += 1
        said.update(why.partition(": ")[2][:60] for why in one.told.dynamic)
        if found.kind != "agrees" and counts[found.kind] <= given.show:
            print(f"{found.commit[:10]} {found.kind}: {found.words}", flush=True)
    print("told dynamic:", dict(said.most_common(given.show)))
    for wrong in sorted(total.differs.values()):
        print(f"the sum {'lacks' if wrong.missing else 'has'} {wrong.relation} since {wrong.commit[:10]}: {wrong.why}")
    surplus = sum(not one.missing for one in total.differs.values())
    print(f"final tree: {total.right()} of {total.total} relations, {surplus} too many")
    print(f"{sum(counts.values())} commits: {dict(counts)}; slowest {slowest[0]:.1f} s {slowest[1][:10]}")


if __name__ == "__main__":
    main()
