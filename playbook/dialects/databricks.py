"""Databricks, Spark and Hive say `[TABLE_OR_VIEW_NOT_FOUND]`, `Table or view not found` or `Table not found`.

Three parts are catalogue, schema and name (https://docs.databricks.com/error-messages/error-classes.html).
"""

from playbook.dialects.form import Dialect, fits
from playbook.dialects.naming import BARE

DIALECT = Dialect(
    "databricks",
    reads=(
        fits(rf"(?<!\w)The table or view {BARE} cannot be found", "table or view", "cannot be found", kind="relation"),
        fits(rf"(?<!\w)The (?:view|table) {BARE} cannot be found", "cannot be found", kind="relation"),
        fits(
            rf"(?<!\w)(?<!Base )Table or view not found:? ?'?(?!\d){BARE}", "table or view not found", kind="relation"
        ),
        fits(rf"(?<!\w)Table or view '?{BARE}'? not found", "table or view", "not found", kind="relation"),
        fits(rf"(?<!\w)Delta table {BARE} (?:doesn['’]t|does not) exist", "delta table"),
        fits(
            rf"(?<!\w)Table not found:? ['\"]?{BARE}",
            "table not found",
            needs=r"SemanticException|Error 10001|(?:Analysis|InvalidTable|NoSuchTable)Ex|\bLine \d{1,6}:\d|\b42S02\b",
        ),
        fits(rf"(?<!\w)Could not resolve table reference: '?{BARE}", "could not resolve table"),
        fits(rf"(?<!\w)Could not resolve path: '{BARE}'", "could not resolve path", needs="AnalysisException|impala"),
        fits(
            rf"(?<!\w)(?:Table|View) '?{BARE}'? (?:not found|does not exist)"
            rf"(?: in database '?(?P<within>\w{{1,128}})'?)?",
            "exist",
            needs=r"NoSuchTable|spark|iceberg|hive",
        ),
        fits(
            rf"(?<!\w)Table or view '{BARE}' not found in database '(?P<within>\w{{1,128}})'", "not found in database"
        ),
        fits(
            rf"(?<!\w)Table does not exist: {BARE}",
            "table does not exist",
            needs=r"NoSuchTable|iceberg|spark|AnalysisException",
        ),
        fits(
            r"(?<!\w)Table does not exist: \((?:'(?P<within>[^'\n]{1,128})', )?'([^'\n]{1,128})'\)",
            "table does not exist",
            needs=r"NoSuchTable|iceberg",
        ),
        fits(rf"NoSuchTableException: {BARE} not exists", "nosuchtableexception"),
        fits(
            rf"(?<![\w.])(?!\d{{1,9}} ){BARE} table not found",
            "table not found",
            needs=r"NoSuchObject|UnknownTable|hive",
        ),
        fits(r"(?<!\w)\[TABLE_OR_VIEW_NOT_FOUND\](?! The)", "table_or_view_not_found", kind="relation"),
    ),
)
