"""URLs: what they address stays; who may open it, and what was sent along, goes."""

import re

from playbook.redact.marker import SECRET, USER, VALUE, Hidden, Scissors, words

NAVIGATION = words(
    "page per_page limit offset sort order order_by direction statsperiod groupstatsperiod environment project cursor "
    "ref sha start end interval dataset yaxis referrer state level lang locale format version v tab since until "
    "size from_sha path recursive expand collapse full"
)
"""Parameters of the services' own pages and APIs that say where one looks, not who looks: their plain values stay."""

CONNECTION = words(
    "sslmode schema schemas currentschema search_path searchpath database databasename options charset encoding "
    "application_name connect_timeout target_session_attrs ssl pool_size replicaset readpreference"
)
"""Parameters of a database's URL: a wrong schema or search path is what a diagnosis looks for."""

PAGE_STATE = words("_g _a source")
"""Where Kibana keeps what a page shows, and Elasticsearch a whole search: our own citations are such links. What is
secret or personal in them is still found by the other rules."""

WEB = frozenset({"http", "https", "ws", "wss", "ftp"})
"""Schemes in which a user name is a person or a token; in others (databases, queues) it is a role."""

LONGEST_USERINFO = 300
"""Characters in which an @ is looked for when a password holds a slash."""

_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]{1,30})://([^\s\"'<>`|\\]+)")
_RELATIVE = re.compile(r"(?<=[\w/])\?(?=[\w.\-\[\]%]{1,64}=)[^\s\"'<>`|\\]+")
_PLAIN = re.compile(r"[\w.\-:+%/*,]{0,64}")
_STATE = re.compile(r"[\w.\-:+%/*,()!@$~]{0,2000}")
_BARE_PARAMETER = 24
"""Characters from which a parameter without a value is taken for a token."""


def hide_in_urls(text: str, hidden: Hidden, *, relative: bool = True) -> str:
    """User names, passwords and the values of queries and fragments; scheme, host, port, path and names stay.

    The user name of a database URL stays, for it is a role, not a person. `relative` also takes queries of
    addresses without a host.
    """
    if "://" not in text and "?" not in text:
        return text
    scissors = Scissors(text)
    for url in _URL.finditer(text):
        _cut_url(scissors, url[1].lower(), *url.span(2))
    cleaned = scissors.cut(hidden)
    if relative and "?" in cleaned and "=" in cleaned:
        scissors = Scissors(cleaned)
        for query in _RELATIVE.finditer(cleaned):
            _cut_pairs(scissors, query.start() + 1, query.end())
        cleaned = scissors.cut(hidden)
    return cleaned


def _cut_url(scissors: Scissors, scheme: str, start: int, end: int) -> None:
    text = scissors.text
    while end > start and text[end - 1] in ").,;":
        end -= 1
    host = _cut_userinfo(scissors, scheme, start, end)
    query = text.find("?", host, end)
    fragment = text.find("#", host, end)
    if query >= 0 and (fragment < 0 or query < fragment):
        _cut_pairs(scissors, query + 1, fragment if fragment >= 0 else end)
    if fragment >= 0 and "=" in text[fragment:end]:
        _cut_pairs(scissors, fragment + 1, end)


def _cut_userinfo(scissors: Scissors, scheme: str, start: int, end: int) -> int:
    text, web = scissors.text, scheme in WEB
    slash = min((at for at in (text.find(one, start, end) for one in "/?#") if at >= 0), default=end)
    at = text.rfind("@", start, slash)
    colon = text.find(":", start, slash)
    if at < 0 and colon >= 0 and not text.startswith("[", start):
        port = text[colon + 1 : slash].isdigit() and (web or text.startswith("/", slash))
        at = -1 if port else text.rfind("@", slash, min(end, start + LONGEST_USERINFO))
    if at < 0:
        return start
    colon = text.find(":", start, at)
    if colon < 0:
        if web:
            scissors.hide(start, at, SECRET, "secret")
    else:
        if web:
            scissors.hide(start, colon, USER, "user")
        scissors.hide(colon + 1, at, SECRET, "secret")
    return at + 1


def _cut_pairs(scissors: Scissors, start: int, end: int) -> None:
    text = scissors.text
    while start < end:
        stop = text.find("&", start, end)
        stop = stop if stop >= 0 else end
        equals = text.find("=", start, stop)
        if equals < 0:
            if stop - start >= _BARE_PARAMETER:
                scissors.hide(start, stop, VALUE, "token in URL")
        else:
            name, value = text[start:equals].lower().removeprefix("amp;"), text[equals + 1 : stop]
            stays = _STATE.fullmatch(value) if name.rpartition("?")[2] in PAGE_STATE else None
            stays = stays or (_PLAIN.fullmatch(value) if name in NAVIGATION | CONNECTION else None)
            if stays is None:
                scissors.hide(equals + 1, stop, VALUE, "token in URL")
        start = stop + 1
