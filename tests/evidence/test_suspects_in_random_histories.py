"""However a history came about, the commit that brought the trouble is never struck out, and who is, is innocent.

Each history is made by git itself from a number: work on several branches, merges, squashes, rebases, cherry-picks,
reverts of reverts, files that are renamed, lines that are rewritten, a last good release on another line, a moved tag.
Somewhere in it the name of the relation comes into the code; who brought it, git's trees tell (as `git log -S` does).
"""

import random
import re
import subprocess

import pytest

from tests.evidence.shop_in_git import OLD_VIEW, VIEWS, a_line, a_row, look, sentry_with
from tests.facts import minutes
from tests.stand_ins.git_repository import GitRepository

NAME = "orders_order"
START = {
    VIEWS: OLD_VIEW,
    "orders/totals.py": "def total(order):\n    return order.sum\n",
    "orders/migrations/0001_initial.py": "class Migration:\n    operations = []\n",
    "README.md": "Shop\n",
    "shop/page.py": "TITLE = 'Shop'\nFOOTER = 'Thanks'\n",
}
SEEDS = (*range(14), 19, 31, 36, 47, 73, 99)
"""The last ones are histories in which somebody guilty was struck out once."""


class Story:
    """A history that goes on by chance; every step is one that people take."""

    def __init__(self, git, seed):
        self.git, self.chance, self.number = git, random.Random(seed), 0  # noqa: S311 - the same history for the same number
        self.guilty = None
        self.git.commit("Start", START)
        self.git.tag("v1.3.0")
        self.good, self.younger = "v1.3.0", set()

    def tell(self, steps):
        ways = [self.work, self.work, self.branch, self.pick_to_the_good_line, self.revert_something, self.rename]
        ways += [self.rewrite, self.empty, self.tell_the_guilty_again]
        at = self.chance.randrange(steps)
        for step in range(steps):
            if step == at:
                self.bring()
            self.tried(self.chance.choice(ways))
        self.git.tag("v1.4.0", annotated=self.chance.random() < 0.3)
        if self.chance.random() < 0.2:
            self.younger.add(self.git.commit("Mend it in a hurry", {"shop/hurry.py": "HURRY = 1\n"}, at=minutes(90)))
            self.git.tag("v1.4.0", force=True)
        return self

    def tried(self, way):
        """Takes the step, or leaves it where git says that it cannot be done here (a conflict, nothing to commit)."""
        try:
            way()
        except (subprocess.CalledProcessError, LookupError):
            for stop in ("cherry-pick", "revert", "merge", "rebase"):
                try:
                    self.git.git(stop, "--abort")
                except subprocess.CalledProcessError:
                    continue
            self.git.git("reset", "--quiet", "--hard")
            self.git.switch("main")

    def bring(self):
        """The trouble: a query of the relation, in an old file, a new one, or a migration that drops it."""
        text = self.chance.choice([f'    rows("FROM {NAME} SELECT id")\n', f'    table = "{NAME}"\n    rows(table)\n'])
        old = self.read(VIEWS)
        files = self.chance.choice(
            [
                {VIEWS: old + text},
                {"orders/queries.py": "def all_orders():\n" + text},
                {"orders/migrations/0002_drop.py": f'class Migration:\n    operations = [Drop("{NAME}")]\n'},
            ]
        )
        if self.chance.random() < 0.5:
            self.guilty = self.git.commit("Ask for orders", files)
            return
        self.git.switch(f"b{self.number}", "main")
        self.guilty = self.git.commit("Ask for orders", files)
        self.brought_home(f"b{self.number}")

    def work(self):
        self.number += 1
        path = self.chance.choice(["shop/page.py", "orders/totals.py", "README.md", f"shop/new{self.number}.py"])
        self.git.commit(f"Work {self.number}", {path: self.read(path) + f"line_{self.number} = {self.number}\n"})

    def branch(self):
        name = f"b{self.number}"
        self.git.switch(name, self.chance.choice(["main", "main~1"]))
        for _ in range(self.chance.randint(1, 2)):
            self.work()
        self.git.switch("main")
        self.work()
        self.git.switch(name)
        self.brought_home(name)

    def brought_home(self, name):
        way = self.chance.choice(["merge", "squash", "rebase", "pick"])
        self.number += 1
        if way == "rebase":
            self.git.rebase("main")
            self.git.switch("main")
            self.git.git("merge", "--quiet", "--ff-only", name)
            return
        self.git.switch("main")
        if way == "merge":
            self.git.merge(name, f"Merge pull request #{self.number} from acme/{name}")
        elif way == "squash":
            self.git.squash(name, f"Bring {name} (#{self.number})")
        else:
            self.git.cherry_pick(name, told=self.chance.random() < 0.5)

    def pick_to_the_good_line(self):
        """The last good release is a hotfix that took something of main."""
        self.number += 1
        commits = [one for one in self.own() if NAME not in self.git.git("show", one).decode()]
        self.git.switch("line", self.good)
        self.git.cherry_pick(self.chance.choice(commits), told=self.chance.random() < 0.5)
        self.git.tag(f"v1.3.{self.number}")
        self.good = f"v1.3.{self.number}"
        self.git.switch("main")

    def revert_something(self):
        self.git.revert(self.chance.choice(self.own()))

    def tell_the_guilty_again(self):
        """Reverted and brought again: by a revert of the revert, by hand, or elsewhere."""
        guilty = [one for one in self.own() if self.brings(one) > 0][-1]
        taken = self.git.revert(guilty)
        way = self.chance.choice(["revert", "pick", "elsewhere"])
        if way == "revert":
            self.git.revert(taken)
        elif way == "pick":
            self.git.cherry_pick(guilty)
        else:
            self.git.commit("Ask for orders again", {"orders/again.py": f'def again():\n    rows("FROM {NAME}")\n'})

    def rename(self):
        path = self.chance.choice([one for one in self.holding() if one.endswith(".py")])
        self.number += 1
        text = self.read(path)
        if self.chance.random() < 0.4:
            text = text.replace(NAME, f"public.{NAME}").replace("(", "( ")
        folder, _, name = path.rpartition("/")
        self.git.commit(f"Move {name}", {path: None, f"{folder}/moved{self.number}_{name}": text})

    def rewrite(self):
        """A formatter, or somebody who says the same in other words; at times it calls itself a revert."""
        path = self.chance.choice(self.holding() or [VIEWS])
        text = self.read(path).replace(f'"{NAME}"', f"'{NAME}'").replace("SELECT id", "SELECT id, number")
        text = text.replace("    rows(", "    return rows(").replace("    table =", "    name = table =")
        words = "Format"
        if self.guilty and self.chance.random() < 0.5:
            words = f'Revert "Ask for orders" in part\n\nThis reverts commit {self.guilty}.'
        self.git.commit(words, {path: text})

    def empty(self):
        self.git.commit("Build again", {})

    def own(self):
        """The commits of main since the last good release, without merges."""
        return self.git.git("rev-list", "--no-merges", "--reverse", f"{self.good}..main").decode().split()

    def brings(self, sha):
        return self.count(sha) - self.count(f"{sha}~1")

    def count(self, revision):
        try:
            told = self.git.git("grep", "-c", NAME, revision, "--", "*.py").decode().splitlines()
        except subprocess.CalledProcessError:
            return 0
        return sum(int(line.rpartition(":")[2]) for line in told)

    def added(self, sha):
        told = self.git.git("show", "--format=", "--unified=0", sha, "--", "*.py").decode().splitlines()
        return [line[1:].strip() for line in told if re.match(r"\+(?!\+\+).*\w", line)]

    def holding(self):
        try:
            return self.git.git("grep", "-l", NAME).decode().split()
        except subprocess.CalledProcessError:
            return []

    def read(self, path):
        try:
            return (self.git.folder / path).read_text()
        except FileNotFoundError:
            return ""

    def lines(self, revision):
        """All lines of all files, as often as they are there."""
        paths = self.git.git("ls-tree", "-r", "--name-only", revision).decode().split()
        return [
            line.strip() for path in paths for line in self.git.git("show", f"{revision}:{path}").decode().split("\n")
        ]


