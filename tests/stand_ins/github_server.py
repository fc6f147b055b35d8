"""A stand-in for GitHub's API, fed from plain repositories or real ones; shapes after its OpenAPI description."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

from tests.stand_ins import github_objects
from tests.stand_ins.github_objects import Served
from tests.stand_ins.github_world import Commit, File, History, Pull, Repository
from tests.stand_ins.loopback import Asked, Loopback, Reply, as_json

__all__ = ["Commit", "File", "GitHubServer", "Pull", "Repository"]

WEB = "https://github.example.com"
MOST_COMMITS = 250
MOST_FILES = 300
USER_URLS = "avatar events followers following gists html organizations received_events repos starred subscriptions"
REPOSITORY_URLS = (
    "archive assignees blobs branches clone collaborators comments commits compare contents contributors "
    "deployments downloads events forks git git_commits git_refs git_tags hooks html issue_comment issue_events "
    "issues keys labels languages merges milestones mirror notifications pulls releases ssh stargazers statuses "
    "subscribers subscription svn tags teams trees"
)
COUNTS = (
    "forks forks_count network_count open_issues open_issues_count size stargazers_count subscribers_count watchers "
    "watchers_count"
)
FLAGS = "archived disabled fork has_discussions has_downloads has_issues has_pages has_projects has_wiki"
NOT_FOUND = as_json({"message": "Not Found", "documentation_url": "https://docs.github.com/rest", "status": "404"}, 404)


class GitHubServer(Loopback):
    """`url` is what `GITHUB_API_URL` would hold. Only `token` (and tokens given to the App) may look at anything."""

    def __init__(
        self, *repositories: History, token: str = "gh-token-of-the-test", app: int = 7, delay: float = 0.0
    ) -> None:
        super().__init__(delay)
        self.world = {repository.full_name: repository for repository in repositories}
        self.tokens = {token}
        self.app = app
        self.url = f"{self.origin}/api/v3"

    def answer(self, asked: Asked) -> Reply:
        kind, _, secret = asked.headers.get("authorization", "").partition(" ")
        path = asked.path.removeprefix("/api/v3")
        if kind.lower() == "bearer" and secret.count(".") == 2:
            return self._to_app(asked.method, path)
        if secret not in self.tokens:
            return as_json({"message": "Bad credentials", "documentation_url": "https://docs.github.com/rest"}, 401)
        if asked.method == "POST" and asked.path in {"/api/graphql", "/graphql"}:
            return github_objects.query(asked.body, {name: self._served(name) for name in self.world})
        found = re.fullmatch(r"/repos/([^/]+/[^/]+)(/.*)?", path)
        repository = self.world.get(found.group(1)) if found else None
        if found is None or repository is None:
            return NOT_FOUND
        if repository.moved_to:
            target = f"{self.url}/repos/{repository.moved_to}{found.group(2) or ''}"
            return as_json({"message": "Moved Permanently", "url": target}, 301, location=target)
        if tree := re.fullmatch(r"/git/trees/([^/]+)", found.group(2) or ""):
            name, recursive = unquote(tree.group(1)), "recursive=" in asked.target
            return github_objects.tree(self._served(found.group(1)), name, self.url, recursive=recursive)
        return self._about(repository, found.group(2) or "")

    def _served(self, name: str) -> Served:
        """Its objects, under its new name where it was moved."""
        moved = self.world[name].moved_to
        there = self.world.get(moved or name)
        return Served(moved or name, there.git if there else None, WEB)

    def _to_app(self, method: str, path: str) -> Reply:
        if method == "GET" and (found := re.fullmatch(r"/repos/([^/]+/[^/]+)/installation", path)):
            return as_json({"id": 4711, "app_id": self.app}) if found.group(1) in self.world else NOT_FOUND
        if method == "POST" and path == "/app/installations/4711/access_tokens":
            token = f"ghs_given_{len(self.tokens)}"
            self.tokens.add(token)
            ends = datetime.now(UTC) + timedelta(hours=1)
            return as_json({"token": token, "expires_at": ends.strftime("%Y-%m-%dT%H:%M:%SZ")}, 201)
        return NOT_FOUND

    def _about(self, repository: History, path: str) -> Reply:
        if not path:
            return as_json(a_repository(self.url, repository.full_name))
        if found := re.fullmatch(r"/compare/(.+?)\.\.\.(.+)", path):
            return self._compare(repository, unquote(found.group(1)), unquote(found.group(2)))
        if found := re.fullmatch(r"/commits/([^/]+)(/pulls)?", path):
            if repository.is_empty():
                return as_json({"message": "Git Repository is empty."}, 409)
            ref = unquote(found.group(1))
            sha = repository.sha_of(ref)
            if sha is None:
                told = {"message": f"No commit found for SHA: {ref}", "documentation_url": "https://docs.github.com"}
                return as_json(told, 422)
            if found.group(2):
                pulls = [pull for pull in repository.pulls if sha in (*pull.commits, pull.merge)]
                return as_json([self._pull(repository, pull) for pull in pulls])
            files = [self._file(repository, one, sha) for one in repository.files(sha)[:MOST_FILES]]
            return as_json({**self._commit(repository, sha), "files": files})
        return NOT_FOUND

    def _compare(self, repository: History, base: str, head: str) -> Reply:
        start, end = repository.sha_of(base), repository.sha_of(head)
        if start is None or end is None:
            return NOT_FOUND
        between = repository.between(start, end)
        if between is None:
            return as_json({"message": f"No common ancestor between {base} and {head}.", "status": "404"}, 404)
        web = f"{WEB}/{repository.full_name}/compare/{base}...{head}"
        return as_json(
            {
                "url": f"{self.url}/repos/{repository.full_name}/compare/{base}...{head}",
                "html_url": web,
                "permalink_url": web,
                "diff_url": f"{web}.diff",
                "patch_url": f"{web}.patch",
                "base_commit": self._commit(repository, start),
                "merge_base_commit": self._commit(repository, between.merge_base),
                "status": between.status,
                "ahead_by": len(between.commits),
                "behind_by": between.behind,
                "total_commits": len(between.commits),
                "commits": [self._commit(repository, sha) for sha in between.commits[-MOST_COMMITS:]],
                "files": [self._file(repository, file, end) for file in between.files[:MOST_FILES]],
            }
        )

    def _commit(self, repository: History, sha: str) -> dict[str, object]:
        commit = repository.commit(sha)
        api, web = f"{self.url}/repos/{repository.full_name}", f"{WEB}/{repository.full_name}"
        signed = {"name": commit.author, "email": "ada@example.com"}
        return {
            "url": f"{api}/commits/{sha}",
            "sha": sha,
            "node_id": "C_example",
            "html_url": f"{web}/commit/{sha}",
            "comments_url": f"{api}/commits/{sha}/comments",
            "commit": {
                "url": f"{api}/git/commits/{sha}",
                "author": {**signed, "date": commit.authored or commit.date},
                "committer": {**signed, "date": commit.date},
                "message": commit.message,
                "tree": {"sha": sha, "url": f"{api}/git/trees/{sha}"},
                "comment_count": 0,
            },
            "author": a_user(self.url, "ada-example"),
            "committer": None,
            "parents": [{"sha": one, "url": f"{api}/commits/{one}"} for one in repository.parents(sha)],
        }

    def _file(self, repository: History, file: File, sha: str) -> dict[str, object]:
        lines = (file.patch or "").splitlines()
        added = sum(line.startswith("+") for line in lines) if file.additions is None else file.additions
        taken = sum(line.startswith("-") for line in lines) if file.deletions is None else file.deletions
        sent: dict[str, object] = {
            "sha": file.blob,
            "filename": file.path,
            "status": file.status,
            "additions": added,
            "deletions": taken,
            "changes": added + taken,
            "blob_url": f"{WEB}/{repository.full_name}/blob/{sha}/{file.path}",
            "raw_url": f"{WEB}/{repository.full_name}/raw/main/{file.path}",
            "contents_url": f"{self.url}/repos/{repository.full_name}/contents/{file.path}",
        }
        if file.patch is not None:
            sent["patch"] = file.patch
        if file.previous is not None:
            sent["previous_filename"] = file.previous
        return sent

    def _pull(self, repository: History, pull: Pull) -> dict[str, object]:
        api = f"{self.url}/repos/{repository.full_name}"
        web = f"{WEB}/{repository.full_name}/pull/{pull.number}"
        links = ("comments", "commits", "issue", "html", "review_comment", "review_comments", "self", "statuses")
        user = a_user(self.url, pull.author)
        side = {
            "label": "acme:main", "ref": "main", "sha": pull.commits[0], "user": user,
            "repo": a_repository(self.url, repository.full_name),
        }  # fmt: skip
        return {
            **{f"{name}_url": f"{api}/pulls/{pull.number}/{name}" for name in links if name not in {"html", "self"}},
            "_links": {name: {"href": f"{api}/pulls/{pull.number}/{name}"} for name in links},
            "url": f"{api}/pulls/{pull.number}",
            "html_url": web,
            "diff_url": f"{web}.diff",
            "patch_url": f"{web}.patch",
            "id": pull.number,
            "node_id": "PR_example",
            "number": pull.number,
            "title": pull.title,
            "state": "closed" if pull.merged_at else "open",
            "locked": False,
            "user": user,
            "body": None,
            "labels": [],
            "milestone": None,
            "assignee": None,
            "created_at": "2026-05-04T09:00:00Z",
            "updated_at": "2026-05-04T11:00:00Z",
            "closed_at": pull.merged_at,
            "merged_at": pull.merged_at,
            "merge_commit_sha": pull.merge or pull.commits[-1],
            "head": side,
            "base": side,
            "author_association": "MEMBER",
            "auto_merge": None,
        }


def a_user(api: str, login: str) -> dict[str, object]:
    """A `simple-user`."""
    return {
        **{f"{name}_url": f"{api}/users/{login}/{name}" for name in USER_URLS.split()},
        "url": f"{api}/users/{login}",
        "login": login,
        "id": 1,
        "node_id": "U_example",
        "gravatar_id": "",
        "type": "User",
        "site_admin": False,
    }


def a_repository(api: str, full_name: str) -> dict[str, object]:
    """A `full-repository`, which is also a `repository`."""
    owner, name = full_name.split("/")
    return {
        **{f"{one}_url": f"{api}/repos/{full_name}/{one}" for one in REPOSITORY_URLS.split()},
        **dict.fromkeys(COUNTS.split(), 0),
        **dict.fromkeys(FLAGS.split(), False),
        "url": f"{api}/repos/{full_name}",
        "html_url": f"{WEB}/{full_name}",
        "id": 1,
        "node_id": "R_example",
        "name": name,
        "full_name": full_name,
        "owner": a_user(api, owner),
        "private": True,
        "description": None,
        "default_branch": "main",
        "homepage": None,
        "language": None,
        "license": None,
        **dict.fromkeys(("pushed_at", "created_at", "updated_at"), "2026-05-04T09:00:00Z"),
    }
