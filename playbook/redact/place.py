"""Which places of an answer hold what: the fields of Sentry, GitHub and Elasticsearch that are private as a whole.

Sentry: docs.sentry.io/api, an event's `user`, `request`, `contexts`, `context`, breadcrumbs, frame `vars` and tags.
Elasticsearch: the ECS fields of elastic.co/guide/en/ecs, nested or dotted. Everything else is free text.
"""

import re
from functools import lru_cache
from typing import Any, NamedTuple

from playbook.redact.marker import words
from playbook.redact.text import Manner


class Ruling(NamedTuple):
    """What to do with one child: `hide` names the kind that is counted; `place` is what its own children stand in."""

    hide: str = ""
    manner: Manner = "prose"
    place: str = ""
    verbatim: bool = False
    encoded: bool = False


PROSE, VERBATIM = Ruling(), Ruling(verbatim=True)
CODE, ENCODED = Ruling(manner="code", place="code"), Ruling(manner="code", place="code", encoded=True)
VERSION = Ruling(manner="version", place="versions")

CONTEXTS = words("trace runtime os browser app device gpu cloud_resource culture celery-job celery otel")
"""An event's contexts that describe the program; any other may be about a person."""

_WHOLE = {
    "vars": "frame variable",
    "cookies": "request data",
    "headers": "request data",
    "env": "request data",
    "environ": "request data",
    "env_vars": "request data",
    "extra": "context",
    "kwargs": "request data",
    "seenby": "user",
    "participants": "user",
    "userreport": "user",
    "identities": "user",
}
"""Structures that are emptied wherever they stand."""

_REQUEST = words("data body query query_string querystring headers cookies env fragment")
_PERSON_KEEPS = frozenset({"type", "datecreated"})
_AUTHOR_KEEPS = frozenset({"name", "type", "date", "datecreated"})
_CODE = {
    "github": words("patch diff diff_hunk content"),
    "sentry": words("context context_line contextline pre_context post_context precontext postcontext"),
}
_VERSIONS = words(
    "release releases version versions shortversion dist packages modules sdk versioninfo buildhash "
    "firstrelease lastrelease"
)
_VERSION_TAGS = re.compile(r"release|dist|(?:browser|os|runtime|device|sdk)(?:\..*)?|.*version", re.IGNORECASE)

_EMAIL_KEY = re.compile(r"(?:.*[._])?e?-?mails?|contact_?email|.*_email|.*Email", re.IGNORECASE)
_USER_KEY = re.compile(
    r"(?:.*\.)?(?:user_?id|user_?name|login_?name|full_?name|customer_?id|account_?id)|(?:end)?user\.(?:id|name|full_name|hash|email)"
    r"|user|gravatar_id|avatar_?url",
    re.IGNORECASE,
)
_SECRET_KEY = re.compile(
    r".*(?:password|passwd|passphrase|secret|token|authorization|credentials?|csrf"
    r"|(?:api|access|auth|private|secret|signing|encryption)[_-]?key|session[_-]?(?:id|key))|(?:.*[._-])?(?:pass|pwd|(?:set-)?cookie)",
    re.IGNORECASE,
)
_PERSONAL_TAG = re.compile(
    r"(?:end)?user(?:\.(?!agent).*|_(?!agent).*)?|.*e-?mail.*|(?:.*[._])?(?:client_?|remote_?)?ip(?:_?addr(?:ess)?)?"
    r"|(?:.*[._])?user_?name|(?:customer|account)[._]?(?:id|name)",
    re.IGNORECASE,
)
_PERSONAL_VALUE = re.compile(r"(?:id|email|username|ip):\S+")
_TAG_VALUES = words("value name query email username ipaddress ip_address identifier id hash avatarurl topvalues")

LONGEST_NAME = 200
"""Characters of the longest key that is looked up; a longer one is no field's name."""

_ONLY_STRUCTURES = frozenset({"vars", "env", "environ", "extra", "kwargs"})
"""Names that are private only where they hold more than one value: a tag called `env` stays."""

_PLACES = {"user": "person", "request": "request", "http.request": "request", "url": "url"}
_NAMES = {"secret": _SECRET_KEY, "email": _EMAIL_KEY, "user": _USER_KEY}


def ruling(source: str, place: str, parent: Any, key: Any, child: Any) -> Ruling:
    """What to do with `child`, under `key` ("" in a list) of `parent`; `place` is where `parent` stands."""
    if not isinstance(parent, dict):
        return _in_list(place, parent, child)
    name = str(key)
    if source == "elasticsearch" and name in {"_id", "_index"}:
        return VERBATIM
    lowered = name.lower()
    special = _in_place(place, lowered, child)
    if special is None:
        special = _tag(parent, lowered) if isinstance(parent.get("key", parent.get("value")), str) else None
    if special is None and source == "sentry":
        special = _sentry(parent, lowered, child)
    return special or _anywhere(source, name, child)


