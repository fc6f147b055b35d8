"""The lab's moments: minutes around the deploy that everything turns on, on whatever day the lab pretends it is."""

from datetime import UTC, datetime, timedelta

DEPLOY = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
"""Ten in the morning, UTC: minute 0 of every scenario."""


class Clock:
    """`now` is the last moment at which anything happened: what the lab's servers take for the present."""

    def __init__(self, zero: datetime = DEPLOY) -> None:
        self.zero = zero
        self.now = zero

    def at(self, minutes: float) -> datetime:
        """So many minutes after the deploy, before it where negative; nothing happens by asking."""
        return self.zero + timedelta(minutes=minutes)

    def reach(self, moment: datetime) -> datetime:
        """It is now at least this late."""
        self.now = max(self.now, moment)
        return moment


def written(moment: datetime) -> str:
    """As logs and Sentry write it: UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
