"""The Home tab: opened by a person, published by the bot, pressed and typed into."""

from dataclasses import replace

import pytest
from slack_bolt import App

from bot.playground.slack.app import ANY_SCOPE
from bot.playground.slack.web_api import call
from bot.playground.slack.workspace import Workspace
from tests.playground.rehearsal import YOU, visit

WITH_HOME = replace(ANY_SCOPE, home_tab=True, events=ANY_SCOPE.events | {"app_home_opened"})


def plain(text):
    return {"type": "plain_text", "text": text}


def view(text="Nothing runs", **more):
    blocks = [
        {"type": "section", "block_id": "told", "text": {"type": "mrkdwn", "text": text}},
        {
            "type": "input",
            "block_id": "search",
            "dispatch_action": True,
            "label": plain("Search"),
            "element": {"type": "plain_text_input", "action_id": "history"},
        },
        {
            "type": "actions",
            "block_id": "acts",
            "elements": [{"type": "button", "action_id": "again", "text": plain("Look again")}],
        },
    ]
    return {"type": "home", "blocks": blocks, **more}


@pytest.fixture
def workspace():
    made = Workspace("http://127.0.0.1:1", app=WITH_HOME)
    yield made
    made.close()


def published(workspace, user=YOU, **given):
    return call(workspace, "views.publish", {"user_id": user, "view": view(), **given}, workspace.bot_token).body


@pytest.fixture
def visited():
    with visit(app=WITH_HOME) as running:
        yield running


def test_opening_it_tells_the_bot_each_time_and_the_second_time_with_what_stands_there(visited):
    app, heard = App(client=visited.client()), []

    @app.event("app_home_opened")
    def opened(event, client):
        heard.append(event)
        client.views_publish(user_id=event["user"], view=view(f"opened {len(heard)} times"))

    visited.plug_in(app)
    visited.act(do="home")
    visited.feed.until(lambda shown: shown["home"] and "opened 1 times" in str(shown["home"]))
    visited.act(do="home")
    visited.feed.until(lambda shown: "opened 2 times" in str(shown["home"]))
    first, second = heard
    assert (first["user"], first["tab"], first["channel"]) == (YOU, "home", "D0YOU")
    assert "view" not in first
    assert "opened 1 times" in str(second["view"])


def test_a_press_and_a_search_reach_the_bot_with_the_view_they_were_made_in(visited):
    app, heard = App(client=visited.client()), []

    @app.action("again")
    def pressed(ack, body):
        ack()
        heard.append(body)

    @app.action("history")
    def searched(ack, body):
        ack()
        heard.append(body)

    visited.plug_in(app)
    visited.client().views_publish(user_id=YOU, view=view())
    home = visited.feed.until(lambda shown: shown["home"])
    visited.press(home, "again")
    visited.feed.until(lambda _shown: len(heard) == 1)
    visited.press(home, "history", {"value": "SHOP-42"})
    visited.feed.until(lambda _shown: len(heard) == 2)
    press, search = heard
    assert press["container"] == {"type": "view", "view_id": home["id"]}
    assert press["view"]["type"] == "home"
    assert (search["actions"][0]["type"], search["actions"][0]["value"]) == ("plain_text_input", "SHOP-42")
    assert search["view"]["state"]["values"]["search"]["history"]["value"] == "SHOP-42"


def test_a_new_view_keeps_its_id_and_what_was_typed(workspace):
    first = published(workspace)["view"]
    workspace.views.homes[YOU]["state"]["values"]["search"] = {"history": {"type": "plain_text_input", "value": "x"}}
    second = published(workspace, view=view("Something runs"))["view"]
    assert second["id"] == first["id"]
    assert second["hash"] != first["hash"]
    assert second["state"]["values"]["search"]["history"]["value"] == "x"


def test_each_person_has_a_home_of_their_own(workspace):
    assert published(workspace, user="U0SAM")["view"]["id"] != published(workspace)["view"]["id"]
    assert workspace.snapshot()["home"]["id"] == published(workspace)["view"]["id"]


def test_who_has_seen_an_older_view_is_refused(workspace):
    old = published(workspace)["view"]["hash"]
    assert published(workspace, hash=old)["ok"]
    assert published(workspace, hash=old)["error"] == "hash_conflict"


@pytest.mark.parametrize("user", ["", "U0NOBODY", "U0SENTRY"])
def test_it_is_published_to_people_only(workspace, user):
    told = published(workspace, user=user)
    assert (told["error"], told["response_metadata"]["messages"]) == ("invalid_arguments", ["invalid `user_id`"])


def test_a_modal_is_no_home_tab(workspace):
    modal = {"type": "modal", "title": plain("x"), "blocks": view()["blocks"]}
    assert published(workspace, view=modal)["error"] == "invalid_arguments"


def test_it_cannot_be_closed(visited):
    visited.client().views_publish(user_id=YOU, view=view())
    home = visited.feed.until(lambda shown: shown["home"])
    assert visited.tried(do="close", view_id=home["id"])["ok"] is False


def test_an_app_without_one_has_none():
    with visit(app=replace(ANY_SCOPE, home_tab=False)) as visited:
        assert visited.tried(do="home")["ok"] is False
        assert visited.feed.shown["home_tab"] is False


def test_who_is_in_a_user_group_is_told_and_of_no_other(workspace):
    told = call(workspace, "usergroups.users.list", {"usergroup": "S0ONCALL"}, workspace.bot_token).body
    assert told["users"] == [YOU]
    told = call(workspace, "usergroups.users.list", {"usergroup": "S0NOBODY"}, workspace.bot_token).body
    assert told["error"] == "no_such_subteam"
