"""Firebird says `Table unknown` and the name on the next line, both set off by a dash or a semicolon."""

from playbook.dialects.form import Dialect, fits

DIALECT = Dialect(
    "firebird",
    reads=(
        fits(
            r"(?<!\w)(?:Table|View) unknown\s{0,4}[;,]?\s{0,4}-?\s{0,4}\"?([\w$.]{1,128})",
            "unknown",
            needs=r"SQL error code|Dynamic SQL|firebird|-204|\b335544569\b",
        ),
        fits(
            r"(?<!\w)Table ([\w$]{1,128}) does not exist",
            "table",
            "does not exist",
            needs=r"SQL error code = -607|unsuccessful metadata update",
        ),
    ),
)
