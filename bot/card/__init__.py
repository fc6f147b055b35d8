"""Diagnosis and evidence in, Slack's blocks out: functions of frozen values, without clock, network or memory."""

from bot.card.blocks import Card
from bot.card.difference import Change, changed
from bot.card.finished import About, card
from bot.card.plan import Told, progress
from bot.card.refusal import failure
from bot.card.rules import plainer, problems
from bot.card.view import evidence_view

__all__ = [
    "About",
    "Card",
    "Change",
    "Told",
    "card",
    "changed",
    "evidence_view",
    "failure",
    "plainer",
    "problems",
    "progress",
]
