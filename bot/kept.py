"""An incident kept in a folder: its redacted recording, what the engine made of it, and a sentence of what happened.

`diagnose record` keeps one; `diagnose demo --recordings FOLDER` rehearses those of a folder.
"""

import json
from pathlib import Path

from bot.card import card
from bot.terminal import as_text
from playbook.investigate import Investigation

RECORDING, ABOUT = "recording.json", "about.txt"


def keep(found: Investigation, folder: Path, about: str) -> None:
    """Writes the incident into its folder, which is made where it is missing; raises `OSError` where it cannot be."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {RECORDING: found.recording.text(), ABOUT: f"{about.strip()}\n", **outcome(found)}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")


def outcome(found: Investigation) -> dict[str, str]:
    """What the engine made of it: the texts of `diagnosis.json` and `card.json`."""
    drawn = card(found.diagnosis, found.evidence)
    message = {"text": drawn.text, "blocks": list(drawn.blocks)}
    return {
        "diagnosis.json": as_text(found.diagnosis),
        "card.json": json.dumps(message, indent=2, ensure_ascii=False) + "\n",
    }


def incidents(place: Path) -> dict[str, Path]:
    """The recordings of a folder, by the incident's name."""
    return {path.parent.name: path for path in sorted(place.glob(f"*/{RECORDING}"))}


def about(recording: Path) -> str:
    """The sentence that lies beside a recording; empty where there is none."""
    beside = recording.with_name(ABOUT)
    return beside.read_text(encoding="utf-8").strip() if beside.exists() else ""
