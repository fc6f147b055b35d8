"""The history of the tables, which Alembic carries out."""
