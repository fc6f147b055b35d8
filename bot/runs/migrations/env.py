"""Runs the migrations in the connection that `bot.runs.database` brings along."""

from alembic import context

from bot.runs.tables import PREFIX, metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    version_table=f"{PREFIX}version",
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()
