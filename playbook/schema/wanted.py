"""Which files of a repository are read to know its schema: those that some framework asks for by their paths."""

from functools import lru_cache

from playbook.schema.framework import frameworks

KNOWN_PATHS = 32_768
"""Paths whose answer is kept: three commits of one repository name nearly the same ones, and 19 frameworks are asked
for each."""


@lru_cache(maxsize=KNOWN_PATHS)
def is_wanted(path: str) -> bool:
    """Whether the file at this path, from the repository's root, may be a migration or a declaration of any framework.

    Nothing is left out for looking like a test or an example: an application may be called `tests`, and a table that
    its migrations create is there.
    """
    return any(framework.wants(path) for framework in frameworks())