def _in_list(place: str, parent: Any, child: Any) -> Ruling:
    if place == "tag pair":
        personal = child in parent[1:2] and isinstance(parent[0], str) and _PERSONAL_TAG.fullmatch(parent[0])
        return Ruling(hide="user") if personal else PROSE
    if place == "tags" and isinstance(child, list | tuple):
        return Ruling(place="tag pair")
    if place == "person" and not isinstance(child, dict):
        return Ruling(hide="user")
    return {"code": CODE, "versions": VERSION}.get(place) or Ruling(place=place)


def _in_place(place: str, key: str, child: Any) -> Ruling | None:
    if place == "person":
        return (
            PROSE
            if key in _PERSON_KEEPS
            else Ruling(hide="email" if "email" in key else "ip" if key.startswith("ip") else "user")
        )
    if place == "author":
        return PROSE if key in _AUTHOR_KEEPS else Ruling(hide="email" if "email" in key else "user")
    if place == "request" and key in _REQUEST:
        return Ruling(hide="request data")
    if place == "breadcrumbs":
        return Ruling(hide="breadcrumb data") if key == "data" else Ruling(place=place)
    if place == "message" and key == "params":
        return Ruling(hide="message parameter")
    if place == "contexts":
        return (
            Ruling(place="context") if key in CONTEXTS else Ruling(hide="context") if isinstance(child, dict) else None
        )
    if place == "context" and key in {"data", "args", "kwargs", "body"}:
        return Ruling(hide="context")
    if place == "url" and key == "query":
        return Ruling(hide="token in URL")
    if place == "versions" and not isinstance(child, dict | list):
        return VERSION
    return None


def _tag(parent: dict[str, Any], key: str) -> Ruling | None:
    name, value = parent.get("key"), parent.get("value")
    of_a_person = (
        isinstance(name, str) and _PERSONAL_TAG.fullmatch(name) and ("value" in parent or "topValues" in parent)
    )
    if key in _TAG_VALUES and (
        of_a_person or (isinstance(value, str) and "stacktrace" not in parent and _PERSONAL_VALUE.fullmatch(value))
    ):
        return PROSE if key in {"name", "id"} and "topValues" in parent else Ruling(hide="user")
    if key in {"value", "name"} and isinstance(name, str) and _VERSION_TAGS.fullmatch(name):
        return VERSION
    return None


def _sentry(parent: dict[str, Any], key: str, child: Any) -> Ruling | None:
    if key == "data" and parent.get("type") in ("request", "breadcrumbs", "message"):
        return Ruling(place=str(parent["type"]))
    if key in {"request", "breadcrumbs", "contexts", "tags"}:
        return Ruling(place=key)
    if key in {"author", "authors"}:
        return Ruling(place="author")
    if key in {"user", "assignedto", "owner", "actor"}:
        if isinstance(child, dict):
            return PROSE if child.get("type") == "team" else Ruling(place="person")
        return Ruling(hide="user") if isinstance(child, str) and not child.startswith("team:") else PROSE
    if key == "context" and isinstance(child, dict):
        return Ruling(hide="context")
    return None


def _anywhere(source: str, name: str, child: Any) -> Ruling:
    if len(name) > LONGEST_NAME:
        return PROSE
    key = name.lower()
    if key in _CODE.get(source, ()):
        return ENCODED if key == "content" else CODE
    known = _by_name(name)
    if key in _ONLY_STRUCTURES and not isinstance(child, dict | list):
        return PROSE
    if source == "github" and (known.hide == "user" or known.place == "person"):
        return PROSE
    if known.place == "person" and not isinstance(child, dict | list):
        return Ruling(hide="user") if isinstance(child, str) else PROSE
    return known


@lru_cache(maxsize=4096)
def _by_name(name: str) -> Ruling:
    key = name.lower()
    if key in _WHOLE:
        return Ruling(hide=_WHOLE[key])
    if key in _PLACES:
        return Ruling(place=_PLACES[key])
    if key.startswith(("http.request.body", "http.request.headers")):
        return Ruling(hide="request data")
    if key in {"url.query", "query_string", "querystring"}:
        return Ruling(hide="token in URL")
    if key in _VERSIONS or key.endswith("version"):
        return VERSION
    return next((Ruling(hide=kind) for kind, names in _NAMES.items() if names.fullmatch(name)), PROSE)
