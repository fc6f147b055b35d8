"""A citation is named by what opens when it is pressed: `PR #812`, `0042_order.py#L8`, `log line`.

Several links that all say `GitHub` make a reader guess which of them is the diff.
"""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

from bot.card.escape import code, is_web_link, link
from playbook.diagnosis import Citation, Signal

LABEL = 60  # characters of a link's label
QUOTE = 110  # characters of a quote on the card: two lines of a phone; the evidence view has all of it

_FORMS = {
    "GitHub": (
        (re.compile(r"/pull/(\d+)"), "PR #{}"),
        (re.compile(r"/blob/[^/]+/(?:.*/)?([^/]+)#L(\d+)"), "{}#L{}"),
        (re.compile(r"/blob/[^/]+/(?:.*/)?([^/#]+)"), "{}"),
        (re.compile(r"/commit/([0-9a-f]{7})"), "commit {}"),
        (re.compile(r"/compare/"), "diff"),
    ),
    "Elasticsearch": ((re.compile(r"_id\b"), "log line"), (re.compile(r""), "logs")),
    "Sentry": (
        (re.compile(r"/events/"), "Sentry event"),
        (re.compile(r"/releases/"), "Sentry release"),
        (re.compile(r"/issues/"), "Sentry issue"),
    ),
}


def named(citation: Citation) -> str:
    """What a person calls the thing behind the link; the source where the link does not tell."""
    if is_web_link(citation.url):
        parts = urlsplit(citation.url)
        target = unquote("#".join(filter(None, ("?".join(filter(None, (parts.path, parts.query))), parts.fragment))))
        for form, label in _FORMS.get(citation.source, ()):
            if found := form.search(target):
                return label.format(*found.groups())
    return citation.source


def links(citations: Iterable[Citation]) -> str:
    """`[0042_order.py#L8] [log line]`, each a link, none twice."""
    told = dict.fromkeys(f"[{link(citation.url, named(citation), LABEL)}]" for citation in citations)
    return " ".join(told)


def quoted(citation: Citation, limit: int = QUOTE) -> str:
    """The link, and the bit that was quoted, in at most `limit` characters."""
    return f"{link(citation.url, named(citation), LABEL)} {code(citation.quote, limit)}"


def first_of(signals: Iterable[Signal]) -> list[Citation]:
    """One citation of each signal."""
    return [signal.citations[0] for signal in signals]
