"""SQLite says `no such table: orders`, without quotes, and drivers put their own words right behind it.

A name may hold spaces, so it goes on to where a driver's words begin: `(code 1 SQLITE_ERROR)`, `: SELECT …`, `[SQL: …`.
`main.orders` names the schema `main`, as SQLite calls an attached database (https://www.sqlite.org/lang_attach.html).
libSQL, D1 and GORM's driver pass the words on.
"""

from playbook.dialects.form import Dialect, fits

CUT_NAME = r"[\"'`\[]?[\w.]{1,128}(?:\.\.\.|…)\Z"
"""What a title was cut in is no name."""
NAME = rf"\s{{0,3}}(?!{CUT_NAME})((?![\s:(])[^\r\n]{{1,300}})"

DIALECT = Dialect(
    "sqlite",
    reads=(
        fits(r"(?<!\w)no such table\s?:" + NAME, "no such table", to_line_end=True),
        fits(r"(?<!\w)no such view\s?:" + NAME, "no such view", kind="view", to_line_end=True),
        fits(rf"(?<!\w)no such table\s?:\s{{0,3}}{CUT_NAME}", "no such table"),
        fits(r"(?<!\w)no such table\s?:?\s{0,3}(?=$|[(\n])", "no such table", needs="(?i)sqlite"),
    ),
)
