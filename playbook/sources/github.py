"""GitHub as questions: one method, one question; nothing here touches the network.

The live door (`sources/github_rest.py`) answers them, and nothing lazy of PyGithub leaves `github_wire`. Every answer
is plain JSON in the shape of GitHub's REST API, cut down to the fields named here.
"""

from playbook.evidence.json import Json
from playbook.sources.door import Door, Question


class GitHub:
    """Each method gives plain JSON, `None` where GitHub says there is none, or raises `Unavailable`."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def compare(self, repository: str, base: list[str], head: list[str]) -> Json:
        """What is in `head` and not in `base`. Both are refs to try in turn (a sha, `v1.2.3`, `1.2.3`).

        `{"base", "head", "html_url", "status", "total_commits", "commits": [commit], "files": [file],
        "incomplete": [sentence]}`; commits oldest first, as `commit` gives them but without files; a file is
        `{"filename", "status", "previous_filename", "patch", "blob_url", "additions", "deletions"}`, `patch` null where
        GitHub sent none. None when no such ref exists.
        """
        return self._ask("compare", repository=repository, base=list(base), head=list(head))

    def commit(self, repository: str, ref: list[str]) -> Json:
        """`{"sha", "html_url", "message", "author", "date", "authored", "parents": [sha], "files": [file],
        "incomplete"}`; `author` is a display name, `date` the committer's, `authored` the author's."""
        return self._ask("commit", repository=repository, ref=list(ref))

    def pulls_of(self, repository: str, sha: str) -> Json:
        """The pull requests that hold the commit: `[{"number", "title", "author", "merged_at", "state",
        "merge_commit_sha", "html_url"}]`, `[]` when it came without one."""
        return self._ask("pulls_of", repository=repository, sha=sha)

    def schema(self, repository: str, head: list[str], base: list[str], relation: str) -> Json:
        """What the repository's migrations and models say of the relation, at the commit of `head` (refs to try in
        turn), compared with those of `base` (likewise; `[]` where none is known) and of the default branch.

        The fields of `SchemaHistory`: `{"repository", "url", "commit", "base", "branch", "events", "later", "gone",
        "declared", "standing", "migrations", "frameworks", "declaring", "covered", "incomplete", "dynamic"}`, and
        "partitioned" where the name is that of a partition; "base" is null where none of its refs is there, "branch"
        where there is no default branch. Of the files themselves only the quoted lines are given. None when no ref of
        `head` exists.
        """
        return self._ask("schema", repository=repository, head=list(head), base=list(base), relation=relation)

    def _ask(self, call: str, **arguments: Json) -> Json:
        return self._door(Question(source="github", call=call, arguments=arguments))
