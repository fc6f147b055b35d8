"""Free text, cleaned by one row of rules, over and over until nothing more is found."""

import re
from collections import Counter
from typing import Literal, TypeAlias

from playbook.redact.address import hide_in_urls
from playbook.redact.credentials import hide_assigned, hide_headers, hide_keys, hide_tokens
from playbook.redact.marker import Hidden
from playbook.redact.personal import hide_addresses, hide_emails, hide_users
from playbook.redact.statement import hide_literals, hide_parameters

Manner: TypeAlias = Literal["prose", "code", "version"]
"""What a text is: prose (messages, logs, SQL), source code (patches, lines of a stack), or the name of a version."""

PASSES = 8
"""Times a text is read at most. Two are usual: one that hides, one that finds nothing more."""

_PLAIN = re.compile(
    r"[A-Za-z_./\-]{0,19}|[A-Za-z0-9_]{0,15}|\d+|[0-9a-f]{32}|[0-9a-f]{40}|\d{4}-\d\d-\d\dT[\d:.]{8,15}Z?"
)
"""Words, paths, numbers, hashes and times: nothing in them can be a secret, the shortest token known has twenty."""


def redact_text(text: str, manner: Manner = "prose") -> tuple[str, Hidden]:
    """The text without secrets and people, and the count of each kind hidden; redacting it again changes nothing."""
    hidden: Hidden = Counter()
    if _PLAIN.fullmatch(text):
        return text, hidden
    for _ in range(PASSES):
        cleaned = _once(text, hidden, manner)
        if cleaned == text:
            break
        text = cleaned
    return text, hidden


def _once(text: str, hidden: Hidden, manner: Manner) -> str:
    code = manner == "code"
    text = hide_keys(text, hidden)
    text = hide_in_urls(text, hidden, relative=not code)
    text = hide_headers(text, hidden)
    text = hide_assigned(text, hidden, code=code)
    text = hide_tokens(text, hidden)
    if manner == "prose":
        text = hide_parameters(text, hidden)
        text = hide_literals(text, hidden)
    text = hide_emails(text, hidden)
    if manner != "version":
        text = hide_addresses(text, hidden)
    if manner == "prose":
        text = hide_users(text, hidden)
    return text
