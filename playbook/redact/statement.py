"""Values inside SQL: literals of statements and the parameters that drivers, ORMs and servers print beside them.

Only what is clearly SQL is touched, and in it only strings and numbers that stand where a value stands: after an
operator, a comma, `VALUES`, `LIKE` and the like. MySQL and SQL Server put the *names* of tables in single quotes
(`Table 'shop.orders' doesn't exist`), after a noun; those stay. A scanner and not a parser, because servers print
statements cut off at both ends, and clients print them escaped; a tokenizer of a dialect refuses both.
"""

import re
from collections.abc import Iterator

from playbook.redact.marker import VALUE, Hidden, Scissors, words

KIND = "SQL parameter"

_START = re.compile(
    r"\b(?:insert\s+(?:ignore\s+)?into|replace\s+into|delete\s+from|merge\s+into)\b"
    r"|\bupdate\s+\S{1,200}\s+set\b"
    r"|\bselect\s(?=[^\n]{0,300}?(?:\bfrom\b|[=(*,]))|\bselect\s(?=\s{0,20}\S{1,200}[\s,]{1,20}\S{0,200}\s{0,20}from\b)"
    r"|\bwhere\s+[\"`\[\w.(]"
    r"|\b(?:LINE|ZEILE|LIGNE|LÍNEA|LINEA|LINHA|RIGA|ŘÁDKA|ΓΡΑΜΜΗ|СТРОКА|РЯДОК|RAD|ხაზი|LINIA|SATIR|השורה)"
    r"\s{1,2}\d{1,4}\s?:\s"
    r"|[行줄]\s?\d{1,4}\s?:\s|第\s?\d{1,4}\s?行"
    r"|\bnear\s'(?=[^\n]{0,200}'\sat\sline)",
    re.IGNORECASE,
)
"""Where a statement begins; the words for *line* are those of libpq's own catalogues."""

_START_NEEDLES = (
    "insert",
    "replace",
    "delete",
    "merge",
    "update",
    "select",
    "where",
    "near '",
    "line",
    "zeile",
    "ligne",
    "línea",
    "linea",
    "linha",
    "riga",
    "řádka",
    "γραμμη",
    "строка",
    "рядок",
    "rad ",
    "ხაზი",
    "linia",
    "satir",
    "השורה",
    "行",
    "줄",
)

_END = re.compile(
    r"\n[^\S\n]*\n|;(?=\s|$)|\n(?=\s*(?:DETAIL|HINT|CONTEXT|\(Background|### |at\s|[^\W\d]+:\s))"
    r"|\[parameters:|\(SQLSTATE|'\sat\sline"
    r"|\s-\s+(?=(?:relation|table|column|no such|unknown|invalid|ER_|SQLITE_|ORA-|error|duplicate|null value|syntax"
    r"|permission|function|schema|database|insert or|update or|could not|canceling|deadlock|there is no)\b)",
    re.IGNORECASE,
)
"""Where prose begins again after a statement, unless inside a quoted string."""

_SCANNED = (
    r"(?P<string>(?:[NEBX]|_\w{2,10}\s?)?'(?:%s)*(?:'|\Z)|\$(?P<tag>\w{0,20})\$[\s\S]*?(?:\$(?P=tag)\$|\Z))"
    r"|(?P<name>(?:(?<=[=,(])|(?<=[=,(]\s))\"(?:[^\"\n]|\"\")*\"|\"(?:[^\"=\n]|\"\")*(?:\"|\Z)|`[^`]*(?:`|\Z)|\[\w[^\]\n]{0,100}\])"
    r"|(?P<number>(?<![\w$.:])\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.]))"
    r"|(?P<word>[\w$@]+)"
    r"|(?P<operator>\|\||[<>=!~]+|[^\s\w\\])"
)
_PLAIN_QUOTES = re.compile(_SCANNED % r"[^']|''", re.IGNORECASE)
_ESCAPED_QUOTES = re.compile(_SCANNED % r"[^'\\]|''|\\[\s\S]?", re.IGNORECASE)

