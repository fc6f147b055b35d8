"""What each path of Sentry's API gives, which scope it wants, and whether *none* is an answer that it can have."""

import re
from dataclasses import dataclass
from typing import Literal

Gives = Literal["object", "list"]


@dataclass(frozen=True)
class Endpoint:
    """`path` is a pattern for paths as questions name them; `name` is what a sentence calls it."""

    path: str
    name: str
    scope: str
    can_be_none: bool = True
    gives: Gives = "object"


ENDPOINTS = (
    Endpoint(r"", "the organization", "org:read", can_be_none=False),
    Endpoint(r"issues/", "the issue list", "event:read", can_be_none=False),
    Endpoint(r"issues/[^/]+/", "the issue", "event:read"),
    Endpoint(r"issues/[^/]+/events/", "the issue's events", "event:read"),
    Endpoint(r"issues/[^/]+/events/[^/]+/", "the event", "event:read"),
    Endpoint(r"issues/[^/]+/tags/", "the issue's tags", "event:read", gives="list"),
    Endpoint(r"issues/.+", "this part of the issue", "event:read"),
    Endpoint(r"shortids/.+", "look-ups by short id", "event:read"),
    Endpoint(r"eventids/.+", "look-ups by event id", "org:read"),
    Endpoint(r"events/", "the table of events", "org:read", can_be_none=False),
    Endpoint(r"releases/", "the list of releases", "project:read", can_be_none=False),
    Endpoint(r"releases/[^/]+/", "the release", "project:read"),
    Endpoint(r"releases/[^/]+/commits/", "the commits of the release", "project:read"),
    Endpoint(r"releases/[^/]+/deploys/", "the deploys of the release", "project:read"),
    Endpoint(r"releases/[^/]+/commitfiles/", "the files of the release", "project:releases"),
    Endpoint(r"code-mappings/", "the code mappings", "org:read", can_be_none=False),
    Endpoint(r"projects/[^/]+/events/[^/]+/committers/", "its suspect commits", "project:read"),
    Endpoint(r"repos/", "the repositories", "org:read", can_be_none=False),
)
"""docs.sentry.io/api/permissions, and the operations' own lists in Sentry's OpenAPI schema."""

OTHER = Endpoint(r".*", "this", "org:read", can_be_none=False)


def endpoint_of(path: str) -> Endpoint:
    """What an organization-relative path is about."""
    return next((one for one in ENDPOINTS if re.fullmatch(one.path, path)), OTHER)
