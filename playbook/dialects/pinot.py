"""Apache Pinot says `TableDoesNotExistError` (190), and the table in words of its broker's own."""

from playbook.dialects.form import Dialect, fits, said

DIALECT = Dialect(
    "pinot",
    reads=(
        said("Table '{}' not found", needs="TableDoesNotExistError"),
        fits(r"(?<!\w)TableDoesNotExistError", "tabledoesnotexisterror"),
    ),
)
