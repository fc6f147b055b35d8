"""Every change of a repository's history, read from its diff alone, agrees with the fold of the trees around it.

`python -m tests.schema.history_walk PATH [--last N] [--models]` walks the first-parent history of a checkout or of a
bare git directory and says where the two differ.
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
from playbook.schema.diff import Effect, effect
from playbook.schema.framework import Declared, Framework, Migration, frameworks

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
    """What a whole tree makes of the database: relations, and models whose relation nothing creates."""

    relations: frozenset[str]
    lacking: frozenset[str]
    dynamic: frozenset[tuple[str, str]]
    migrations: frozenset[str]


class Verdict(NamedTuple):
    """`kind` is `agrees`, or how the diff's answer differs from the trees'."""

    commit: str
    kind: str
    words: str


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
        return Whole(frozenset(relations), frozenset(lacking), frozenset(dynamic), frozenset(paths))

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


def verdicts(repository: Repository, last: int | None = None, models: bool = False) -> Iterator[tuple[Verdict, Effect]]:
    """What each change's diff says, against the trees before and after it."""
    before: Whole | None = None
    for change in repository.changes(last):
        if before is None:
            before = repository.whole(dict(repository._listed(change.parent)), models)
        after = repository.whole(change.tree, models)
        told = effect(repository.diff(change))
        found = verdict(change, told, before, after)
        yield (found if models or found.kind != "models" else found._replace(kind="agrees", words="")), told
        before = after


def summed(relations: frozenset[str], told: Effect) -> frozenset[str]:
    """The relations after the change, by what its diff says of those before it."""
    left = relations - {old for old, _ in told.renames} - set(told.drops)
    return left | set(told.creates) | {new for _, new in told.renames}


def verdict(change: Change, told: Effect, before: Whole, after: Whole) -> Verdict:
    """Compares the sets of relations that come and go; a rename is one going and one coming."""
    come = {*told.creates, *(new for _, new in told.renames)}
    gone = {*told.drops, *(old for old, _ in told.renames)}
    come, gone = come - gone, gone - come
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
    for found, told in verdicts(Repository(given.path), given.last, given.models):
        lasted, began = time.monotonic() - began, time.monotonic()
        slowest = max(slowest, (lasted, found.commit))
        counts[found.kind] += 1
        said.update(one.partition(": ")[2][:60] for one in told.dynamic)
        if found.kind != "agrees" and counts[found.kind] <= given.show:
            print(f"{found.commit[:10]} {found.kind}: {found.words}", flush=True)
    print("told dynamic:", dict(said.most_common(given.show)))
    print(f"{sum(counts.values())} commits: {dict(counts)}; slowest {slowest[0]:.1f} s {slowest[1][:10]}")


if __name__ == "__main__":
    main()
