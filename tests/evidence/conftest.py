"""The repository that the tests of suspects begin with."""

import pytest

from tests.evidence.shop_in_git import OLD_VIEW, VIEWS
from tests.stand_ins.git_repository import GitRepository


@pytest.fixture
def git(tmp_path):
    """A shop whose release v1.3.0 was good."""
    repository = GitRepository(tmp_path / "shop")
    repository.commit("Start the shop", {VIEWS: OLD_VIEW, "orders/__init__.py": "", "README.md": "Shop\n"})
    repository.tag("v1.3.0")
    return repository
