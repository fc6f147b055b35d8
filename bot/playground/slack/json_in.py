"""JSON from outside, made fit to be told on: finite numbers only, and no half of an emoji."""

import json
import math
from typing import Any

MOST_NESTED = 200  # levels; Slack's deepest block has about ten


def read(text: str | bytes) -> Any:
    """What the text says; raises `ValueError` for what is no JSON, or no JSON that anybody else could read."""
    try:
        told = json.loads(text, parse_constant=_no_number, parse_float=_number)
        _shallow(told, MOST_NESTED)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    return whole(told)


def whole(value: Any) -> Any:
    """The same, with a replacement character for each half of a surrogate pair, which UTF-8 cannot say."""
    said = json.dumps(value, ensure_ascii=False)
    try:
        said.encode()
    except UnicodeEncodeError:
        return json.loads(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))
    return value


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


def _number(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError(f"{digits[:20]} is too large a number")
    return number


def _shallow(value: Any, levels: int) -> None:
    if levels == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            if isinstance(inner, dict | list):
                _shallow(inner, levels - 1)
