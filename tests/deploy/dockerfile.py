"""Reads our Dockerfile: its stages and what each says, so that tests can hold it to its promises and run its steps."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

FILE = Path(__file__).parent.parent.parent / "Dockerfile"


@dataclass
class Stage:
    """One `FROM`: its image, and each instruction with its words as they stand, in order."""

    image: str
    name: str | None
    steps: list[tuple[str, str]] = field(default_factory=list)

    def all(self, instruction):
        """The words of every such instruction of this stage."""
        return [words for one, words in self.steps if one == instruction]


def stages(text):
    """The stages of a Dockerfile, in order; only what ours uses is understood: no ONBUILD, no here-documents."""
    found = []
    text = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    for line in re.sub(r"\\\n", " ", text).splitlines():
        if not line.strip():
            continue
        instruction, words = line.strip().split(None, 1)
        if instruction == "FROM":
            image, name = re.fullmatch(r"(\S+)(?: AS (\S+))?", words.strip()).groups()
            found.append(Stage(image, name))
        else:
            found[-1].steps.append((instruction, words.strip()))
    return found


def ignored(path):
    """Whether .dockerignore keeps that file, relative to the root, out of what the image is built from.

    The last pattern that fits a file or one of its folders decides (docs.docker.com/build/concepts/context).
    """
    out = False
    for line in (FILE.parent / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!")
        inner = re.escape(pattern).replace(r"\*\*/", "(?:.*/)?").replace(r"\*", "[^/]*")
        if re.fullmatch(f"{inner}(?:/.*)?", path):
            out = not line.startswith("!")
    return out


def exec_form(words):
    """The words of CMD, ENTRYPOINT or a HEALTHCHECK's CMD in their JSON form; ValueError for the shell's form."""
    return json.loads(words[words.index("[") :])
