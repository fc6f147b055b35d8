"""Charts (https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block)."""

from collections.abc import Iterator, Mapping
from typing import Any

from bot.card.grammar.rule import Refusal, Rule, distinct, each, number, refused, text, thing
from bot.card.grammar.text import kind

SERIES, POINTS = 6, 20  # of a chart, of a series; a pie has at most as many segments as a chart series
LABEL, CHART_TITLE, AXIS = 20, 50, 50  # characters


def _pie(value: Any, pointer: str) -> Iterator[Refusal]:
    yield from distinct([one["label"] for one in value["segments"]], f"{pointer}/segments", "label")


def _axes(value: Any, pointer: str) -> Iterator[Refusal]:
    categories = list(value["axis_config"]["categories"])
    yield from distinct(categories, f"{pointer}/axis_config/categories", "category")
    yield from distinct([one["name"] for one in value["series"]], f"{pointer}/series", "series")
    for index, one in enumerate(value["series"]):
        if [point["label"] for point in one["data"]] != categories:
            place = f"{pointer}/series/{index}/data"
            yield refused(place, "labels must match axis_config.categories", "match", categories)


POINT = thing({"label!": text(LABEL, 1), "value!": number(whole=False)})
DRAWN = kind(
    {
        "series!": each(thing({"name!": text(LABEL, 1), "data!": each(POINT, 1, POINTS)}), 1, SERIES),
        "axis_config!": thing(
            {"categories!": each(text(LABEL, 1), 1, POINTS), "x_label": text(AXIS), "y_label": text(AXIS)}
        ),
    },
    _axes,
)
SEGMENT = thing({"label!": text(LABEL, 1), "value!": number(0, whole=False, above=True)})
CHARTS: Mapping[str, Rule] = {
    "pie": kind({"segments!": each(SEGMENT, 1, SERIES)}, _pie),
    "bar": DRAWN,
    "line": DRAWN,
    "area": DRAWN,
}
