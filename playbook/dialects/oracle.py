"""Oracle says ORA-00942 in every language, and only since 23ai which table it means.

Before, the message names none, and nothing is guessed from the statement
(https://docs.oracle.com/en/error-help/db/ora-00942/). ORA-02289 is the same for a sequence.
"""

from playbook.dialects.form import Code, Dialect, fits

NAMED = (
    r'(?<!\w)ORA\s?-\s?0{0,2}942\b(?:(?!exist|select|insert|update|delete|sql)[^"\n(;]){0,60}'
    r'("[^"\n]{1,128}"(?:\."[^"\n]{1,128}"){1,2})'
)

DIALECT = Dialect(
    "oracle",
    reads=(
        fits(NAMED, "ora", "942", kind="relation"),
        fits(
            r'(?<!\w)ORA\s?-\s?0{0,2}942(?!\d)(?![^"\n]{0,120}"[^"\n]{1,128}"\.)[^\n]{0,160}',
            "ora",
            "942",
            kind="relation",
        ),
        fits(r"(?<!\w)ORA\s?-\s?0?2289(?!\d)[^\n]{0,160}", "ora", "2289", kind="sequence"),
        fits(
            r"(?<!\w)table or view(?: (\"[^\"\n]{1,128}\"(?:\.\"[^\"\n]{1,128}\"){0,2}))? does not exist",
            "table or view",
            kind="relation",
        ),
    ),
    codes=(Code(r"\bSQL Error: 942, SQLState: 42000\b", named=False),),
)
