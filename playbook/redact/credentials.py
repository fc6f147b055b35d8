"""Secrets, by the shapes that detect-secrets keeps, and by where programs write them.

The shapes are the regular expressions of https://github.com/Yelp/detect-secrets (Apache-2.0; its living fork
`bc-detect-secrets` installs under the same name and works unchanged). Its entropy detectors are left out: they take
commit hashes and trace ids for secrets, and a diagnosis is made of those.
"""

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from playbook.redact.marker import SECRET, Hidden, Scissors, words

WINDOW = 2048
"""Characters a detector sees at once. Some of the library's expressions are quadratic; this bounds them."""
OVERLAP = 512
"""Characters two windows share, longer than any token's decisive part."""
PLAIN_TOKEN = 16
"""Characters from which a word after `Bearer` with no digit in it is still a credential."""

LEFT_OUT = {
    "IPPublicDetector": "addresses are hidden as addresses, IPv6 and private ones too",
    "BasicAuthDetector": "URLs are taken apart, which also finds a token without a password",
    "PrivateKeyDetector": "it finds the first line; the whole block is hidden",
    "IbmCloudIamDetector": "takes any 44 characters after the word key, such as a constraint's name",
    "IbmCosHmacDetector": "an assignment to a name that says secret",
    "CloudantDetector": "an assignment to a name that says key or password",
    "SoftlayerDetector": "an assignment to a name that says key or password",
    "NpmDetector": "an assignment to a name that says token; its expression is unbounded in one version",
}

MIXED = frozenset({"ArtifactoryDetector", "DiscordBotTokenDetector"})
"""Detectors that would take a dotted class name or a table in capitals: their finds must mix cases and digits."""

NEEDLES = {
    "ArtifactoryDetector": ("akc", "ap"),
    "AWSKeyDetector": ("a3t", "abia", "acca", "akia", "asia", "aws"),
    "AzureStorageKeyDetector": ("accountkey=",),
    "GitHubTokenDetector": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
    "GitLabTokenDetector": ("gl", "gr1348941"),
    "JwtTokenDetector": ("eyj",),
    "MailchimpDetector": ("-us",),
    "OpenAIDetector": ("t3blbkfj",),
    "PypiTokenDetector": ("pypi-",),
    "SendGridDetector": ("sg.",),
    "SlackDetector": ("xox", "hooks.slack.com"),
    "SquareOAuthDetector": ("sq0csp-",),
    "StripeDetector": ("k_live_",),
    "TelegramBotTokenDetector": (":",),
    "TwilioKeyDetector": ("ac", "sk"),
    "services we speak with": ("sntry", "github_pat_", "xapp-", "xoxe", "aiza", "npm_", "glpat-", "sk-"),
}
"""Lower-case text without which a detector cannot find anything: spares most strings most expressions."""

OWN_SHAPES = (
    r"sntry[a-z]_[A-Za-z0-9+/=_-]{16,}",  # docs.sentry.io/api/auth
    r"github_pat_\w{20,}",  # github.blog, 2022-10-18: fine-grained tokens
    r"xapp-\d-[A-Za-z0-9-]{10,}",  # docs.slack.dev/authentication/tokens: app-level tokens
    r"xoxe(?:\.xox[bp])?-\d-[A-Za-z0-9-]{10,}",  # the same: refresh and rotated tokens
    r"AIza[A-Za-z0-9_-]{35}",
    r"npm_[A-Za-z0-9]{36}",
    r"glpat-[A-Za-z0-9_.-]{20,}",
    r"sk-(?:ant-|proj-|svcacct-)[A-Za-z0-9_-]{20,}",
)
"""Tokens of the services the product speaks with, and a few newer than the library's last release."""

_SCHEME = re.compile(r"\b(bearer|basic|digest|negotiate|apikey|token)(\s{1,4})([A-Za-z0-9._~+/=\-]{8,})", re.IGNORECASE)
_HEADER = re.compile(
    r"\b(?:(?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-auth-token)\b"
    r"(?:\\?[\"']){0,2}\s{0,3}[:=,]\s{0,3}(?:\\?[\"'])?(?:(?:bearer|basic|digest|token|apikey|negotiate)\s+)?",
    re.IGNORECASE,
)
_HEADER_VALUE = re.compile(r"[^\r\n\"'\\]+")

