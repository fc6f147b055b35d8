"""What is written to Sentry fits its own description, is sent once, and is told for what it is."""

import dataclasses
import json
from functools import cache

import jsonschema
import pytest

from playbook.evidence.unavailable import Unavailable
from playbook.sources import sentry_actions
from playbook.sources.sentry_access import SentryAccess
from playbook.sources.sentry_actions import AnswerLost, Member, NotAllowed, SentryActions
from playbook.sources.sentry_state import issue_state, remark_in
from tests.openapi import SENTRY_SCOPE, as_json_schema, contract, sentry_answer
from tests.stand_ins.sentry_server import (
    SentryServer,
    answer,
    broken_off,
    nobody_listens,
    page,
    rate_limited,
    redirect,
    reset,
    slow,
)
from tests.stand_ins.sentry_world import a_comment, a_member, an_issue, shop

TOKEN = "sntryu_token-of-the-test"
ISSUE = "5551234567"
ADA = Member(id="7", name="Ada")
NO_SERVER_SENDS = ("derivedData",)
WRITES = {
    "resolve": lambda sentry: sentry.resolve(ISSUE),
    "archive": lambda sentry: sentry.archive(ISSUE),
    "assign": lambda sentry: sentry.assign(ISSUE, ADA),
    "comment": lambda sentry: sentry.comment(ISSUE, "The migration was not applied"),
}


def actions(server, **given):
    return SentryActions(SentryAccess(**{"url": server.url, "organization": "acme", "token": TOKEN, **given}))


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "*")


@pytest.fixture
def server():
    with SentryServer() as running:
        yield running


@cache
def update_request():
    """The body of *Update an Issue*, of which "only the attributes submitted are modified": none is required."""
    told = contract("sentry-openapi.json")["paths"][f"{SENTRY_SCOPE}issues/{{issue_id}}/"]["put"]
    schema = as_json_schema(told["requestBody"]["content"]["application/json"]["schema"])
    return {**schema, "required": [], "additionalProperties": False}


def sent(server):
    return [call for call in server.calls() if call.method != "GET"]


@pytest.mark.parametrize("name", ["resolve", "archive", "assign"])
def test_an_update_fits_sentrys_own_description_and_its_answer_too(server, name):
    WRITES[name](actions(server))
    (call,) = sent(server)
    assert (call.method, call.path) == ("PUT", f"/api/0/organizations/acme/issues/{ISSUE}/")
    assert call.authorization == f"Bearer {TOKEN}"
    jsonschema.Draft202012Validator(update_request()).validate(json.loads(call.body))
    answered = json.loads(server.answer(call).body)
    jsonschema.Draft202012Validator(sentry_answer("issues/{issue_id}/", NO_SERVER_SENDS)).validate(answered)


def test_the_description_would_refuse_what_sentry_does_not_know():
    for wrong in ({"status": "done"}, {"substatus": "archived"}, {"assignee": "user:7"}):
        assert not jsonschema.Draft202012Validator(update_request()).is_valid(wrong)


def test_what_was_written_is_what_is_read_back(server):
    sentry = actions(server)
    assert sentry.state(ISSUE).words == "unresolved (new)"
    sentry.assign(ISSUE, ADA)
    assert sentry.state(ISSUE).words == "unresolved (new), assigned to Ada"
    assert sentry.state(ISSUE).assignee == "user:7"
    sentry.archive(ISSUE)
    assert sentry.state(ISSUE).words == "archived until it escalates, assigned to Ada"
    sentry.resolve(ISSUE)
    assert sentry.state(ISSUE).words == "resolved, assigned to Ada"
    sentry.comment(ISSUE, "It was not applied\n\n(diagnose r-1 p-1)")
    assert sentry.state(ISSUE, "(diagnose r-1 ").remark == "(diagnose r-1 p-1)"
    assert sentry.state(ISSUE, "(diagnose r-2 ").remark is None


@pytest.mark.parametrize("name", WRITES)
def test_a_token_that_only_reads_is_told_which_scope_it_lacks(server, name):
    server.scopes.discard("event:write")
    with pytest.raises(NotAllowed, match="lacks event:write") as refused:
        WRITES[name](actions(server))
    assert refused.value.scope == "event:write"
    assert len(sent(server)) == 1