_OPERATORS = words("= == < > <> != <= >= ~ !~ ( , + - * / || % : [")
_BEFORE_A_STRING = _OPERATORS | words(
    "like ilike rlike regexp similar values between and or then else when escape interval date time timestamp "
    "timestamptz select returning default separator binary not over any all limit offset"
)
"""Before a string, these make it a value. Not *table*, *column*, *from*, *key*, *in*, *as*: names follow those."""
_BEFORE_A_NUMBER = _OPERATORS | words("like between and or then else values when not")
"""Before a number. Not *limit* and *select*: how many rows is no secret."""
_SIZED = words("varchar char numeric decimal nvarchar varbinary character varying bit float timestamp time")
_OF_THE_ERROR = words("code position line length errno port pid status took duration ms")
"""Names before `=` that come from the error, not from a table."""

_BRACKETS = re.compile(r"'(?:[^'\\]|\\[\s\S])*'|\"(?:[^\"\\]|\\[\s\S])*\"|[\[\](){}]")

_BRACKETED = re.compile(
    r"\[parameters: (?=.)"  # docs.sqlalchemy.org/errors
    r"|\[(?:generated in|cached since|no key|raw sql)[^\]\n]{0,40}\]\s[\[({]"  # SQLAlchemy's echo
    r"|;\s?args=[\[({]"  # Django's django.db.backends
    r"|\b(?:bind(?:ing)?s|params|parameters): ?[\[({]"
    r"|\[(?=\[\\?\"\w{1,64}\\?\", )"  # Rails
)
"""What opens a list of parameters; it ends with its own closing bracket."""

_PRINTED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = (
    # PostgreSQL's DETAIL in any language: `Key (email)=(…) already exists.`
    (
        re.compile(r"(?<=\))\s?=\s?\("),
        re.compile(
            r"\)(?=\s+(?:already exists|is not present|is still referenced|conflicts|is duplicated))"
            r"|\)(?=[\s.»«\"”]{0,4}(?:\n|$|\\n))"
            r"|\)(?=[^)\n]*(?:\n|$))|\n"
        ),
    ),
    # PostgreSQL's DETAIL: rows; the words are those of the server's own catalogues
    (
        re.compile(
            r"(?:ailing row contains|ehlgeschlagenen? Zeile enthält|fila que falla contiene|ligne en échec contient"
            r"|riga (?:in errore|sbagliata) contiene|失敗した行(?:のパーティションキー)?は"
            r"|실패한 (?:자료|로우의 파티션 키 값):"
            r"|შეცდომიანი მწკრივ[^\"]{0,30}|(?:Ошибочная строка|неподходящей строки) содержит"
            r"|(?:Misslyckande rad|trasiga raden) innehåller|(?:Помилковий рядок|невідповідного рядка) містить"
            r"|(?:行|行的分区键)包含)\s?\"?\("
        ),
        re.compile(r"\)(?=[\".]?(?:を含みます|-ს[^\n]{0,20})?。?\.?\s*(?:\n|$|\\n|'|\"))"),
    ),
    # PostgreSQL's log: `parameters: $1 = 'x', $2 = NULL`
    (re.compile(r"\$\d{1,5} = '"), re.compile(r"'(?=,|\s|$)")),
    # MySQL 1062, 1292, 1366, 1411
    (re.compile(r"\bDuplicate entry '"), re.compile(r"'(?= for key)|\n|$")),
    (
        re.compile(r"\b(?:[Ii]ncorrect|[Tt]runcated incorrect) [\w ]{1,40}value: '"),
        re.compile(r"'(?=\s|$|\"|,|\))|\n"),
    ),
    # SQL Server 2601, 2627, 245
    (re.compile(r"\bduplicate key value is \("), re.compile(r"\)(?=\.|\s|$)|\n")),
    (re.compile(r"\bconverting the \w{1,20} value '"), re.compile(r"'(?= to )|\n")),
    # PostgreSQL 22P02, in the languages of its catalogues
    (
        re.compile(
            r"(?:input syntax for (?:type )?|input value for enum |Eingabesyntax für Typ |Eingabewert für Enum "
            r"|no es válida para (?:tipo|el enum) |invalide pour le (?:type|enum) |синтаксис для типа "
            r"|значение для перечисления )"
            r"[\w.]{1,64}(?: [a-z]{1,12}){0,3}\s?: [\"»«]\s?"
        ),
        re.compile(r"\s?[\"»«](?=\s|$|\\n|'|\.|,)|\n"),
    ),
    # Hibernate's trace
    (
        re.compile(r"binding parameter (?:\[\d+\]|\(\d+:\w+\)) (?:as \[\w+\] - |<- )\["),
        re.compile(r"\]\s*(?:\n|$)|\n"),
    ),
)
"""How servers and ORMs print values outside a statement: what stands before them, and what ends them."""

