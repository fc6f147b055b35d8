"""Finished cards of every kind, by what is special about each, and the words that stand on one."""

import json

from bot.card import About, Card, Change, card
from playbook.diagnosis import NextStep, RuledOut, Verdict
from playbook.gather import Progress
from tests.card.diagnoses import (
    SENTRY,
    a_citation,
    a_diagnosis,
    a_gap,
    a_hypothesis,
    a_signal,
    an_evidence,
    an_issue,
    an_undecided,
)

STEPS = (
    Progress("Issue", "Issue details", "done", "ProgrammingError in shop", SENTRY),
    Progress("Similar", "Similar issues", "absent", "looked in Sentry, there is none"),
    Progress("Logs", "Logs around the onset", "unavailable", "Elasticsearch did not answer"),
)
LONG = "an <unusually> & long `text` that *goes* on "

SHOWN = {
    "proved": card(a_diagnosis(), an_evidence(), About(run="r1", seconds=8.2, steps=STEPS)),
    "bare": card(a_diagnosis(), an_evidence()),
    "undecided": card(an_undecided(), an_evidence()),
    "no playbook": card(
        an_undecided(
            playbook=None, subject=None, hypotheses=(), verdict=Verdict(grade="undecided", because="No playbook")
        ),
        an_evidence(),
    ),
    "checked again": card(
        a_diagnosis(), an_evidence(), About(run="r2", changes=(Change("New", "It is there", (a_citation(),)),))
    ),
    "nothing changed": card(a_diagnosis(), an_evidence(), About(run="r3", changes=())),
    "answered": card(a_diagnosis(), an_evidence(), About(run="r4", right=("U1", "U2"), wrong=("U3",))),
    "long": card(
        a_diagnosis(
            issue=an_issue(title=LONG * 1000),
            verdict=Verdict(
                grade="likely", cause="migration_not_applied", claim=(LONG * 20)[:600], because=(LONG * 20)[:600]
            ),
            hypotheses=(
                a_hypothesis(
                    "likely",
                    claim=(LONG * 20)[:600],
                    signals=tuple(
                        a_signal(
                            (LONG * 20)[:600],
                            name=str(n),
                            citations=(a_citation(url=SENTRY + "x" * 500, quote=(LONG * 20)[:400]),) * 3,
                        )
                        for n in range(12)
                    ),
                ),
            ),
            ruled_out=(RuledOut(what=(LONG * 20)[:600], reason=(LONG * 20)[:600], citations=(a_citation(),)),) * 9,
            gaps=(a_gap(reason=(LONG * 20)[:600]),) * 9,
            next_step=NextStep(
                kind="remedy", action=(LONG * 20)[:600], command=LONG * 90, verify=LONG * 90, rollback=LONG * 90
            ),
        ),
        an_evidence(),
        About(run="r5", steps=STEPS * 6, changes=(Change("New", LONG * 30, (a_citation(),)),) * 30),
    ),
}


def said(shown: Card) -> str:
    return json.dumps(shown.blocks, ensure_ascii=False)
