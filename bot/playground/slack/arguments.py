"""The arguments of a call, read as its method reads them; what is missing or wrong is refused in Slack's words."""

import json
from collections.abc import Mapping
from typing import Any

from bot.playground.slack import json_in
from bot.playground.slack.refused import Refused

MOST_LISTED = 1_000  # items of a page of a list; Slack's limit


class Arguments(Mapping[str, Any]):
    """As given; a value that is None counts as not given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = {name: value for name, value in given.items() if value is not None}

    def __getitem__(self, name: str) -> Any:
        return self._given[name]

    def __iter__(self) -> Any:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)

    def text(self, name: str, default: str = "") -> str:
        value = self._given.get(name, default)
        return value if isinstance(value, str) else json.dumps(value)

    def required(self, name: str, refusal: str = "invalid_arguments") -> str:
        """The text of an argument that must be there."""
        value = self.text(name)
        if not value:
            told = [f"[ERROR] missing required field: {name}"]
            raise Refused(refusal, told if refusal == "invalid_arguments" else ())
        return value

    def true(self, name: str) -> bool:
        return self._given.get(name) in (True, "1", "true", "True")

    def limit(self, default: int, refusal: str = "invalid_limit") -> int:
        """How many items are wanted, 1 to 1,000."""
        value = self._given.get("limit", default)
        try:
            number = int(value)
        except (TypeError, ValueError):
            raise Refused(refusal) from None
        return min(number, MOST_LISTED) if number > 0 else default

    def object(self, name: str) -> dict[str, Any]:
        """A JSON object, as such or as text."""
        value = self._given.get(name)
        if isinstance(value, str):
            try:
                value = json_in.read(value)
            except ValueError:
                value = None
        if not isinstance(value, dict):
            raise Refused("invalid_arguments", [f"[ERROR] must provide an object [json-pointer:/{name}]"])
        return value
