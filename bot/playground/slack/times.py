"""How long this Slack waits, in seconds; tests wait less."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Times:
    """Slack's own figures unless said otherwise."""

    acknowledge: float = 3.0
    """For a command, an action, an event (https://docs.slack.dev/interactivity/handling-user-interaction)."""

    trigger: float = 3.0
    """A trigger_id opens a view for so long (https://docs.slack.dev/surfaces/modals)."""

    answer: float = 1_800.0
    """A response_url works for so long, and five times."""

    ticket: float = 30.0
    """The address from apps.connections.open is good for one connection within this time."""

    redeliver: tuple[float, ...] = (0.0, 60.0, 300.0)
    """After each lapse, until the next delivery of an event: almost at once, a minute, five minutes
    (https://docs.slack.dev/apis/events-api#errors)."""

    keep: float = 60.0
    """Events wait so long for a bot that is not connected. Ours: Slack does not say."""

    connection: float = 18_060.0
    """A socket is replaced after this; what Slack's hello says as `approximate_connection_time`."""

    warning: float = 10.0
    """Before its end a socket is warned so early."""
