"""What is kept of runs, as tables; SQLite and PostgreSQL alike. Moments are seconds since 1970, in UTC.

`migrations/` makes them; a change here without a migration there fails a test.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
)

PREFIX = "diagnose_"
"""Of every table's name, so that a database may be shared with others."""

metadata = MetaData()

_ID = String(40)
_NAME = String(400)
_SLACK = String(64)

runs = Table(
    f"{PREFIX}runs",
    metadata,
    # In the order in which they were asked for, whatever the clock said.
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", _ID, nullable=False, unique=True),
    Column("state", String(8), nullable=False),  # waiting, running, ended
    Column("request", Text, nullable=False),  # the `Request` as JSON
    Column("target", _NAME, nullable=False),
    Column("asker", _SLACK),
    Column("asked_at", Double, nullable=False),
    Column("channel", _SLACK, nullable=False),
    Column("thread", _SLACK),
    Column("message", _SLACK),
    Column("posting", Boolean, nullable=False, server_default=false()),  # a post was begun; Slack's answer is not known
    Column("attempts", Integer, nullable=False, server_default="0"),  # workflows that were begun for it
    Column("owner", _NAME),  # the replica that carries it out
    Column("ended_at", Double),
    Column("seconds", Double),
    Column("failed", Text),
    Column("answered_by", _ID),  # the run that has its issue, where that is another one
    Column("hurried", Boolean),  # an alert's, and a person asked for it while it waited
    Column("steps", Text),  # what it told, as JSON
    Column("recording", LargeBinary),  # redacted and compressed; replaying it gives the diagnosis again
    Column("digest", String(64)),  # of the diagnosis that was shown, to know it again
    Column("issue", _NAME),
    Column("short_id", _NAME),
    Column("title", Text),
    Column("project", _NAME),
    Column("playbook", _NAME),
    Column("cause", _NAME),
    Column("verdict", Text),
    Column("grade", String(16)),
    Column("shown", Integer, nullable=False, server_default="1"),  # how many requests the card says it answers
    Column("shown_at", Double),
)
Index(f"ix_{PREFIX}runs_state", runs.c.state, runs.c.number)
Index(f"ix_{PREFIX}runs_ended", runs.c.ended_at)
Index(f"ix_{PREFIX}runs_issue", runs.c.issue)

# Under which names an issue is asked for: its number, its short id, an event's id.
aliases = Table(
    f"{PREFIX}aliases",
    metadata,
    Column("name", _NAME, primary_key=True),
    Column("issue", _NAME, nullable=False),
)

# The one run of an issue: under way while `ended_at` is empty, then the one whose card still answers.
claims = Table(
    f"{PREFIX}claims",
    metadata,
    Column("issue", _NAME, primary_key=True),
    Column("run", _ID, nullable=False, index=True),
    Column("ended_at", Double),
)

# Everything that asked, once for each of Slack's deliveries.
requests = Table(
    f"{PREFIX}requests",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("delivery", _NAME, unique=True),
    Column("run", _ID, ForeignKey(runs.c.id, ondelete="CASCADE"), nullable=False, index=True),
    Column("asker", _SLACK),
    Column("channel", _SLACK, nullable=False),
    Column("at", Double, nullable=False),
)

feedback = Table(
    f"{PREFIX}feedback",
    metadata,
    Column("run", _ID, ForeignKey(runs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("person", _SLACK, primary_key=True),
    Column("answer", String(8), nullable=False),
    Column("at", Double, nullable=False),
)

presses = Table(
    f"{PREFIX}presses",
    metadata,
    Column("number", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("run", _ID, nullable=False, index=True),
    Column("issue", _NAME, nullable=False),
    Column("person", _SLACK, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("action", String(64), nullable=False),
    Column("at", Double, nullable=False),
    Column("before", Text, nullable=False),
    Column("after", Text, nullable=False),
    Column("refused", Text, nullable=False),
)

# Who is alive: `beat` grows while a replica lives; its clock is never compared with another's.
replicas = Table(
    f"{PREFIX}replicas",
    metadata,
    Column("id", _NAME, primary_key=True),
    Column("incarnation", _ID, nullable=False),
    Column("beat", BigInteger, nullable=False),
    Column("version", String(40), nullable=False),
    Column("gone", Boolean, nullable=False, server_default=false()),  # it left, or was taken over
)

# What each diagnosis left behind for later ones to be compared with: one card for one cause.
incidents = Table(
    f"{PREFIX}incidents",
    metadata,
    Column("run", _ID, ForeignKey(runs.c.id, ondelete="CASCADE"), primary_key=True),
    Column("channel", _SLACK, nullable=False),
    Column("rose", Double),
    Column("incident", Text, nullable=False),  # the `Incident` as JSON
)
Index(f"ix_{PREFIX}incidents_rose", incidents.c.channel, incidents.c.rose)

# Pairs of issues that a person took apart; the smaller name first.
apart = Table(
    f"{PREFIX}apart",
    metadata,
    Column("one", _NAME, primary_key=True),
    Column("other", _NAME, primary_key=True),
    Column("person", _SLACK, nullable=False),
    Column("name", _NAME, nullable=False),
    Column("at", Double, nullable=False),
)
