"""What the documents say is so: commands, targets, links, the picture."""

import re
from pathlib import Path

import pytest
from typer.main import get_command

from bot.cli import app
from tools.terminal_picture import PICTURE, drawn

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_readme_shows_every_command():
    text = DOCUMENTS[0].read_text(encoding="utf-8")
    for command in get_command(app).commands:
        assert f"diagnose {command}" in text or f"`{command}`" in text or f"make {command}" in text, command


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_make_target_that_is_named_exists(document):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = re.findall(r"(?:^    |`)make ([a-z]+)", document.read_text(encoding="utf-8"), re.MULTILINE)
    for target in named:
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_to_a_file_leads_somewhere(document):
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_option_that_is_shown_is_one(document):
    known = {
        option
        for command in get_command(app).commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
    } | {"--help", "--fake"}
    for line in document.read_text(encoding="utf-8").splitlines():
        if "diagnose " in line:
            for option in re.findall(r"(?<!\w)--[a-z-]+", line):
                assert option in known, f"{option} in: {line}"


def test_the_picture_in_the_readme_is_what_the_engine_says_now():
    assert PICTURE.read_text(encoding="utf-8") == drawn(), "run `make pictures`, and look at it"
