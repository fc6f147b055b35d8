"""A place in the words of one statement, which moves forward as they are read: sqlglot cuts them, for every dialect.

https://github.com/tobymao/sqlglot (its tokenizer alone: the parser refuses a statement for an option it does not know)
"""

import re

from sqlglot import Token, TokenType
from sqlglot.dialects.dialect import Dialect
from sqlglot.errors import SqlglotError

from playbook.schema.sql.session import Name

AROUND_NAME = {"IF", "NOT", "EXISTS", "ONLY", "CONCURRENTLY"}
WORD = re.compile(r"[^\W\d][\w$]*")
FIRST = re.compile(r"\s*([A-Za-z_]+)")
COMPUTED = {"$", "{", "%", "@", ":", "#", "<", "}"}
"""What a tool's or shell's placeholder begins with: beside a name, it means that the name is put together."""
LONGEST = 200_000
"""Characters of one statement that are cut into words: a tenth of a second of work; what names it stands first."""


class Uncut(Exception):
    """The statement's words could not be told apart."""


class Words:
    """The words after the statement's first, which is `head` (sqlglot takes the rest after RENAME or EXEC as one)."""

    def __init__(self, text: str, dialect: str, line: int) -> None:
        first = FIRST.match(text)
        self.head = first[1].upper() if first else ""
        rest = text[first.end() :] if first else text
        skipped = text[: len(text) - len(rest)]
        self.before = line - 1 + skipped.count("\n")
        self.dialect = dialect
        try:
            self.tokens: list[Token] = Dialect.get_or_raise(dialect).tokenize(rest[:LONGEST])
        except (SqlglotError, RecursionError) as error:
            raise Uncut from error
        self.rest = rest
        self.place = 0

    def word(self, ahead: int = 0) -> str:
        """The word at the place in upper case; empty past the end and for anything quoted."""
        place = self.place + ahead
        if not 0 <= place < len(self.tokens):
            return ""
        token = self.tokens[place]
        return "" if token.token_type in (TokenType.IDENTIFIER, TokenType.STRING) else token.text.upper()

    def passes(self, *words: str) -> bool:
        """Moves over these words where they stand there."""
        if all(self.word(ahead) == word for ahead, word in enumerate(words)):
            self.place += len(words)
            return True
        return False

    def passes_all(self, words: set[str]) -> set[str]:
        """Moves over any of the words, and says which."""
        passed = set()
        while self.word() in words:
            passed.add(self.word())
            self.place += 1
        return passed

    def at_end(self) -> bool:
        return self.place >= len(self.tokens)

    def line(self) -> int:
        token = self.tokens[min(self.place, len(self.tokens) - 1)] if self.tokens else None
        return self.before + (token.line if token else 1)

    def text(self) -> str | None:
        """The string literal at the place."""
        if self.at_end() or self.tokens[self.place].token_type not in (TokenType.STRING, TokenType.NATIONAL_STRING):
            return None
        return self.tokens[self.place].text

    def identifier(self) -> str | None:
        """The name at the place as the database keeps it: PostgreSQL folds unquoted ones to lower case, Oracle to
        upper, the others keep what was written."""
        if self.at_end():
            return None
        token = self.tokens[self.place]
        if token.token_type is TokenType.IDENTIFIER or self._is_quoted(token):
            return token.text or None
        if token.token_type is TokenType.STRING or not WORD.fullmatch(token.text):
            return None
        if self.dialect == "postgres":
            return token.text.lower()
        return token.text.upper() if self.dialect == "oracle" else token.text

    def _is_quoted(self, token: Token) -> bool:
        """Whether a name stands in double quotes, which are a text's in MySQL unless ANSI_QUOTES is set
        (https://dev.mysql.com/doc/refman/8.4/en/identifiers.html); no text may stand where a name does."""
        return token.token_type is TokenType.STRING and self.rest[token.start : token.start + 1] == '"'

    def name(self) -> Name | None:
        """The name there, qualified or not, and moves behind it; None where none stands or it is put together."""
        parts: list[str] = []
        line = 0
        if self.identifier() is None:
            return None
        while (part := self.identifier()) is not None:
            parts.append(part)
            line = self.line()
            self.place += 1
            if not self.passes("."):
                break
            self.passes(".")  # SQL Server's `database..table`
        else:
            return None
        if not parts or self._continues():
            return None
        return Name(parts[-2] if len(parts) > 1 else None, parts[-1], line)

    def names(self) -> list[Name]:
        """Names separated by commas."""
        found = []
        while (name := self.name()) is not None:
            found.append(name)
            if not self.passes(","):
                break
        return found

    def _continues(self) -> bool:
        """Whether the name goes on in a placeholder (`orders_${env}`)."""
        if self.at_end() or self.place == 0:
            return False
        before, here = self.tokens[self.place - 1], self.tokens[self.place]
        return here.start == before.end + 1 and here.text[:1] in COMPUTED

    def skip_to(self, *words: str) -> bool:
        """Moves to the first of the words that stands outside brackets; false where none does."""
        depth = 0
        while not self.at_end():
            word = self.word()
            if depth == 0 and word in words:
                return True
            depth += 1 if word == "(" else -1 if word == ")" else 0
            self.place += 1
        return False
