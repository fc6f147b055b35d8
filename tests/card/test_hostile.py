"""Whatever stands in a diagnosis, the card is valid, pings nobody and keeps its lengths."""

import json
import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.card import About, Change, card, evidence_view, failure, plainer, problems, progress
from playbook.diagnosis import NextStep, RuledOut, Subject, Verdict
from playbook.evidence.changes import Changes, Claim, Commit, PullRequest, Suspect
from playbook.evidence.event import Event
from playbook.evidence.missing_relation import MissingRelation
from playbook.gather import Progress
from tests.card.diagnoses import (
    a_citation,
    a_diagnosis,
    a_gap,
    a_hypothesis,
    a_signal,
    an_evidence,
    an_issue,
    an_unchecked,
)

PIECES = [
    "<!channel>", "<!here|x>", "<@U0123ABC>", "<#C1>", "<https://evil.example|link>", "@channel", "```", "``", "`",
    "&", "&lt;!channel&gt;", "\u202e", "\u200b", "\x00\x1b[31m",
    "\n\n", "*", "_", "~", "|", ">", "x" * 99, "😀",
]  # fmt: skip
TEXT = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(st.characters(codec="utf-8"), max_size=8)), min_size=1, max_size=12
).map("".join)
SENTENCE = TEXT.map(lambda text: text[:400] or "x")
PROFILE = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def everything_says(text: str, url: str) -> tuple[Any, Any, About]:
    cited = a_citation(source=text, url=url or "x", quote=text)
    signal = a_signal(text, name=text, citations=(cited,) * 3)
    hypothesis = a_hypothesis(
        "likely", cause="c", claim=text, signals=(signal,) * 5, unchecked=(an_unchecked(asks=text, why=text),) * 3
    )
    diagnosis = a_diagnosis(
        issue=an_issue(title=text, short_id=text, id=text, url=url),
        playbook=text,
        subject=Subject(label=text),
        verdict=Verdict(grade="likely", cause="c", claim=text, because=text),
        hypotheses=(hypothesis,) * 3,
        ruled_out=(RuledOut(what=text, reason=text, citations=(cited,)),) * 4,
        gaps=(a_gap(fact=text, source=text, reason=text),) * 6,
        absent=(a_gap(fact=text, source=text, reason=text),),
        next_step=NextStep(kind="check", action=text, command=text, verify=text, rollback=text),
    )
    pull = PullRequest(number=1, title=text, author=text, url=url)
    commit = Commit(sha=text, message=text, url=url, pull=pull)
    claim = Claim(commit=commit, how=text, verdict="impossible", reason=text)
    evidence = an_evidence(
        MissingRelation(url=url, name=text, schema_name=text, quote=text),
        Event(url=url, id=text, which=text, environment=text, release=text, sql=text),
        Changes(
            url=url, repository=text, head=text, suspects=(Suspect(commit=commit, reasons=(text,)),), claimed=(claim,)
        ),
        hidden={text: 2},
    )
    steps = (Progress(text, text, "done", text, url), Progress(text, text, "unavailable", text, url))
    change = Change("New", text, (cited,))
    return diagnosis, evidence, About("r1", 1.0, (text,), (text,), (change,) * 8, True, steps)


def assert_harmless(message: dict[str, Any]) -> None:
    assert problems(message) == []
    shown = json.dumps(message, ensure_ascii=False)
    assert not re.search(r"<[!@#]|evil\.example\|link>", shown)
    assert "\u202e" not in shown
    json.dumps(message, ensure_ascii=False).encode()


@PROFILE
@given(SENTENCE, st.one_of(SENTENCE, st.just("https://acme.sentry.io/issues/42/?a=1&b=2")))
def test_a_hostile_diagnosis_gives_a_harmless_card_on_every_rung(text: str, url: str):
    diagnosis, evidence, about = everything_says(text, url)
    shown = card(diagnosis, evidence, about)
    for _ in range(4):
        assert_harmless({"blocks": list(shown.blocks), "text": shown.text})
        shown = plainer(shown)


@PROFILE
@given(SENTENCE, SENTENCE)
def test_a_hostile_diagnosis_gives_a_harmless_modal(text: str, url: str):
    diagnosis, evidence, about = everything_says(text, url)
    assert_harmless(evidence_view(diagnosis, evidence, 0, about.run))
    assert_harmless(evidence_view(diagnosis, evidence, 99, text))


@PROFILE
@given(TEXT)
def test_a_hostile_source_gives_a_harmless_plan_and_refusal(text: str):
    for shown in (progress(text, everything_says("x", text)[2].steps), failure(text)):
        assert_harmless({"blocks": list(shown.blocks), "text": shown.text})


def test_a_title_of_a_hundred_thousand_characters_is_cut():
    diagnosis = a_diagnosis(subject=None, issue=an_issue(title="<!channel>`" * 10_000))
    evidence = type(an_evidence())()
    shown = card(diagnosis, evidence)
    assert_harmless({"blocks": list(shown.blocks), "text": shown.text})
