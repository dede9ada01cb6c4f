"""Run by Alembic: migrates over the connection, and in the transaction, that ``schema`` has opened."""

from alembic import context

from better_classroom.ledger.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite cannot alter a column: Alembic copies the table instead
)
context.run_migrations()
