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
FROM_CLAUSE = (
    'missing FROM-clause entry for table "{}"',
    'invalid reference to FROM-clause entry for table "{}"',
)

DIALECT = Dialect(
    "postgresql",
    reads=(
        *translated_reads("postgresql", "schema"),
        *(said(text, "relation") for text in EARLIER),
        said("relation {} does not exist", "relation", needs=r"\b42P01\b|\bERROR:|\bpq:|Undefined_?Table"),
    ),
    covers=(
        *translated_covers("postgresql"),
        said('column "{}" of "relation" "{}" does not exist'),
        said('relation "{}" does not exist in publication'),
    ),
    codes=(
        Code(
            r"\b42P01\b|\bundefined_table\b|UndefinedTable(?:Error|Exception)?\b",
            unless=(*translated("postgresql", *FROM_CLAUSE), fits(r"\b(?-i:FROM)\b|no data source matches", "from")),
        ),
    ),
    notices=tuple(catalogue("postgresql")["severities"]["NOTICE"]),
)