_NAMES = (
    r"pass(?:word|wd|phrase|code)|(?<![a-z])pass|pwd|passwort|contraseña|secret(?:[_-]?(?:access[_-]?)?key)?|token"
    r"|(?:api|access|account|auth|private|encryption|signing|service|master|shared)[_-]?key|credentials?"
    r"|session[_-]?(?:id|key)"
)
_ASSIGNED = re.compile(
    rf"({_NAMES})(?:\\?[\"'`\]]){{0,2}}\s{{0,3}}(=>|:=|={{1,3}}|:(?!:))[^\S\n]{{0,3}}", re.IGNORECASE
)
_OPTION = re.compile(rf"(?<!\S)--[\w-]{{0,30}}(?:{_NAMES})[^\S\n]{{1,3}}(?=[^-\s])", re.IGNORECASE)
_IDENTIFIED = re.compile(r"\b(?:identified\s+by|password)\s{1,3}(?=')", re.IGNORECASE)
_ASSIGNED_NEEDLES = ("pass", "pwd", "contra", "secret", "token", "key", "credential", "session", "identified")
_QUOTED = re.compile(r"[brufBRUF]{0,2}(\\?[\"'`])")
_LONG_RUN = re.compile(r"[A-Za-z0-9_\-+/=.:]{20}")
"""No token known here is shorter than an AWS key id."""
_REST_OF_WORD, _REST_OF_JWT = re.compile(r"[\w\-]*"), re.compile(r"[\w\-.+/=]*")
_BARE = re.compile(r"(?:\$\{[^}\s]{0,64}\})+|[^\s,;&'\"`<>|(){}\\]+")
_LIKE_A_PASSWORD = re.compile(r"pass|pwd|contra|secret", re.IGNORECASE)
_REFERENCE = re.compile(
    r"\$\{?[A-Za-z_]\w*\}?|\$\d+|%\(\w+\)s|%s|\?|:\w+|@\w+|\{\{?[\w. ]+\}?\}|<[\w -]+>|\*+|\.{3}|x+"
    r"|[A-Z][A-Z]*_[A-Z_]+|(?:os|self|settings|config|process|request|req|env|options|params|args)[.\[].*"
)
_NOT_A_VALUE = words(
    "none null nil true false undefined str string int bytes bool any optional required missing invalid expired empty "
    "not is was the a an filtered redacted hidden unexpected"
)
_KEY_BEGIN = re.compile(r"-{5}BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{0,5}|PuTTY-User-Key-File-\d:")
_KEY_END = re.compile(r"-{5}END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-{0,5}|Private-MAC:[^\n]*")


class Detector(NamedTuple):
    """The shapes of one kind of token; `needles` is empty where they must always be tried."""

    name: str
    needles: tuple[str, ...]
    shapes: tuple[re.Pattern[str], ...]


@cache
def detectors() -> tuple[Detector, ...]:
    """Every shape the installed library knows, and ours, in an order that does not depend on the machine."""
    plugins = importlib.import_module("detect_secrets.plugins")
    found: dict[str, tuple[re.Pattern[str], ...]] = {"services we speak with": tuple(map(re.compile, OWN_SHAPES))}
    for module in sorted(one.name for one in pkgutil.iter_modules(plugins.__path__)):
        for name, unit in sorted(vars(importlib.import_module(f"{plugins.__name__}.{module}")).items()):
            shapes = getattr(unit, "denylist", ())
            if name.endswith("Detector") and name not in LEFT_OUT and isinstance(shapes, list | tuple):
                found[name] = tuple(shapes)
    return tuple(Detector(name, NEEDLES.get(name, ()), found[name]) for name in sorted(found) if found[name])


def hide_keys(text: str, hidden: Hidden) -> str:
    """Private keys, whole; one that was cut off loses all that follows."""
    if "PRIVATE KEY" not in text and "PuTTY-User-Key" not in text:
        return text
    scissors, at = Scissors(text), 0
    while begin := _KEY_BEGIN.search(text, at):
        end = _KEY_END.search(text, begin.end())
        at = end.end() if end else len(text)
        scissors.hide(begin.start(), at, SECRET, "secret")
    return scissors.cut(hidden)


