"""What the app's manifest says: the local Slack offers and delivers what was asked for there, and nothing else."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Command:
    command: str
    description: str
    usage_hint: str = ""


@dataclass(frozen=True)
class Shortcut:
    """A message shortcut."""

    callback_id: str
    name: str


@dataclass(frozen=True)
class App:
    """`events` are the subscriptions; `scopes` what the bot token may do, None for everything."""

    commands: tuple[Command, ...]
    shortcuts: tuple[Shortcut, ...]
    events: frozenset[str]
    scopes: frozenset[str] | None = None
    home_tab: bool = False
    messages_tab: bool = False


DIAGNOSE = App(
    commands=(Command("/diagnose", "Why is this Sentry issue happening?", "SHOP-42, a link, or help"),),
    shortcuts=(Shortcut("diagnose_message", "Diagnose"),),
    events=frozenset({"app_home_opened", "app_mention", "message.channels", "message.groups"}),
    scopes=frozenset(
        {
            "commands",
            "chat:write",
            "app_mentions:read",
            "channels:history",
            "groups:history",
            "channels:read",
            "groups:read",
            "users:read",
            "users:read.email",
            "usergroups:read",
        }
    ),
    home_tab=True,
)
"""`manifest.yml`; a test holds the two together."""

ANY_SCOPE = replace(DIAGNOSE, scopes=None)
"""The same app, allowed everything: for trying methods that the bot does not use."""
