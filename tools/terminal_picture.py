"""Draws the card of a recorded incident as `docs/card.svg`: the README's picture stays what the engine says."""

import io
from pathlib import Path

from rich.console import Console

from bot import terminal
from bot.demo import FIRST, incidents
from playbook.investigate import replay
from playbook.sources.recording import Recording

PICTURE = Path(__file__).parent.parent / "docs" / "card.svg"
WIDTH = 100
FORMAT = """\
<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
<style>
.{unique_id}-matrix {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: {char_height}px;
  line-height: {line_height}px; }}
{styles}
</style>
<defs><clipPath id="{unique_id}-clip-terminal"><rect width="{terminal_width}" height="{terminal_height}"/></clipPath>
{lines}</defs>
{chrome}
<g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
{backgrounds}<g class="{unique_id}-matrix">{matrix}</g></g>
</svg>
"""


def drawn() -> str:
    """The picture, the same bytes for the same diagnosis."""
    recording = Recording.model_validate_json(incidents()[FIRST].read_text(encoding="utf-8"))
    found = replay(recording, lambda _progress: None)
    console = Console(record=True, width=WIDTH, file=io.StringIO(), highlight=False)
    terminal.draw(found.diagnosis, console)
    return console.export_svg(title="diagnose issue SHOP-42", code_format=FORMAT, unique_id="card")


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8")
