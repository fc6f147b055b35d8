"""People: e-mail addresses, network addresses and user ids in free text.

Host names stay even where they hold an address (`ip-10-0-3-17`): which server lacks the table is what a diagnosis
asks, and such a name says nothing of a person. A dotted quad is an address unless it is introduced as a version.
"""

import ipaddress
import re

from playbook.redact.marker import EMAIL, IP, USER, Hidden, Scissors

SERVICES = frozenset({"git", "hg", "svn", "celery"})
"""Local parts that programs write before a host (`git@…:acme/shop.git`, `celery@worker-1.…`): the host must stay."""

LOCAL_PART = 64
"""Characters before the @, RFC 5321 4.5.3.1.1."""

_DOMAIN = re.compile(r"(@|%40|\\u0040|&#64;)((?:[^\W_][\w\-]{0,62}\.){1,10}[^\W\d_](?:[\w\-]{0,61}[^\W_]))(?!\w)")
_LOCAL = re.compile(r"[\w.!#$%&*+/=?^{}~-]*")
_A_VERSION = re.compile(r"v?\d+\.\d")

_QUAD = re.compile(
    r"(?<![\w.])(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?!\w|\.\d|-(?:rc|alpha|beta|dev|pre|post|SNAPSHOT))"
)
_INTRODUCES_VERSION = re.compile(
    r"(?:[vV@]|[=~><!]=|~>|\^|\b(?:version|ver|release|build|rev|tag)[\"']?\s?[:=]?\s?[\"']?|\b(?:Chrome|Chromium|Edge|Opera|Electron)\s"
    r"|(?:^|[\s(;\"'])[A-Z][A-Za-z]{1,30}/)$",
)
_OCTET = 255
_COLONS, _DOTS = 2, 3
"""Fewest colons of an IPv6 and dots of an IPv4 address."""
_HARMLESS_V4 = re.compile(r"127\.|0\.0\.0\.0$|255\.")
_GROUPS = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{2,39}(?::\d{1,3}(?:\.\d{1,3}){3})?(?![\w:])")

_USER = re.compile(
    r"(?<![A-Za-z])(?:user[_\s-]?(?:id|name)|userid|username|customer[_\s-]?id|account[_\s-]?id|login)"
    r"(?:\\?[\"'])?(\s{0,2}[:=]\s{0,2})(?:\\?[\"'])?([\w@.+-]+)",
    re.IGNORECASE,
)
_AN_ID = re.compile(r"\d+|[0-9A-Fa-f-]{32,36}|\S+@\S+")
_SENTRY_USER = re.compile(r"\buser\.(?:id|email|username|ip):(?:\\?\")?([^\s\"\\]+)")
_NOBODY = frozenset(
    {"none", "null", "nil", "undefined", "true", "false", "anonymous", "unknown", "int", "str", "string"}
)


def hide_emails(text: str, hidden: Hidden) -> str:
    """E-mail addresses, escaped ones too. `shop@1.4.0` is a release, `git@github.com:acme` a remote: both stay."""
    if "@" not in text and "%40" not in text and "u0040" not in text and "&#64;" not in text:
        return text
    scissors = Scissors(text)
    for domain in _DOMAIN.finditer(text):
        at = domain.start()
        start = at
        while start > 0 and at - start < LOCAL_PART and _LOCAL.fullmatch(text[start - 1]):
            start -= 1
        while start < at and not (text[start].isalnum() or text[start] == "_"):
            start += 1
        local = text[start:at]
        role = text[:start].endswith("://") if start < LOCAL_PART else text.startswith("://", start - len("://"))
        if not local or role or local.lower() in SERVICES or _A_VERSION.match(domain[2]):
            continue
        scissors.hide(start, domain.end(), EMAIL, "email")
    return scissors.cut(hidden)


def hide_addresses(text: str, hidden: Hidden) -> str:
    """IPv4 and IPv6 addresses; loopback, unspecified and netmasks stay: they name no one and explain much."""
    scissors = Scissors(text)
    if text.count(":") >= _COLONS:
        for groups in _GROUPS.finditer(text):
            start, end = groups.span()
            while end > start and text[end - 1] == ":" and text[end - 2 : end] != "::":
                end -= 1
            if _is_v6(text[start:end]):
                scissors.hide(start, end, IP, "ip")
    if text.count(".") >= _DOTS:
        for quad in _QUAD.finditer(text):
            if any(int(octet) > _OCTET for octet in quad.groups()) or _HARMLESS_V4.match(quad[0]):
                continue
            if not _INTRODUCES_VERSION.search(text[max(quad.start() - 40, 0) : quad.start()]):
                scissors.hide(quad.start(), quad.end(), IP, "ip")
    return scissors.cut(hidden)


def hide_users(text: str, hidden: Hidden) -> str:
    """Whoever a log names: `user_id=42`, `"username": "…"`, and Sentry's `user.email:…`."""
    lowered = text.lower()
    if not any(needle in lowered for needle in ("user", "login", "customer", "account")):
        return text
    scissors = Scissors(text)
    for named in _USER.finditer(text):
        a_join = named[1].strip() == "=" and named[1] != "=" and not _AN_ID.fullmatch(named[2])
        if not a_join and named[2].lower() not in _NOBODY:
            scissors.hide(*named.span(2), USER, "user")
    for found in _SENTRY_USER.finditer(text):
        scissors.hide(*found.span(1), USER, "user")
    return scissors.cut(hidden)


def _is_v6(text: str) -> bool:
    if not (any(one.isdigit() for one in text) or text.count(":") > _DOTS):
        return False
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)
