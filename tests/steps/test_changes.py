"""What the failing release brought, who brought it, and what of it cannot be guilty."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playbook.evidence.prescription import Prescription
from playbook.evidence.service import Service, Services
from playbook.evidence.unavailable import Unavailable
from playbook.sources.github import GitHub
from playbook.sources.sentry import Sentry
from playbook.steps.changes import changes
from tests.facts import GITHUB, MIGRATION, a_frequency, a_release, a_timeline, an_event, an_issue, minutes

MAPPED = Services(mapped=(Service(project="backend", repository="acme/backend"),))
CREATES = (
    '@@ -0,0 +1,2 @@\n+class Migration(migrations.Migration):\n+    operations = [migrations.CreateModel("Order", [])]'
)
DROPS = CREATES.replace("Create", "Delete").replace(", []", "")


def sha(letter):
    return letter * 40


def a_commit(letter, message="Change something", before=30.0, parents=1, **given):
    return {
        "sha": sha(letter),
        "html_url": f"{GITHUB}/commit/{sha(letter)}",
        "message": message,
        "author": "A. Developer",
        "date": minutes(-before).isoformat(),
        "parents": [sha("0")] * parents,
        **given,
    }


def a_file(path=MIGRATION, patch=CREATES, status="added"):
    return {"filename": path, "status": status, "patch": patch, "blob_url": f"{GITHUB}/blob/{sha('a')}/{path}"}


def a_comparison(commits, files=(), status="ahead", **given):
    page = f"{GITHUB}/compare/{sha('b')}...{sha('a')}"
    told = {"base": sha("b"), "head": sha("a"), "html_url": page, "status": status, "incomplete": []}
    return {**told, "commits": list(commits), "files": list(files), **given}


def a_pull(number, merge=None, merged=True):
    return {
        "number": number,
        "title": f"Pull {number}",
        "author": "dev",
        "merged_at": minutes(-20).isoformat() if merged else None,
        "merge_commit_sha": merge,
        "html_url": f"{GITHUB}/pull/{number}",
    }


class World:
    """Answers by what is asked; remembers the questions."""

    def __init__(self, compare=None, commits=(), pulls=None, mappings=(), release_commits=(), committers=None):
        self.compare, self.mappings, self.release_commits = compare, mappings, release_commits
        self.committers = committers
        self.commits = {one["sha"]: one for one in commits}
        self.pulls = pulls or {}
        self.asked = []

    def __call__(self, question):
        self.asked.append((question.source, question.call, question.arguments))
        answer = self._answer(question.call, question.arguments)
        if isinstance(answer, Unavailable):
            raise answer
        return answer

    def _answer(self, call, given):
        match call:
            case "compare":
                return self.compare(given["base"], given["head"]) if callable(self.compare) else self.compare
            case "commit":
                return next((self.commits[ref] for ref in given["ref"] if ref in self.commits), None)
            case "pulls_of":
                return self.pulls.get(given["sha"], [])
            case "code-mappings/":
                return self._rows(self.mappings)
        return self.committers if call.endswith("/committers/") else self._rows(self.release_commits)

    def _rows(self, rows):
        return rows if isinstance(rows, Unavailable) else {"rows": list(rows), "more": False}

    def count(self, source):
        return sum(asked[0] == source for asked in self.asked)


def look(world, timeline=None, services=MAPPED, event=None, subject="orders_order", frequency=None):
    wanted = Prescription(same_trouble=subject)
    releases = timeline or a_timeline()
    return changes(an_issue(), event, frequency, releases, services, wanted, Sentry(world), GitHub(world))


def suspected(found):
    return [one.commit.sha for one in found.suspects]


def test_the_one_commit_of_the_release_comes_with_its_files_pull_request_and_what_it_does_to_the_schema():
    world = World(a_comparison([a_commit("a", "Add orders")], [a_file()]), pulls={sha("a"): [a_pull(7)]})
    found = look(world)
    (suspect,) = found.suspects
    assert (suspect.commit.sha, suspect.commit.files, suspect.commit.pull.number) == (sha("a"), (MIGRATION,), 7)
    assert suspect.reasons == (f"its migration creates orders_order ({MIGRATION}:2)",)
    (change,) = found.schema_changes
    assert (change.kind, change.relation, change.migration) == ("creates", "orders_order", "orders.0042_order")
    assert found.shortfalls == ()
    assert world.count("github") == 2


def test_of_many_commits_the_two_with_the_most_telling_messages_are_read_whole():
    commits = [a_commit("c", "Fix typo"), a_commit("d", "Add orders_order"), a_commit("e", "New table"), a_commit("f")]
    whole = [a_commit("d", files=[a_file()]), a_commit("e", files=[a_file("docs/x.md", "@@ -0,0 +1 @@\n+x")])]
    world = World(a_comparison(commits, [a_file()]), commits=whole)
    found = look(world)
    assert suspected(found) == [sha("d")]
    assert [one.sha for one in found.commits] == [sha(letter) for letter in "cdef"]
    assert {given["ref"][0] for _, call, given in world.asked if call == "commit"} == {sha("d"), sha("e")}
    assert world.count("github") == 5


def test_a_commit_that_touches_tests_and_documents_only_is_no_suspect():
    files = [
        a_file("tests/test_orders.py", "@@ -0,0 +1 @@\n+orders_order"),
        a_file("README.md", "@@ -0,0 +1 @@\n+orders_order"),
    ]
    found = look(World(a_comparison([a_commit("a")], files)))
    assert found.suspects == ()
    assert found.struck == ()
    assert len(found.commits) == 1


def test_a_commit_that_touches_the_failing_file_is_a_suspect():
    world = World(a_comparison([a_commit("a")], [a_file("backend/orders/views.py", "@@ -0,0 +1 @@\n+pass")]))
    assert suspected(look(world, event=an_event())) == [sha("a")]
    assert look(world, event=None).suspects == ()


def test_a_commit_younger_than_the_trouble_is_struck_out_and_its_files_are_not_counted():
    late = a_commit("a", "Add orders_order", before=-90)

    def compare(base, head):
        if head == [sha("c")]:
            return a_comparison([a_commit("c")], [a_file("shop/views.py", "@@ -0,0 +1 @@\n+pass")])
        return a_comparison([a_commit("c"), late], [a_file(), a_file("shop/views.py", "@@ -0,0 +1 @@\n+pass")])

    world = World(compare)
    found = look(world)
    assert [one.sha for one in found.commits] == [sha("c")]
    assert [one.path for one in found.files] == ["shop/views.py"]
    assert found.schema_changes == ()
    (struck,) = found.struck
    assert struck.what == "aaaaaaa Add orders_order"
    assert struck.reason == "committed 20 Nov 11:32 UTC, 1 h 30 min after the trouble began"
    assert world.count("github") <= 6


def test_when_every_commit_is_too_young_nothing_is_left_to_blame():
    found = look(World(a_comparison([a_commit("a", before=-90)], [a_file()])))
    assert (found.commits, found.suspects, found.files, found.schema_changes) == ((), (), (), ())
    assert len(found.struck) == 1


def test_clocks_that_disagree_by_a_minute_do_not_acquit():
    found = look(World(a_comparison([a_commit("a", before=-1)], [a_file()])))
    assert found.struck == ()


def test_an_onset_that_is_only_known_to_the_hour_acquits_nobody_within_that_hour():
    world = World(a_comparison([a_commit("a", before=-45)], [a_file()]))
    assert look(world, frequency=a_frequency(onset_seconds=3600)).struck == ()
    assert len(look(world, frequency=a_frequency(onset_seconds=60)).struck) == 1


def test_without_a_known_onset_nothing_is_struck_for_its_age():
    found = look(World(a_comparison([a_commit("a", before=-90)], [a_file()])), a_timeline(onset=None))
    assert len(found.commits) == 1


def test_a_merge_without_files_of_its_own_is_no_suspect():
    commits = [a_commit("c", "Add orders_order"), a_commit("a", "Merge orders_order", parents=2)]
    found = look(World(a_comparison(commits, [a_file()])))
    assert suspected(found) == [sha("c")]


def test_of_several_pull_requests_the_one_that_was_merged_as_this_commit_brought_it():
    pulls = [a_pull(1, merged=False), a_pull(2), a_pull(3, merge=sha("a"))]
    found = look(World(a_comparison([a_commit("a")], [a_file()]), pulls={sha("a"): pulls}))
    assert found.commits[0].pull.number == 3


def test_a_pull_request_that_cannot_be_read_costs_only_itself_and_is_not_taken_for_none():
    world = World(a_comparison([a_commit("a")], [a_file()]), pulls={sha("a"): Unavailable("GitHub is slow")})
    found = look(world)
    assert (len(found.suspects), found.suspects[0].commit.pull) == (1, None)
    assert found.shortfalls == (f"the pull request of {sha('a')[:7]} could not be read: GitHub is slow",)


def test_a_commit_whose_files_cannot_be_read_is_not_taken_for_one_without_any():
    world = World(a_comparison([a_commit("a"), a_commit("b")], [a_file()]))
    world.commits = {sha("a"): {**a_commit("a"), "files": [a_file()], "incomplete": ["only 300 files"]}}
    unread = world._answer

    def answer(call, given):
        return Unavailable("GitHub is slow") if given.get("ref") == [sha("b")] else unread(call, given)

    world._answer = answer
    assert set(look(world).shortfalls) == {
        f"{sha('a')[:7]}: only 300 files",
        f"the files of {sha('b')[:7]} could not be read: GitHub is slow",
    }


def test_a_migration_without_a_patch_is_told_and_so_is_what_github_left_out():
    world = World(a_comparison([a_commit("a")], [a_file(patch=None)], incomplete=["only 300 files"]))
    assert look(world).shortfalls == ("only 300 files", f"GitHub sent no patch of {MIGRATION}")


def test_a_release_older_than_the_last_good_one_is_a_rollback():
    def compare(base, _head):
        if base == [sha("a")]:
            return a_comparison([a_commit("b")], [a_file(patch=DROPS)])
        return a_comparison([], [], status="behind")

    found = look(World(compare))
    assert found.rolled_back
    assert found.schema_changes == ()
    assert [(one.kind, one.relation) for one in found.taken_back] == [("drops", "orders_order")]


def test_without_a_last_good_release_its_own_commits_are_read():
    rows = [{"id": sha("a"), "message": "x"}, {"id": sha("c"), "message": "Add orders_order", "dateCreated": None}]
    timeline = a_timeline(last_good=None, failing=a_release(commit_count=2))
    found = look(World(commits=[a_commit("a", files=[a_file()])], release_commits=rows), timeline)
    assert [one.sha for one in found.commits] == [sha("c"), sha("a")]
    assert (found.base, found.commits[0].url) == (None, f"{GITHUB}/commit/{sha('c')}")
    assert suspected(found)[0] == sha("a")
    assert found.shortfalls == ("no release before backend@1.4.0 is known, so only its own commits were read",)


def test_a_commit_of_the_release_in_another_repository_may_be_guilty_and_is_told_of():
    rows = [{"id": sha("c"), "message": "Style", "repository": {"name": "acme/web"}}]
    timeline = a_timeline(last_good=None, failing=a_release(commit_count=1))
    found = look(World(commits=[a_commit("a", files=[])], release_commits=rows), timeline)
    assert found.struck == ()
    assert found.shortfalls[0] == "1 commit of backend@1.4.0 in another repository, acme/web, was not read"
    assert [one.sha for one in found.commits] == [sha("a")]


def test_a_last_good_release_that_git_does_not_know_leaves_the_failing_commit():
    found = look(World(None, commits=[a_commit("a", files=[a_file()])]))
    assert [one.sha for one in found.commits] == [sha("a")]
    assert found.shortfalls == ("backend@1.3.0 is not in acme/backend, so only backend@1.4.0 itself was read",)


def test_a_release_that_git_does_not_know_at_all_names_the_setting():
    timeline = a_timeline(failing=a_release(commit=None), last_good=None)
    with pytest.raises(Unavailable, match=r"no commit or tag v1\.4\.0 nor 1\.4\.0 nor backend@1\.4\.0: set `tag`"):
        look(World(), timeline)


def test_tags_are_tried_in_the_form_that_is_set():
    services = Services(mapped=(Service(project="backend", repository="acme/backend", tag="release-{version}"),))
    timeline = a_timeline(failing=a_release(commit=None), last_good=a_release("backend@1.3.0", commit=None))
    world = World(a_comparison([]))
    look(world, timeline, services)
    assert world.asked[0][2]["base"] == ["release-1.3.0"]
    assert world.asked[0][2]["head"] == ["release-1.4.0"]


def repository_of(timeline=None, mappings=(), event=None):
    world = World(a_comparison([]), mappings=mappings)
    return look(world, timeline, Services(), event).repository


def test_the_repository_comes_from_the_releases_before_anybody_is_asked():
    assert repository_of(a_timeline(failing=a_release(repository="acme/one"))) == "acme/one"
    assert repository_of(a_timeline(failing=a_release(package="acme/two"))) == "acme/two"


def test_of_several_code_mappings_that_of_the_failing_file_counts():
    mappings = [
        {"repoName": "acme/other", "stackRoot": "billing/", "projectId": "42"},
        {"repoName": "acme/shop", "stackRoot": "orders/", "projectId": "42"},
        {"repoName": "acme/foreign", "stackRoot": "orders/views", "projectId": "43"},
    ]
    assert repository_of(mappings=mappings, event=an_event()) == "acme/shop"


def test_a_repository_that_is_not_on_github_is_not_asked_for_there():
    with pytest.raises(Unavailable, match="no GitHub repository is known for the project backend: set `repository`"):
        repository_of(mappings=[{"repoName": "acme/shop", "provider": {"key": "gitlab"}}])


def test_mappings_that_cannot_be_read_are_another_sentence_than_none():
    with pytest.raises(Unavailable, match=r"could not be read \(Sentry is down\): set `repository`"):
        repository_of(mappings=Unavailable("Sentry is down"))


def test_without_a_failing_release_nothing_was_looked_up_and_nothing_is_called_absent():
    with pytest.raises(Unavailable, match="no failing release"):
        look(World(), a_timeline(failing=None))


def a_claim(letter="c", **given):
    commit = {"id": sha(letter), "message": "Change something", "dateCreated": minutes(-30).isoformat(), **given}
    return {"committers": [{"author": {}, "commits": [commit]}]}


def test_sentry_is_asked_once_for_the_event_whom_it_suspects_and_not_at_all_without_an_event():
    world = World(a_comparison([a_commit("a")], [a_file()]))
    assert look(world, event=an_event()).claimed == ()
    asked = [call for source, call, _ in world.asked if source == "sentry"]
    assert asked == ["projects/backend/events/0123456789abcdef0123456789abcdef/committers/"]
    assert world.count("github") == 2
    look(without := World(a_comparison([a_commit("a")], [a_file()])))
    assert without.count("sentry") == 0


def test_a_suspect_of_sentry_that_cannot_be_read_is_told_and_takes_nothing_from_what_git_says():
    found = look(
        World(a_comparison([a_commit("a")], [a_file()]), committers=Unavailable("Sentry is down")), event=an_event()
    )
    assert found.shortfalls == ("Sentry's own suspect commit is not known: Sentry is down",)
    assert found.incomplete == ()
    assert suspected(found) == [sha("a")]


def test_a_claim_in_the_range_is_read_whole_where_a_call_is_left():
    commits = [a_commit("c"), a_commit("d", "Add orders_order"), a_commit("e", "New table"), a_commit("f", "Tables")]
    view = a_file("backend/orders/views.py", "@@ -0,0 +1 @@\n+pass")
    world = World(a_comparison(commits, [view]), commits=[a_commit("c", files=[view])], committers=a_claim("c"))
    found = look(world, event=an_event())
    (claim,) = found.claimed
    assert claim.verdict == "confirmed"
    assert claim.reason == "it changes backend/orders/views.py, where the error is raised"
    assert world.count("github") == 6


def test_a_claim_that_git_calls_too_young_is_impossible_and_is_struck_out_once():
    world = World(a_comparison([a_commit("a", before=-90)], [a_file()]), committers=a_claim("a"))
    found = look(world, event=an_event())
    assert [one.verdict for one in found.claimed] == ["impossible"]
    assert [one.reason for one in found.struck] == [found.claimed[0].reason]


def test_a_claim_outside_of_a_range_that_is_too_long_for_github_is_unchecked():
    long = a_comparison([a_commit("a")], [a_file()], total_commits=900, incomplete=["the newest 1 of 900 commits"])
    found = look(World(long, committers=a_claim("c", message="Another")), event=an_event())
    assert [one.verdict for one in found.claimed] == ["unchecked"]
    assert found.claimed[0].reason == "GitHub does not list all commits of the range"
    assert found.struck == ()


def test_what_github_left_out_of_the_files_is_not_taken_for_changed_back():
    commits, whole = [a_commit("c"), a_commit("a")], [a_commit(letter, files=[a_file()]) for letter in "ca"]
    page = a_file("shop/page.py", "@@ -0,0 +1 @@\n+pass")
    cut = a_comparison(commits, [page], incomplete=["GitHub lists only the first 300 changed files"])
    assert look(World(cut, commits=whole)).struck == ()
    full = a_comparison(commits, [page])
    assert len(look(World(full, commits=whole)).struck) == 2


def test_commits_that_cancel_out_and_were_not_read_are_not_suspected_for_their_messages():
    words = ["Add orders_order", f"Drop orders_order\n\nThis reverts commit {sha('c')}."]
    telling = [a_commit(letter, "The orders_order table and its models") for letter in "ef"]
    commits = [a_commit("c", words[0]), a_commit("d", words[1]), *telling]
    found = look(World(a_comparison(commits, [a_file()]), commits=[a_commit(one, files=[a_file()]) for one in "ef"]))
    assert suspected(found) == [sha("e"), sha("f")]
    assert found.struck == ()


def test_a_claim_about_another_repository_is_unchecked():
    claim = a_claim("c", repository={"name": "acme/library"})
    found = look(World(a_comparison([a_commit("a")], [a_file()]), committers=claim), event=an_event())
    assert found.claimed[0].reason == "it is in another repository, acme/library"


def test_a_commit_of_the_same_words_may_be_the_same_change_and_keeps_a_claim_open():
    committers = a_claim("c", message="Change something", dateCreated=minutes(-500).isoformat())
    found = look(World(a_comparison([a_commit("a")], [a_file()]), committers=committers), event=an_event())
    assert found.claimed[0].verdict == "unchecked"


def test_when_the_range_cannot_be_read_the_sentence_names_what_sentry_suspects():
    world = World(Unavailable("GitHub is slow"), committers=a_claim("c"))
    with pytest.raises(Unavailable, match=r"GitHub is slow; Sentry suspects ccccccc Change something, which is unch"):
        look(world, event=an_event())


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
commits = st.fixed_dictionaries(
    {"sha": anything | st.just(sha("a"))},
    optional=dict.fromkeys(("message", "date", "parents", "author", "html_url", "pullRequest"), anything),
)
files = st.fixed_dictionaries({"filename": anything | st.just(MIGRATION), "patch": anything | st.just(CREATES)})
comparisons = st.fixed_dictionaries(
    {"commits": anything | st.lists(commits, max_size=3), "files": anything | st.lists(files, max_size=3)},
    optional={"status": anything | st.just("behind"), "incomplete": anything, "base": anything, "html_url": anything},
)


claims = st.fixed_dictionaries({"committers": st.lists(st.fixed_dictionaries({"commits": st.lists(commits)}))})


@given(
    compare=comparisons | anything,
    whole=anything | comparisons,
    pulls=anything | st.lists(anything),
    last=st.booleans(),
    committers=anything | claims,
)
def test_no_answer_raises_anything_but_unavailable(compare, whole, pulls, last, committers):
    rows = whole if isinstance(whole, list) else ()
    world = World(compare, pulls={sha("a"): pulls}, release_commits=rows, committers=committers)
    world.commits = {sha("a"): whole}
    timeline = a_timeline() if last else a_timeline(last_good=None, failing=a_release(commit_count=1))
    try:
        found = look(world, timeline, event=an_event())
    except Unavailable as unavailable:
        assert unavailable.sentence
    else:
        assert all(one.url for one in (*found.commits, *found.files))
    assert world.count("github") <= 6
