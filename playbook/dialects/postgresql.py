"""PostgreSQL and what speaks its protocol say `relation "…" does not exist`, with SQLSTATE 42P01.

SQLSTATE 42P01 (https://www.postgresql.org/docs/current/errcodes-appendix.html) is also that of `missing FROM-clause
entry for table`, which is a mistake in the query. CockroachDB, Greenplum, YugabyteDB and Vertica use the same words.
"""

from playbook.dialects.form import (
    Code,
    Dialect,
    catalogue,
    fits,
    said,
    translated,
    translated_covers,
    translated_reads,
)
from playbook.dialects.naming import quoted

EARLIER = (
    # Languages and wordings that PostgreSQL 7.4 to 9.x shipped and the catalogues at hand no longer hold.
    'relace "{}" neexistuje',
    'tabulka "{}" neexistuje',
    'relaţia "{}" nu există',
    'relația "{}" nu există',
    'tabela "{}" nu există',
    'A(z) "{}" reláció nem létezik',
    'A(z) "{}" tábla nem létezik',
    "relasjonen «{}» eksisterer ikke",
    "tabellen «{}» eksisterer ikke",
    'relacija "{}" ne postoji',
    'tablica "{}" ne postoji',
    'relácia "{}" neexistuje',
    'tabuľka "{}" neexistuje',
    'relacija "{}" ne obstaja',
    'tabela "{}" ne obstaja',
    'relation "{}" bestaat niet',
    'relatie "{}" bestaat niet',
    'tabela "{}" não existe',
    'tabell "{}" existerar inte',
    'relation "{}"不存在',
)
SIGN = r"\b42P01\b|(?-i:\bERROR:)|\bpq:|Undefined_?Table|ProgrammingError|PSQLException"
"""What must stand around words that are not the server's own: unquoted, or cut short."""
TRANSLATED_BACK = r"\b42P01\b|Undefined_?Table|ProgrammingError|PSQLException|(?-i:\bLINE \d)"
"""What must stand around words that a browser translated into another language and its reader back."""
CUT_OFF = r"\sdoes(?:\sn(?:ot?(?:\se(?:x(?:is?)?)?)?)?)?\s?(?:\.\.\.|…|\Z)"
"""Where titles are cut: the name is whole, the rest of the sentence is not."""
FROM_CLAUSE = (
    'missing FROM-clause entry for table "{}"',
    'invalid reference to FROM-clause entry for table "{}"',
)

DIALECT = Dialect(
    "postgresql",
    reads=(
        *translated_reads("postgresql", "schema"),
        *(said(text, "relation") for text in EARLIER),
        said("relation {} does not exist", "relation", needs=SIGN),
        # Nobody's prose calls a relation by a name with an underscore.
        fits(
            r"(?<!\w)relation ((?:[^\W_]\w{0,62}\.)?[^\W_]\w{0,62}_\w{1,62})\s{1,3}does(?:n['’]t| not) exist",
            "relation",
            "exist",
            kind="relation",
        ),
        said('relation "{}" doesn\'t exist', "relation", marks='"“'),
        fits(
            r"(?:\A|(?<=[:\"'(])|(?<=: )|(?<=: {2}))(?-i:relation) does not exist(?! [A-Z\"])",
            "relation does not exist",
            kind="relation",
        ),
        said('Did not find any relation named "{}"', "relation"),  # psql
        said("relation {} doesn't exist", "relation", needs=SIGN),
        said('relation "{}" not exist', "relation", needs=SIGN),
        said('"{}" relation does not exist', "relation", needs=TRANSLATED_BACK),
        said('"{}" relationship does not exist', "relation", needs=TRANSLATED_BACK),
        said('relationship "{}" does not exist', "relation", needs=TRANSLATED_BACK),
        fits(
            rf"(?<!\w)relation {quoted()}\s{{1,3}}does no[rsy]? exist", "relation", "exist", kind="relation"
        ),  # by hand
        fits(rf"(?<!\w)relation {quoted()}{CUT_OFF}", "relation", "does", kind="relation"),
        fits(
            r"(?<!\w)relation with OID (?:\d{1,10}|#{1,10}|x{1,10}) does not exist",
            "relation with oid",
            kind="relation",
        ),
        fits(r"(?<!\w)relation (?:\"\"|'') does not exist", "relation", "does not exist", kind="relation"),
    ),
    covers=(
        *translated_covers("postgresql"),
        said('column "{}" of "relation" "{}" does not exist'),
        said('relation "{}" does not exist in publication'),
    ),
    codes=(
        Code(
            r"\b42P01\b|\bundefined_table\b|UndefinedTable(?:Error|Exception)?\b",
            unless=(fits(r"\b(?-i:FROM)\b|no data source matches", "from"),),
            unless_anywhere=translated("postgresql", *FROM_CLAUSE),
        ),
    ),
    notices=tuple(catalogue("postgresql")["severities"]["NOTICE"]),
)