def hide_headers(text: str, hidden: Hidden) -> str:
    """What follows `Authorization:`, `Cookie:` and their kind; and a credential after a bare `Bearer` or `Basic`."""
    lowered = text.lower()
    scissors = Scissors(text)
    if any(needle in lowered for needle in ("authorization", "cookie", "x-api-key", "x-auth-token")):
        at = 0
        while header := _HEADER.search(text, at):
            value = _HEADER_VALUE.match(text, header.end())
            at = value.end() if value else header.end()
            if value and not _is_reference(value[0].strip()):
                scissors.hide(*value.span(), SECRET, "secret")
    if any(needle in lowered for needle in ("bearer", "basic", "digest", "negotiate", "apikey", "token")):
        for scheme in _SCHEME.finditer(text):
            word, credential = scheme[1].lower(), scheme[3]
            longest = 20 if word == "token" else PLAIN_TOKEN
            if _mixes(credential) and len(credential) >= (longest if word == "token" else 0):
                scissors.hide(*scheme.span(3), SECRET, "secret")
    return scissors.cut(hidden)


def hide_assigned(text: str, hidden: Hidden, *, code: bool = False) -> str:
    """Values given to names that say secret: `password=…`, `"api_key": "…"`, `--token …`, `IDENTIFIED BY '…'`.

    In `code`, an unquoted value that reads as an expression is left alone.
    """
    lowered = text.lower()
    if not any(needle in lowered for needle in _ASSIGNED_NEEDLES):
        return text
    scissors, done = Scissors(text), 0
    for assigned in sorted(
        (*_ASSIGNED.finditer(text), *_OPTION.finditer(text), *_IDENTIFIED.finditer(text)),
        key=lambda one: one.end(),
    ):
        if assigned.end() < done:
            continue
        start, end, quoted = _value_at(text, assigned.end())
        value = text[start:end]
        colon = assigned.re is _ASSIGNED and assigned[2] == ":"
        if _is_reference(value) or (not quoted and not _bare_secret(assigned[0], value, colon=colon, code=code)):
            continue
        scissors.hide(start, end, SECRET, "secret")
        done = end
    return scissors.cut(hidden)


def hide_tokens(text: str, hidden: Hidden) -> str:
    """Tokens known by their shape alone, to the end of the word they stand in."""
    if not _LONG_RUN.search(text):
        return text
    lowered = text.lower()
    scissors = Scissors(text)
    for name, needles, shapes in detectors():
        if needles and not any(needle in lowered for needle in needles):
            continue
        for shape in shapes:
            for start, end in _found(shape, text):
                if name not in MIXED or _mixes(text[start:end], cases=True):
                    scissors.hide(start, end, SECRET, "secret")
    return scissors.cut(hidden)


def _found(shape: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    step, reached = WINDOW - OVERLAP, 0
    for begin in range(0, max(len(text) - OVERLAP, 1), step):
        for found in shape.finditer(text, begin, begin + WINDOW):
            if found.end() <= reached:
                continue
            group = 1 if found.lastindex and found[1] and len(found[1]) >= PLAIN_TOKEN else 0
            start, end = found.span(group)
            while start < end and text[start] in " \t\r\n=:\"'":
                start += 1
            while end > start and text[end - 1] in " \t\r\n=:\"'":
                end -= 1
            rest = (_REST_OF_JWT if text.startswith("eyJ", start) else _REST_OF_WORD).match(text, end)
            reached = rest.end() if rest else end
            yield start, reached


def _value_at(text: str, at: int) -> tuple[int, int, bool]:
    if quote := _QUOTED.match(text, at):
        start, mark = quote.end(), quote[1]
        end = start
        while True:
            end = text.find(mark, end)
            line = text.find("\n", start, end if end >= 0 else len(text))
            if end < 0 or -1 < line < end:
                return start, line if line >= 0 else len(text), True
            if len(mark) == 1 and text[end - 1] == "\\" and end > start:
                end += 1
                continue
            return start, end, True
    bare = _BARE.match(text, at)
    return (at, bare.end(), False) if bare else (at, at, False)


def _is_reference(value: str) -> bool:
    return value.lower() in _NOT_A_VALUE or _REFERENCE.fullmatch(value) is not None


def _bare_secret(name: str, value: str, *, colon: bool, code: bool) -> bool:
    digits = any(one.isdigit() for one in value)
    if code and re.fullmatch(r"[A-Za-z_]\w*(?:[.\[]\S*)?", value) and not digits:
        return False
    return not colon or digits or (_LIKE_A_PASSWORD.search(name) is not None and not code)


def _mixes(text: str, *, cases: bool = False) -> bool:
    digit = any(one.isdigit() for one in text)
    both = any(one.isupper() for one in text) and any(one.islower() for one in text)
    if cases:
        return digit and both
    return digit or (len(text) >= PLAIN_TOKEN and both) or text.endswith("=")
