"""Prisma says ``The table `public.User` does not exist in the current database`` (P2021) whatever is below it.

PlanetScale's names do not reach it: `(not available)`. What qualifies a name is called schema here, since the words
are the same for every database (https://www.prisma.io/docs/orm/reference/error-reference#p2021).
"""

from playbook.dialects.form import Code, Dialect, fits

DIALECT = Dialect(
    None,
    reads=(
        fits(r"(?<!\w)The table `\(not available\)` does not exist in the current database", "not available"),
        fits(
            r"(?<!\w)The (?:table|view) (?:[`'\"](?!\(not available\))([^`\n]{1,300}?)[`'\"]|([\w$.-]{1,260}))"
            r" does not exist in the current database",
            "does not exist in the current database",
        ),
        fits(r"(?<!\w)The underlying table for model `([^`\n]{1,200})` does not exist", "underlying table"),
    ),
    codes=(Code(r"Prisma[\s\S]{0,2000}\bP2021\b|\bP2021\b[\s\S]{0,2000}Prisma", kind="table"),),
)
