"""Each incident's recording replayed, and what must come of it: `diagnosis.json` and `card.json`, byte for byte.

`make golden` writes the two anew; with `--check` it compares them instead and leaves with status 1 on a difference.
Needs only what the product itself needs, so that every supported Python can run it.
"""

import sys
from pathlib import Path

from bot.kept import outcome
from playbook.investigate import replay
from playbook.sources.recording import Recording

CASES = Path(__file__).parent


def names() -> list[str]:
    """Every incident that has a recording."""
    return [path.parent.name for path in sorted(CASES.glob("*/recording.json"))]


def replayed(name: str) -> dict[str, str]:
    """The golden files' texts as the engine gives them now, by file name."""
    text = (CASES / name / "recording.json").read_text(encoding="utf-8")
    return outcome(replay(Recording.model_validate_json(text), lambda _progress: None))


def differing(name: str) -> list[str]:
    """The golden files of an incident that are not what the engine gives now."""
    now = replayed(name)
    return [file for file, text in now.items() if _kept(CASES / name / file) != text]


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    if "--check" in sys.argv[1:]:
        wrong = [f"{name}/{file}" for name in names() for file in differing(name)]
        for one in wrong:
            print(f"differs: {one}")
        return 1 if wrong else 0
    for name in names():
        for file, text in replayed(name).items():
            (CASES / name / file).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