@pytest.mark.parametrize("name", WRITES)
def test_an_issue_that_is_gone_is_told_as_such(server, name):
    server.fail("PUT *", answer(404, {"detail": "The requested resource does not exist"}))
    server.fail("POST *", answer(404, {"detail": "The requested resource does not exist"}))
    with pytest.raises(Unavailable, match="no such issue any more") as refused:
        WRITES[name](actions(server))
    assert "nothing was changed" in refused.value.sentence


LOST = {
    "late": slow(5),
    "reset": reset(),
    "cut off": broken_off(),
    "a gateway": page(504),
    "a gateway without words": answer(502, None),
    "a failure": answer(500, {"detail": "Internal Error", "errorId": "abc"}),
    "a time-out of its own": answer(408, {"detail": "Query timeout"}),
}


@pytest.mark.parametrize("name", WRITES)
@pytest.mark.parametrize("fault", LOST)
def test_an_answer_that_was_lost_is_said_to_be_lost_and_nothing_is_sent_twice(server, name, fault, monkeypatch):
    monkeypatch.setattr(sentry_actions, "WRITE_SECONDS", 0.3)
    server.fail("PUT *", LOST[fault])
    server.fail("POST *", LOST[fault])
    with pytest.raises(AnswerLost) as lost:
        WRITES[name](actions(server))
    assert len(sent(server)) == 1
    assert TOKEN not in lost.value.sentence


NOT_DONE = {
    "a redirect elsewhere": (redirect("https://other.example.com/api/0/", 307), "redirects"),
    "a redirect at home": (redirect("/api/0/organizations/new/issues/1/", 308), "redirects"),
    "a refusal for its number": (rate_limited(), "rate limit"),
    "a bad token": (answer(401, {"detail": "Invalid token"}), "does not accept the token"),
    "what it does not take": (
        answer(400, {"assignedTo": ["Cannot assign to non-team member"]}),
        "Cannot assign to non-team member",
    ),
    "another server": (page(404), "has no API for"),
}


@pytest.mark.parametrize("fault", NOT_DONE)
def test_a_refusal_is_no_lost_answer(server, fault):
    told, words = NOT_DONE[fault]
    server.fail("PUT *", told)
    with pytest.raises(Unavailable, match=words) as refused:
        actions(server).assign(ISSUE, ADA)
    assert not isinstance(refused.value, AnswerLost)
    assert len(server.calls()) == 1


def test_a_server_that_is_not_there_was_certainly_not_written_to():
    with nobody_listens() as url:
        sentry = SentryActions(SentryAccess(url=url, organization="acme", token=TOKEN))
        with pytest.raises(Unavailable, match="nothing answers") as refused:
            sentry.resolve(ISSUE)
    assert not isinstance(refused.value, AnswerLost)


@pytest.mark.parametrize("issue", ["", ".", "..", "SHOP-42", "1/../2", "٣", "1?id=2"])
def test_only_one_issue_by_its_number_is_ever_written_to(server, issue):
    """`issues/` without a number is Sentry's *update many*: everything that is unresolved."""
    sentry = actions(server)
    for write in (sentry.resolve, sentry.archive):
        with pytest.raises(Unavailable, match="which issue"):
            write(issue)
    with pytest.raises(Unavailable, match="which issue"):
        sentry.comment(issue, "text")
    assert server.calls() == []


def test_whether_the_token_may_write_is_tried_without_writing(server):
    sentry, before = actions(server), json.dumps(server.world.issues)
    sentry.tried()
    assert [call.body for call in sent(server)] == [b"{}"]
    assert sent(server)[0].path.endswith("/issues/0/")
    server.scopes.clear()
    with pytest.raises(NotAllowed):
        sentry.tried()
    assert json.dumps(server.world.issues) == before


def with_members(*members):
    return SentryServer(dataclasses.replace(shop(), members=members))


