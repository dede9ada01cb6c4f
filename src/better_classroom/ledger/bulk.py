"""Many values and rows at once: no more than a query takes, and past SQLAlchemy's work on each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert

AT_A_TIME = 10_000
"""Values in one query; SQLite takes 32,766."""


def chunks(values: Collection[str]) -> Iterator[Sequence[str]]:
    """The values in lists that one query takes."""
    ordered = sorted(values)
    return (ordered[start : start + AT_A_TIME] for start in range(0, len(ordered), AT_A_TIME))


def insert_all(connection: Connection, table: Table, rows: list[tuple[Any, ...]]) -> None:
    """Insert many rows with every column, past SQLAlchemy's work on each: that costs as much as the database's."""
    names = [column.name for column in table.c]
    statement = insert(table).compile(dialect=connection.dialect, column_keys=names)
    by_place = getattr(statement, "positiontup", None)  # None where a driver takes its values by name, as psycopg does
    if by_place:
        assert by_place == names, "values are bound in another order than the table's"
        connection.exec_driver_sql(str(statement), rows)
    else:
        connection.exec_driver_sql(str(statement), [dict(zip(names, row, strict=True)) for row in rows])


def rows_of(
    connection: Connection, query: str, first: tuple[Any, ...], among: Sequence[str]
) -> Sequence[tuple[Any, ...]]:
    """Rows as the database gives them, past SQLAlchemy's work on each value asked for and on each row given.

    ``{places}`` in the query stands for the values of ``among``, and ``{place}`` for each of those that come first.
    """
    if not among:
        return ()
    place = "?" if connection.dialect.paramstyle == "qmark" else "%s"
    filled = query.format(place=place, places=",".join([place] * len(among)))
    cursor = connection.exec_driver_sql(filled, (*first, *among)).cursor
    assert cursor is not None, "a query has rows"
    return list(cursor.fetchall())
