"""MySQL and MariaDB say `Table 'db.name' doesn't exist` (1146); dropping what is not there is `Unknown table` (1051).

`Unknown table 'x'` means that a table is missing whoever asked for it, so it is read; the same words with `in field
list` or `in MULTI DELETE` (1109) speak of an alias in the query and are not, except in `information_schema`, where
1109 is how the server says that a table of its own is not there
(https://dev.mysql.com/doc/mysql-errors/8.0/en/server-error-reference.html). TiDB, Vitess, Doris and Dolt share the
words.
"""

from playbook.dialects.form import Code, Dialect, fits, said, translated, translated_covers, translated_reads

DIALECT = Dialect(
    "mysql",
    reads=(
        *translated_reads("mysql", "database"),
        said("Table '{}' doesnt exist", order="database"),
        said("Table '{}' doesn't exist in engine", order="database"),
        said("Failed to open the referenced table '{}'", order="database"),
        fits(
            r"InnoDB: Table ([`\w$.]{1,200}) not found",
            "innodb",
            "not found",
            order="database",
        ),
        fits(r"(?<!\w)table ([\w$.`]{1,200}) not found", "table", "not found", needs="vttablet|vtgate|keyspace"),
        fits(
            r"(?<!\w)table not found\s?:\s{0,9}([\w$.-]{1,200})",
            "table not found",
            order="database",
            needs=r"\b1146\b|42S02|dolt",
        ),
    ),
    covers=(
        *translated_covers("mysql"),
        # Programs that check names themselves say more than the server does.
        fits(
            r"unknown table '[^'\n]{1,200}'(?:\. (?:Available|Known|Valid|Must)\b| \(create| as\b| or\b)",
            "unknown table",
        ),
    ),
    codes=(
        Code(
            r"ER_NO_SUCH_TABLE\b"
            r"|#1146 - |\b(?:error|code|errno)\W{0,3}1146\b|\(1146,|\b1146\W{1,4}42S02|42S02\]: [^\n]{0,80}\b1146\b",
            unless=translated("mysql", "ER_UNKNOWN_TABLE"),
            kind="table",
            order="database",
        ),
    ),
    notices=("Note",),
)