@pytest.mark.parametrize("seed", SEEDS)
def test_who_brought_the_trouble_is_never_struck_out_and_who_is_struck_out_brought_nothing(seed, tmp_path):
    story = Story(GitRepository(tmp_path / "shop"), seed).tell(6 + seed % 8)
    brought = [one for one in story.own() if story.brings(one) > 0]
    blamed = sentry_with(*(a_row(story.git, one) for one in [*brought[-2:], "v1.3.0"]))
    found = look(story.git, a_line(good=f"backend@{story.good[1:]}"), sentry=blamed)
    struck = {one.url.rpartition("/")[2]: one.reason for one in found.struck}
    if brought and story.count("v1.4.0") > story.count(story.good):
        assert any(one not in struck for one in brought), struck
    assert story.younger <= struck.keys()
    verdicts = {one.commit.sha: one.verdict for one in found.claimed}
    assert verdicts.pop(story.git.name_of("v1.3.0")) == "impossible"
    assert {sha for sha, verdict in verdicts.items() if verdict == "impossible"} <= struck.keys()
    good, bad = story.lines(story.good), story.lines("v1.4.0")
    by_others = {line for one in story.own() if one not in struck for line in story.added(one)}
    for sha in struck.keys() - story.younger:
        left = [line for line in story.added(sha) if bad.count(line) > good.count(line) and line not in by_others]
        assert not left, (struck[sha], left)
