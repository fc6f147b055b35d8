"""Who calls, who is there, and how to connect (https://docs.slack.dev/reference/methods/auth.test)."""

from typing import Any

from bot.playground.slack.arguments import Arguments
from bot.playground.slack.method import Method, scoped
from bot.playground.slack.people import BOT, GROUPS, TEAM, TEAM_NAME, team
from bot.playground.slack.refused import Refused
from bot.playground.slack.workspace import Workspace


def auth_test(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    told = {"url": f"{workspace.address}/", "team": TEAM_NAME, "team_id": TEAM, "is_enterprise_install": False}
    if given.text("token") == workspace.app_token:
        return {**told, "app_id": BOT.app, "app_name": BOT.name}
    return {**told, "user": BOT.name, "user_id": BOT.id, "bot_id": BOT.bot}


def api_test(_: Workspace, given: Arguments) -> dict[str, Any]:
    """Echoes its arguments; with `error` it fails with it."""
    args = {name: value for name, value in given.items() if name != "token"}
    if given.text("error"):
        raise Refused(given.text("error"), more={"args": args})
    return {"args": args} if args else {}


def connections_open(workspace: Workspace, _: Arguments) -> dict[str, Any]:
    address = workspace.address.replace("http", "ws", 1)
    return {"url": f"{address}/socket?ticket={workspace.sockets.ticket()}&app_id={BOT.app}"}


def users_info(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    found = workspace.people.get(given.text("user"))
    if found is None:
        raise Refused("user_not_found")
    return {"user": found.user()}


def users_list(workspace: Workspace, _: Arguments) -> dict[str, Any]:
    members = [person.user() for person in workspace.people.values()]
    return {"members": members, "cache_ts": 0, "response_metadata": {"next_cursor": ""}}


def group_members(_: Workspace, given: Arguments) -> dict[str, Any]:
    """Who is in a user group (https://docs.slack.dev/reference/methods/usergroups.users.list)."""
    found = GROUPS.get(given.text("usergroup"))
    if found is None:
        raise Refused("no_such_subteam")
    return {"users": list(found)}


def team_info(_: Workspace, given: Arguments) -> dict[str, Any]:
    if given.text("team", TEAM) != TEAM:
        raise Refused("team_not_found")
    return {"team": team()}


def bots_info(workspace: Workspace, given: Arguments) -> dict[str, Any]:
    found = next((one for one in workspace.people.values() if one.bot and one.bot == given.text("bot")), None)
    if found is None:
        raise Refused("bot_not_found")
    return {"bot": found.bot_info()}


PEOPLE = {
    "api.test": Method(api_test, caller="anybody"),
    "auth.test": Method(auth_test, caller="any"),
    "apps.connections.open": Method(connections_open, caller="app"),
    "users.info": scoped(users_info, "users:read"),
    "usergroups.users.list": scoped(group_members, "usergroups:read"),
    "users.list": scoped(users_list, "users:read"),
    "team.info": scoped(team_info, "team:read"),
    "bots.info": scoped(bots_info, "users:read"),
}
