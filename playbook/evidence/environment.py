"""Whether two services mean the same environment: Sentry and the logs are often told different words for it.

Two words that nobody can compare stay untold: to call them different would turn "main" and "prod" into two places.
"""

import re

STAGES = {
    "production": ("production", "prod", "prd", "live"),
    "staging": ("staging", "stage", "stg", "preprod", "preproduction", "uat"),
    "development": ("development", "dev", "devel", "local", "localhost"),
    "test": ("test", "testing", "tst", "qa", "ci"),
}
"""How people spell the stages a system passes through; the first word is the one we say."""

_STAGE_OF = {word: stage for stage, words in STAGES.items() for word in words}


def stage_in(name: str) -> str | None:
    """The stage that a name holds as a word of its own (`shop_staging`, `prod-eu`); None where none or several."""
    found = {_STAGE_OF[word] for word in _words(name) if word in _STAGE_OF}
    return found.pop() if len(found) == 1 else None


def same_environment(one: str, other: str) -> bool | None:
    """True or False where the names decide it, None where they do not.

    The same words are the same place; two stages are two. `production-eu` and `production-us` are two, `production`
    and `production-eu` may be one, and words that name no stage decide nothing unless they are equal.
    """
    words, others = _words(one), _words(other)
    if [_said(word) for word in words] == [_said(word) for word in others]:
        return True
    stage, other_stage = stage_in(one), stage_in(other)
    if stage is None or other_stage is None:
        return None
    if stage != other_stage:
        return False
    rest, other_rest = ({_said(word) for word in some} - {stage} for some in (words, others))
    return False if rest and other_rest and rest.isdisjoint(other_rest) else None


def _words(name: str) -> list[str]:
    return [word for word in re.split(r"[^a-z0-9]+", name.casefold()[:200]) if word]


def _said(word: str) -> str:
    return _STAGE_OF.get(word, word)
