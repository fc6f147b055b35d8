import os

import pytest

from bot.settings import Settings


@pytest.fixture(autouse=True)
def nothing_set(tmp_path, monkeypatch):
    """An empty folder and an environment without any of our settings, and without a proxy before the loopback."""
    monkeypatch.chdir(tmp_path)
    for name in set(os.environ) & {field.upper() for field in Settings.model_fields}:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NO_PROXY", "*")
