"""Plain JSON as the services send it: the only thing that passes between a source and a step."""

from typing import TypeAlias

from pydantic import JsonValue

Json: TypeAlias = JsonValue
"""None, bool, int, float, str, or lists and string-keyed objects of these, to any depth."""
