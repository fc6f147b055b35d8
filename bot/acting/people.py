"""Who somebody in Slack is: the name for the record, and the e-mail address, which is used at once and kept nowhere."""

from typing import Any

import structlog
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from playbook.evidence.unavailable import Unavailable

LONGEST_NAME = 80  # characters; Slack takes no longer display name

log = structlog.get_logger()


class People:
    """Asks `users.info`, which wants the scopes users:read and, for an address, users:read.email."""

    def __init__(self, client: WebClient) -> None:
        self._client = client

    def name(self, user: str) -> str:
        """What Slack shows them as; the id where Slack does not say, since no press stays off the record for it."""
        try:
            told = self._user(user)
        except Unavailable as unavailable:
            log.warning("a name could not be looked up", user=user, reason=unavailable.sentence)
            return user
        profile = told.get("profile") or {}
        names = (profile.get("display_name"), profile.get("real_name"), told.get("real_name"), told.get("name"))
        shown = next((" ".join(str(one).split()) for one in names if one), "")
        return shown[:LONGEST_NAME] if shown and "@" not in shown else user

    def email(self, user: str) -> str | None:
        """Their address; None where their profile shows none. Raises `Unavailable`."""
        told = self._user(user)
        if told.get("is_stranger") or told.get("is_bot"):
            return None
        email = (told.get("profile") or {}).get("email")
        return str(email).strip() or None if email else None

    def _user(self, user: str) -> dict[str, Any]:
        try:
            told = self._client.users_info(user=user).get("user")
        except SlackApiError as refused:
            error = refused.response.get("error")
            raise Unavailable(
                f"Slack does not tell who you are ({error}): an admin should run diagnose doctor"
            ) from None
        except (SlackClientError, OSError):
            raise Unavailable("Slack could not be asked who you are: try again in a minute") from None
        return told if isinstance(told, dict) else {}