def test_a_member_is_found_by_address_and_is_a_user_not_a_membership():
    second = {"id": "2", "email": "grace@example.org", "is_verified": True}
    claimed = {"id": "3", "email": "ada@example.com", "is_verified": False}
    grace = a_member("8", "Grace", "grace@example.com")
    grace["user"]["emails"] += [second, claimed]
    with with_members(grace, a_member()) as server:
        sentry = actions(server)
        assert sentry.member("ada@example.com") == ADA
        assert sentry.member("Ada@Example.com") == ADA
        assert sentry.member("grace@example.org") == Member(id="8", name="Grace")
        assert sentry.member("nobody@example.com") is None


def test_somebody_invited_who_never_joined_cannot_be_assigned():
    with with_members(a_member(user="7", email="ada@example.com") | {"user": None}) as server:
        assert actions(server).member("ada@example.com") is None


def test_an_address_is_in_no_value_and_no_sentence():
    with with_members(a_member(name="ada@example.com")) as server:
        sentry = actions(server)
        assert sentry.member("ada@example.com") == Member(id="7", name="user 7")
        server.scopes.discard("member:read")
        with pytest.raises(NotAllowed, match="member:read") as refused:
            sentry.member("ada@example.com")
        server.fail("members/", answer(400, {"detail": "bad query"}))
        with pytest.raises(Unavailable) as further:
            sentry.member("ada@example.com")
        assert "ada@" not in refused.value.sentence + further.value.sentence


@pytest.mark.parametrize("email", ["", "a b@example.com", '"x"@example.com', "x\n@example.com"])
def test_an_address_that_would_be_another_question_is_not_asked(server, email):
    assert actions(server).member(email) is None
    assert server.calls() == []


STATES = [
    ({"status": "resolved", "statusDetails": {"inNextRelease": True}}, "resolved in the next release"),
    ({"status": "resolved", "statusDetails": {"inRelease": "shop@1.5.0"}}, "resolved in release shop@1.5.0"),
    ({"status": "resolved", "statusDetails": {"inCommit": "2f1c0ff"}}, "resolved in a commit"),
    ({"status": "ignored", "substatus": "archived_forever"}, "archived for good"),
    ({"status": "ignored", "substatus": "archived_until_condition_met"}, "archived until its condition is met"),
    ({"status": "ignored", "substatus": None}, "archived"),
    ({"status": "unresolved", "substatus": "escalating"}, "unresolved (escalating)"),
    ({"status": "pending_merge", "substatus": None}, "pending merge"),
    ({"assignedTo": {"type": "team", "id": "3", "name": "backend"}}, "unresolved (new), assigned to backend"),
    ({"assignedTo": {"type": "user", "id": 7, "name": "ada@example.com"}}, "unresolved (new), assigned to user 7"),
]


@pytest.mark.parametrize(("changed", "words"), STATES)
def test_a_state_is_told_in_the_words_of_sentrys_own_page(changed, words):
    assert issue_state(an_issue(**changed)).words == words


def test_a_state_of_a_server_that_sends_little_is_told_as_far_as_it_goes():
    assert issue_state({"id": 5, "status": "unresolved"}).words == "unresolved"
    assert issue_state({}).words == "unknown"


@pytest.mark.parametrize("rows", [None, [], "x", [None], [{"data": None}], [{"data": {"text": None}}], [{"data": "x"}]])
def test_comments_in_another_shape_hold_no_remark(rows):
    assert remark_in({"rows": rows}, "(diagnose r-1 ") is None


def test_a_remark_is_one_whole_line_of_a_comment():
    rows = [a_comment(2, "see (diagnose r-1 p-1)"), a_comment(1, "text\n  (diagnose r-1 p-9)  ")]
    assert remark_in({"rows": rows}, "(diagnose r-1 ") == "(diagnose r-1 p-9)"


def test_glitchtip_is_read_and_commented_by_the_form_that_it_knows():
    with SentryServer(flavour="glitchtip") as server:
        sentry = actions(server)
        assert sentry.state(ISSUE).words == "unresolved"
        with pytest.raises(Unavailable, match="has no API for commenting"):
            sentry.comment(ISSUE, "text")
        assert [call.path for call in sent(server)] == [f"/api/0/issues/{ISSUE}/comments/"]
