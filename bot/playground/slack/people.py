"""Who is in the workspace, in the shapes in which Slack tells of people, bots and the team."""

from dataclasses import dataclass
from typing import Any

TEAM, TEAM_NAME, DOMAIN = "T0REHEARSAL", "Rehearsal", "rehearsal"
FOUNDED = 1_767_225_600  # epoch seconds; Slack tells when each thing was made or changed


@dataclass(frozen=True)
class Person:
    """A person, or the bot user of an app: then `bot` and `app` are the ids that its messages carry."""

    id: str
    name: str
    bot: str = ""
    app: str = ""

    def shown(self) -> dict[str, Any]:
        """What the page needs."""
        return {"id": self.id, "name": self.name, "app": bool(self.bot)}

    def user(self) -> dict[str, Any]:
        """As `users.info` answers (https://docs.slack.dev/reference/methods/users.info)."""
        profile = {
            "real_name": self.name,
            "real_name_normalized": self.name,
            "display_name": self.name,
            "display_name_normalized": self.name,
            "team": TEAM,
        }
        if self.bot:
            profile |= {"bot_id": self.bot, "api_app_id": self.app}
        return {
            "id": self.id,
            "team_id": TEAM,
            "name": self.name.lower(),
            "deleted": False,
            "real_name": self.name,
            "tz": "Etc/UTC",
            "tz_label": "Coordinated Universal Time",
            "tz_offset": 0,
            "profile": profile,
            "is_admin": False,
            "is_owner": False,
            "is_primary_owner": False,
            "is_restricted": False,
            "is_ultra_restricted": False,
            "is_bot": bool(self.bot),
            "is_app_user": False,
            "updated": FOUNDED,
        }

    def bot_info(self) -> dict[str, Any]:
        """As `bots.info` answers; the page draws its own pictures, so there are no icons."""
        return {
            "id": self.bot,
            "deleted": False,
            "name": self.name,
            "updated": FOUNDED,
            "app_id": self.app,
            "user_id": self.id,
            "icons": {},
        }

    def bot_profile(self) -> dict[str, Any]:
        """What each message of an app carries."""
        profile = {key: value for key, value in self.bot_info().items() if key != "user_id"}
        return {**profile, "team_id": TEAM}


YOU = Person("U0YOU", "you")
DIRECT = "D" + YOU.id[1:]  # the direct messages between you and the bot
SAM = Person("U0SAM", "sam")
"""Somebody else, for what takes two; what Slack shows to Sam alone, the page shows to you as well, and says so."""
BOT = Person("U0DIAGNOSE", "diagnose", "B0DIAGNOSE", "A0DIAGNOSE")
SENTRY = Person("U0SENTRY", "Sentry", "B0SENTRY", "A011MFBJEUU")
HOUSE = Person("U0REHEARSAL", "Rehearsal", "B0REHEARSAL", "A0REHEARSAL")
"""Speaks where Slackbot would: a command that failed, a mention that reached nobody."""

PEOPLE = (YOU, BOT, SENTRY, HOUSE, SAM)
GROUPS = {"S0ONCALL": (YOU.id,)}
"""The user group @on-call: you are in it, Sam is not."""


def team() -> dict[str, Any]:
    """As `team.info` answers."""
    return {"id": TEAM, "name": TEAM_NAME, "domain": DOMAIN, "email_domain": "", "icon": {"image_default": True}}
