"""What Slack sends to an app, field by field, and where something that was sent differs from it.

The shapes are those of the samples in slackapi/bolt-python (tests/scenario_tests, tests/slack_bolt/request), of
slackapi/python-slack-sdk (tests/slack_sdk/socket_mode) and of the types in slackapi/bolt-js (src/types).
"""

from types import NoneType
from typing import Any

TEXT = {"type": str, "text": str, "emoji?": bool}
OPTION = {"text": TEXT, "value": str, "description?": TEXT}
PERSON = {"id": str, "username": str, "name": str, "team_id": str}
WORKSPACE = {"id": str, "domain": str}
NO_ENTERPRISE = {"enterprise": NoneType, "is_enterprise_install": bool}
OF_APP = {"type": str, "api_app_id": str, "token": str, "user": PERSON, "team": WORKSPACE, **NO_ENTERPRISE}

COMMAND = {
    "token": str, "team_id": str, "team_domain": str, "channel_id": str, "channel_name": str, "user_id": str,
    "user_name": str, "command": str, "text": str, "api_app_id": str, "response_url": str, "trigger_id": str,
    "is_enterprise_install?": str,
}  # fmt: skip
MESSAGE = {
    "type": str, "user": str, "text": str, "ts": str, "team": str, "bot_id": str, "app_id": str, "blocks": list,
    "bot_profile?": dict, "thread_ts?": str, "parent_user_id?": str, "edited?": dict, "reply_count?": int,
    "reply_users_count?": int, "latest_reply?": str, "reply_users?": list, "is_locked?": bool, "subscribed?": bool,
}  # fmt: skip
PRESSED = {**OF_APP, "container": dict, "trigger_id": str, "actions": list}
PRESSED_IN_MESSAGE = {
    **PRESSED, "channel": {"id": str, "name": str}, "message": MESSAGE, "state": {"values": dict}, "response_url": str,
}  # fmt: skip
IN_MESSAGE = {"type": str, "message_ts": str, "channel_id": str, "is_ephemeral": bool}
VIEW = {
    "id": str, "team_id": str, "type": str, "blocks": list, "private_metadata": str, "callback_id": str,
    "state": {"values": dict}, "hash": str, "title": TEXT, "clear_on_close": bool, "notify_on_close": bool,
    "close": (TEXT, NoneType), "submit": (TEXT, NoneType), "previous_view_id": (str, NoneType), "root_view_id": str,
    "app_id": str, "external_id": str, "app_installed_team_id": str, "bot_id": str,
}  # fmt: skip
PRESSED_IN_VIEW = {**PRESSED, "view": VIEW}
SUBMITTED = {**OF_APP, "trigger_id": str, "view": VIEW, "response_urls": list}
CLOSED = {**OF_APP, "view": VIEW, "is_cleared": bool}
SHORTCUT = {
    "type": str, "token": str, "action_ts": str, "team": WORKSPACE, "channel": {"id": str, "name": str},
    "user": {"id": str, "name": str, "username?": str, "team_id?": str}, "callback_id": str, "trigger_id": str,
    "message_ts": str, "message": dict, "response_url": str, "api_app_id?": str, **NO_ENTERPRISE,
}  # fmt: skip
EVENT = {
    "token": str, "team_id": str, "api_app_id": str, "event": dict, "type": str, "event_id": str, "event_time": int,
    "authorizations": [
        {"enterprise_id": NoneType, "team_id": str, "user_id": str, "is_bot": bool, "is_enterprise_install": bool}
    ],
    "is_ext_shared_channel": bool, "event_context": str, "context_team_id?": str, "context_enterprise_id?": NoneType,
}  # fmt: skip
SAID = {
    "client_msg_id": str, "type": str, "text": str, "user": str, "ts": str, "team": str, "blocks?": list,
    "channel": str, "event_ts": str, "thread_ts?": str, "parent_user_id?": str,
}  # fmt: skip

ACTION = {"type": str, "action_id": str, "block_id": str, "action_ts": str}
SELECTED = {**ACTION, "selected_option": OPTION}


def unlike(value: Any, shape: Any, at: str = "") -> list[str]:
    """Where a value is not of a shape: a type, several of them, a dict of names (`?`: optional), a list of one."""
    if isinstance(shape, tuple):
        found = [unlike(value, one, at) for one in shape]
        return [] if [] in found else found[0]
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return [f"{at} is no object: {value!r}"]
        names = {name.removesuffix("?"): one for name, one in shape.items()}
        needed = {name for name in shape if not name.endswith("?")}
        wrong = [f"{at}.{name} is missing" for name in sorted(needed - value.keys())]
        wrong += [f"{at}.{name} is too much" for name in sorted(value.keys() - names.keys())]
        known = sorted(names.keys() & value.keys())
        return wrong + [problem for name in known for problem in unlike(value[name], names[name], f"{at}.{name}")]
    if isinstance(shape, list):
        if not isinstance(value, list) or not value:
            return [f"{at} is no list with something in it: {value!r}"]
        return [problem for one in value for problem in unlike(one, shape[0], f"{at}[]")]
    return [] if type(value) is shape else [f"{at} is {value!r}, not {shape.__name__}"]
