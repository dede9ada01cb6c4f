"""The ledger's part about participants: whom we invited, when, and who came.

It records what it is told; how far somebody has come is decided in ``joining``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from better_classroom.joining import Record, State
from better_classroom.ledger.engine import transaction
from better_classroom.ledger.tables import participants

NOT_SENT = (State.QUEUED, State.SENDING, State.REFUSED)
"""States of one who, when found in the course, came without our doing."""


class People:
    """Every participant we have dealt with; every method is one transaction. Addresses are ``address_key``s."""

    def __init__(self, connection: Connection, *, where: str) -> None:
        self._connection = connection
        self._where = where

    def records(self) -> dict[tuple[str, str], Record]:
        """All of them, by course and address."""
        with self._reading() as connection:
            rows = connection.execute(select(participants)).mappings().all()
        return {(row["course"], row["address"]): Record(**{**row, "state": State(row["state"])}) for row in rows}

    def sent(self, account: str, *, since: datetime) -> tuple[datetime, ...]:
        """When an account sent its invitations after an instant, in all its courses, those that may be lost among them."""
        sent_at = participants.c.sent_at
        query = select(sent_at).where(participants.c.account == account, sent_at > since)
        with self._reading() as connection:
            return tuple(connection.scalars(query))

    def queue(self, course: str, account: str, addresses: Iterable[str]) -> None:
        """Record that the organiser said yes to inviting these."""
        with self._writing() as connection:
            for address in addresses:
                _put(connection, course, address, account=account, state=State.QUEUED, joined_at=None, reason="")

    def begin(self, course: str, address: str, *, account: str, sent_at: datetime | None) -> None:
        """Record that a call about somebody is about to be made; ``sent_at`` for an invitation, None for an adding."""
        with self._writing() as connection:
            _put(connection, course, address, account=account, state=State.SENDING, sent_at=sent_at, reason="")

    def settle(self, record: Record) -> None:
        """Record what came of it."""
        values = {column.name: getattr(record, column.name) for column in participants.c}
        values["state"] = record.state.value
        with self._writing() as connection:
            connection.execute(delete(participants).where(_one(record.course, record.address)))
            connection.execute(insert(participants).values(values))

    def saw(self, course: str, account: str, members: Mapping[str, str], now: datetime) -> None:
        """Record who was seen in the course: Google's number by address. Only what is new is written."""
        with self._writing() as connection:
            for address, user_id in members.items():
                one = _one(course, address)
                state = connection.execute(select(participants.c.state).where(one)).scalar()
                seen: dict[str, Any] = {"user_id": user_id, "joined_at": now}
                if state is None:
                    _put(connection, course, address, account=account, state=State.MET, **seen)
                    continue
                if state in NOT_SENT:
                    seen["state"] = State.MET.value
                unseen = one & participants.c.joined_at.is_(None)
                connection.execute(update(participants).where(unseen).values(seen))

    def _reading(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return transaction(self._connection, writing=True, where=self._where)


def _one(course: str, address: str) -> ColumnElement[bool]:
    return (participants.c.course == course) & (participants.c.address == address)


def _put(connection: Connection, course: str, address: str, *, state: State, **values: Any) -> None:
    """Change a row, or make it."""
    changed = connection.execute(update(participants).where(_one(course, address)).values(state=state.value, **values))
    if changed.rowcount == 0:
        blank = {"course": course, "address": address, "user_id": "", "sent_at": None, "joined_at": None, "reason": ""}
        connection.execute(insert(participants).values(blank | {"state": state.value} | values))
