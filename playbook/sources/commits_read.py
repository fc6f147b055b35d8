"""Commits of a range read whole, with their files and pull requests, as far as the questions of a run allow."""

from collections.abc import Sequence
from functools import partial

from playbook.evidence.claim import Alleged
from playbook.evidence.repeated import same_change
from playbook.evidence.suspects import Candidate, most_telling
from playbook.evidence.unavailable import Unavailable
from playbook.sources.door import side_by_side
from playbook.sources.github import GitHub
from playbook.sources.github_answer import files_of, pull_of, sentences_of
from playbook.sources.reading import items
from playbook.sources.release_range import Range

MOST_CALLS = 6
"""Questions to GitHub of one run: they take their turn within seconds, and the hour's quota is shared."""

LOOKED_AT, CALLS_EACH = 2, 2
"""Commits that are read whole, with their pull requests: two calls each, side by side."""


def read_whole(
    github: GitHub, found: Range, left: Sequence[Candidate], relation: str | None, alleged: Sequence[Alleged]
) -> Range:
    """The same range in which the most telling of the commits that are `left` have their files and pull requests, and,
    where a call is to spare, one that Sentry suspects its files; `incomplete` says what was not answered."""
    chosen = most_telling(left, relation, max(0, min(LOOKED_AT, (MOST_CALLS - found.calls) // CALLS_EACH)))
    known = {one.commit.sha: one for one in chosen}
    if len(left) == len(chosen) == 1 and (found.whole or found.files):  # what the range changed, this one changed
        (only,) = chosen
        known = {only.commit.sha: only.with_files(found.files, cut=not found.whole)}
        without_files = []
    else:
        without_files = [sha for sha, one in known.items() if not one.files]
    without_pull = [sha for sha, one in known.items() if one.commit.pull is None]
    if found.calls + len(without_pull) + len(without_files) < MOST_CALLS:
        also = [one for one in left if any(same_change(one, claim.candidate) for claim in alleged)]
        also = [one for one in also if one.commit.sha not in known and not one.files][:1]
        known |= {one.commit.sha: one for one in also}
        without_files += [one.commit.sha for one in also]
    answers = side_by_side(
        *(partial(github.pulls_of, found.repository, sha) for sha in without_pull),
        *(partial(github.commit, found.repository, [sha]) for sha in without_files),
    )
    pulls, files = answers[: len(without_pull)], answers[len(without_pull) :]
    missed: list[str] = []
    for sha, answer in zip(without_pull, pulls, strict=True):
        if isinstance(answer, Unavailable):
            missed.append(f"the pull request of {known[sha].short} could not be read: {answer.sentence}")
        else:
            known[sha] = known[sha].with_pull(pull_of(items(answer), sha))
    for sha, answer in zip(without_files, files, strict=True):
        if isinstance(answer, Unavailable):
            missed.append(f"the files of {known[sha].short} could not be read: {answer.sentence}")
        else:
            short = sentences_of(answer)
            known[sha] = known[sha].with_files(files_of(answer, found.url), cut=bool(short))
            missed += [f"{known[sha].short}: {told}" for told in short]
    return found._replace(
        commits=tuple(known.get(one.commit.sha, one) for one in found.commits),
        incomplete=(*found.incomplete, *missed),
        calls=found.calls + len(answers),
    )
