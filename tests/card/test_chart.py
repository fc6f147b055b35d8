"""The chart: two colours, parted at the deploy; short labels; every count in one of them."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.card import card, plainer, problems
from bot.card.chart import chart, in_words
from playbook.evidence.frequency import Frequency
from playbook.evidence.releases import Deploy, Release, Releases
from tests.card.diagnoses import NOON, SENTRY, a_diagnosis, a_frequency, an_evidence

ONSET = NOON - timedelta(hours=3, minutes=50)


def deployed(hours: float, onset: datetime = ONSET) -> Releases:
    """The failing release, deployed so many hours before noon."""
    at = NOON - timedelta(hours=hours)
    deploy = Deploy(release="4.2.1", environment="production", at=at, url=SENTRY)
    return Releases(url=SENTRY, failing=Release(version="4.2.1", url=SENTRY), deploys=(deploy,), onset=onset)


def drawn(frequency: Frequency | None = None, releases: Releases | None = None) -> dict[str, Any]:
    shown = chart(frequency or a_frequency(), releases, "production")
    assert shown is not None
    return shown


def values(shown: dict[str, Any]) -> dict[str, list[int]]:
    return {one["name"]: [point["value"] for point in one["data"]] for one in shown["chart"]["series"]}


def test_a_day_is_two_hour_bars_in_two_colours_parted_at_the_deploy():
    shown = drawn(a_frequency((7,) * 20 + (3, 40, 41, 38)), deployed(4))
    assert shown["title"] == "Events per 2 h · deploy 08:00 UTC"
    assert values(shown) == {
        "deploy and after": [0] * 10 + [43, 79],
        "before the deploy": [14] * 10 + [0, 0],
    }
    assert shown["chart"]["axis_config"]["categories"][-2:] == ["08h", "10h"]


def test_a_bar_in_which_the_deploy_falls_is_parted_at_its_hour():
    shown = drawn(a_frequency((7,) * 21 + (40, 41, 38)), deployed(2.5, onset=NOON))
    assert values(shown) == {"deploy and after": [0] * 10 + [40, 79], "before the deploy": [14] * 10 + [7, 0]}


@pytest.mark.parametrize("hours", [30, 24])
def test_a_deploy_before_the_window_leaves_one_colour(hours: float):
    assert list(values(drawn(releases=deployed(hours)))) == ["Events"]
    assert drawn(releases=deployed(hours))["title"] == "Events per 2 h, times in UTC"


def test_without_a_deploy_the_onset_parts_the_colours():
    shown = drawn()
    assert shown["title"] == "Events per 2 h · onset 08:10 UTC"
    assert values(shown) == {"onset and after": [0] * 10 + [43, 79], "before the onset": [0] * 12}


@pytest.mark.parametrize("count", [3, 20, 21, 24, 25, 48, 168, 500])
def test_a_chart_of_any_window_is_one_that_slack_takes_and_loses_no_whole_bar(count: int):
    frequency = a_frequency((2,) * count)
    shown = drawn(frequency, deployed(4))
    joined = -(-count // 20)
    assert sum(sum(counts) for counts in values(shown).values()) == 2 * (count - count % joined)
    message = card(a_diagnosis(), an_evidence(frequency))
    assert "data_visualization" in {block["type"] for block in message.blocks}
    assert problems({"blocks": message.blocks, "text": message.text}) == []


@pytest.mark.parametrize("count", [3, 24, 25])
def test_labels_are_short_enough_to_stand_side_by_side_on_a_phone(count: int):
    shown = drawn(a_frequency((2,) * count))
    assert {len(label) for label in shown["chart"]["axis_config"]["categories"]} == {3}


@pytest.mark.parametrize("counts", [(), (0,) * 24, (0,) * 20 + (4,), (5,), (5, 5)])
def test_a_chart_that_shows_nothing_is_not_drawn(counts: tuple[int, ...]):
    assert chart(a_frequency(counts), None, None) is None


def test_in_words_every_bar_with_events_says_its_count_and_which_colour_it_has():
    assert in_words(drawn(a_frequency((0,) * 18 + (7, 7, 3, 40, 41, 3_800)), deployed(4))) == (
        "Events per 2 h · deploy 08:00 UTC. Before the deploy: 06h 14. Deploy and after: 08h 43, 10h 3,841"
    )
    assert in_words(drawn(a_frequency(), deployed(4))).endswith(
        ". Before the deploy: none. Deploy and after: 08h 43, 10h 79"
    )
    assert in_words(drawn(a_frequency((0, 5, 6)), deployed(30))).endswith(". Events: 10h 5, 11h 6")


def test_a_card_that_must_do_without_its_chart_says_the_counts():
    shown = plainer(card(a_diagnosis(), an_evidence()))
    assert "Deploy and after: 08h 43, 10h 79" in str(shown.blocks)
