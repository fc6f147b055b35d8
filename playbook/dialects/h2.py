"""H2 says `Table "ORDERS" not found` with 42102, or 42103 and 42104 when it has something to add.

Only with a sign of H2 (its code, its classes, the statement it appends) are those everyday words read
(https://www.h2database.com/javadoc/org/h2/api/ErrorCode.html); its own translations are read by their code.
"""

from playbook.dialects.form import Code, Dialect, said

SIGN = (
    r"SQL statement:|\[?\b4210[234]\b|\b90037\b|\b90036\b|org\.h2|JdbcSQL|H2|42S0[234]|database is empty|candidates are"
)

DIALECT = Dialect(
    "h2",
    reads=(
        said('Table "{}" not found', needs=SIGN),
        said('View "{}" not found', "view", needs=SIGN),
        said('Sequence "{}" not found', "sequence", needs=SIGN),
    ),
    codes=(Code(r"\[4210[234](?:-\d{1,3})?\]", kind="table"),),
)
