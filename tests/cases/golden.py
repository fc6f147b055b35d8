"""Each incident's recording replayed, and what must come of it: `diagnosis.json` and `card.json`, byte for byte.

Those told by hand here, and those that happened in the lab. `make golden` writes the two files anew; with `--check` it
compares them instead and leaves with status 1 on a difference. Needs only what the product itself needs, so that every
supported Python can run it.
"""

import sys
from pathlib import Path

from bot.kept import incidents, outcome
from playbook.investigate import replay
from playbook.sources.recording import Recording

CASES = Path(__file__).parent
LAB = CASES.parent / "lab" / "incidents"


def folders() -> dict[str, Path]:
    """The folder of every incident that has a recording, by name; `lab/` goes before the names of those of the lab."""
    told, happened = incidents(CASES), incidents(LAB)
    here = {**told, **{f"lab/{name}": path for name, path in happened.items()}}
    return {name: path.parent for name, path in here.items()}


def names() -> list[str]:
    """Every incident that has a recording."""
    return list(folders())


def recording(name: str) -> Recording:
    """What was recorded of an incident."""
    return Recording.model_validate_json((folders()[name] / "recording.json").read_text(encoding="utf-8"))


def replayed(name: str) -> dict[str, str]:
    """The golden files' texts as the engine gives them now, by file name."""
    return outcome(replay(recording(name), lambda _progress: None))


def differing(name: str) -> list[str]:
    """The golden files of an incident that are not what the engine gives now."""
    now, folder = replayed(name), folders()[name]
    return [file for file, text in now.items() if _kept(folder / file) != text]


def _kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def main() -> int:
    if "--check" in sys.argv[1:]:
        wrong = [f"{name}/{file}" for name in names() for file in differing(name)]
        for one in wrong:
            print(f"differs: {one}")
        return 1 if wrong else 0
    for name, folder in folders().items():
        for file, text in replayed(name).items():
            (folder / file).write_text(text, encoding="utf-8")
        print(f"wrote {name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