_PRINTED_NEEDLES = (
    "[parameters: ",
    "[generated in",
    "[cached since",
    "[no key",
    "[raw sql",
    "args=",
    "bind",
    "params: ",
    "parameters: ",
    ")=(",
    ") = (",
    " = '",
    "contains (",
    "zeile enthält",
    "contiene",
    "contient",
    "содержит",
    "innehåller",
    "містить",
    "包含",
    "失敗した行",
    "실패한",
    "შეცდომიანი",
    "duplicate",
    "ncorrect",
    "converting",
    "input ",
    "eingabe",
    "no es válida",
    "invalide pour",
    "синтаксис",
    "перечисления",
    '[["',
    '[[\\"',
)


def hide_parameters(text: str, hidden: Hidden) -> str:
    """Values printed beside a statement, as in `[parameters: …]`, `Key (email)=(…)` and `Duplicate entry '…'`."""
    lowered = text.lower()
    if not any(needle in lowered for needle in _PRINTED_NEEDLES):
        return text
    scissors, at = Scissors(text), 0
    while begin := _BRACKETED.search(text, at):
        at = _closing(text, begin)
        scissors.hide(begin.end(), at, VALUE, KIND)
    for begins, ends in _PRINTED:
        at = 0
        while begin := begins.search(text, at):
            end = ends.search(text, begin.end())
            scissors.hide(begin.end(), end.start() if end else len(text), VALUE, KIND)
            at = end.start() if end else len(text)
    return scissors.cut(hidden)


def hide_literals(text: str, hidden: Hidden) -> str:
    """Strings and numbers of every SQL statement in `text`; names, placeholders and `LIMIT 21` stay."""
    lowered = text.lower()
    if not any(needle in lowered for needle in _START_NEEDLES):
        return text
    scissors = Scissors(text)
    for scan in (_PLAIN_QUOTES, _ESCAPED_QUOTES) if "\\" in text else (_PLAIN_QUOTES,):
        at = 0
        while begin := _START.search(text, at):
            at = begin.end()
            first = at if begin[0].rstrip()[-1:] in ":'行" else begin.start()
            for start, end, past in _literals(scan, text, first):
                at = max(at, past)
                if end:
                    quoted = text[end - 1] == "'" or "'" in text[start : start + 2]
                    scissors.hide(start, end, f"'{VALUE}'" if quoted else VALUE, KIND)
    return scissors.cut(hidden)


def _closing(text: str, begin: re.Match[str]) -> int:
    depth = sum(begin[0].count(one) for one in "[({") - sum(begin[0].count(one) for one in "])}")
    for found in _BRACKETS.finditer(text, begin.end()):
        if found[0] in "[({":
            depth += 1
        elif found[0] in "])}":
            depth -= 1
        if depth == 0:
            return found.start()
    return len(text)


def _literals(scan: re.Pattern[str], text: str, first: int) -> Iterator[tuple[int, int, int]]:
    """`(start, end, how far was read)` of each value; the last one has no end and tells where the statement stops."""
    before, earlier, mysql = "=", "", None
    stop = _END.search(text, first)
    for token in scan.finditer(text, first):
        start, end = token.span()
        if stop and stop.start() <= start:
            yield stop.start(), 0, stop.start()
            return
        if stop and stop.start() < end:
            stop = _END.search(text, end)
        kind, word = token.lastgroup, token[0].lower()
        if kind == "name" and word[0] == "`":
            mysql = True
        value = kind in {"string", "tag"} or (
            kind == "name" and mysql and word[0] == '"' and text[end : end + 1] != "."
        )
        if value and len(word) > len("''") and before in _BEFORE_A_STRING:
            yield start, end, end
        elif kind == "number" and before in _BEFORE_A_NUMBER:
            sized = before in {"(", ","} and earlier in _SIZED
            if not sized and not (before == "=" and earlier in _OF_THE_ERROR):
                yield start, end, end
        if before in {"(", ","} and earlier in _SIZED:
            before = word
            continue
        earlier, before = before, word
    yield len(text), 0, len(text)
