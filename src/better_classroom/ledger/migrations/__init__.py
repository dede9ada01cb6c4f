"""Revisions of the ledger's tables; Alembic runs them, ``schema`` says when."""
