"""The words of a piece, where its head is all that is asked."""

from playbook.schema.sql.pieces import Piece, uncommented
from playbook.schema.sql.session import Session
from playbook.schema.sql.words import Words


def words_of(piece: Piece, session: Session, longest: int | None = None) -> Words:
    text = piece.text if longest is None else piece.text[:longest]
    if session.dialect == "mysql" and ("/*!" in text or "/*M!" in text or "*/" in text):
        text = uncommented(text, "mysql")
    return Words(text, session.dialect, piece.line)


HEAD = 600
"""Characters in which the head of a CREATE TABLE stands: three long names and room."""
