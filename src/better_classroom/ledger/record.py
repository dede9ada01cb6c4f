"""The ledger itself: whose it is, what we made, and what we are about to make."""

from __future__ import annotations

from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Connection, delete, insert, select, update

from better_classroom.change import Refused
from better_classroom.course import Action, Kind
from better_classroom.errors import RefusedByBrake
from better_classroom.ledger import engine as engines
from better_classroom.ledger import schema
from better_classroom.ledger.approvals import Approvals
from better_classroom.ledger.boards import Boards
from better_classroom.ledger.dossier import Dossier
from better_classroom.ledger.forgetting import Forgetting
from better_classroom.ledger.names import Names
from better_classroom.ledger.notices import Notices
from better_classroom.ledger.people import People
from better_classroom.ledger.questions import Questions
from better_classroom.ledger.rows import Account
from better_classroom.ledger.slides import Slides
from better_classroom.ledger.tables import accounts, entries, identity, pendings, refusals, strangers, uploads
from better_classroom.ledger.tombstones import Tombstones
from better_classroom.ledger.uploads import Uploads
from better_classroom.memory import Entry, Memory, Pending


class Ledger:
    """The record of one programme at one target, over one connection.

    Every method commits before it returns: what it acknowledged survives the loss of the process and of power.
    ``questions`` holds what was asked and answered, ``approvals`` what an organiser decided about the answers,
    ``names`` who asked by name, ``people`` who was invited, ``notices`` what was told by mail, ``boards`` where the
    experts' boards are, ``slides`` as of when comments on slides were read, ``uploads`` where an upload goes on that was
    broken off, ``tombstones`` what was forgotten.
    """

    def __init__(self, connection: Connection, *, programme: str, target: str, where: str) -> None:
        self._connection = connection
        self._where = where
        self.programme = programme
        self.target = target
        self.questions = Questions(connection, where=where)
        self.approvals = Approvals(connection, where=where)
        self.names = Names(connection, where=where)
        self.people = People(connection, where=where)
        self.notices = Notices(connection, where=where)
        self.uploads = Uploads(connection, where=where)
        self.boards = Boards(connection, where=where)
        self.slides = Slides(connection, where=where)
        self.tombstones = Tombstones(connection, where=where)
        self.forgetting = Forgetting(connection, where=where)
        self.dossier = Dossier(connection, where=where)

    @classmethod
    def open(cls, url: str, *, programme: str, target: str) -> Self:
        """Open, create or migrate the ledger at a path or a SQLAlchemy URL.

        Raises ``RefusedByBrake`` when it belongs to another programme or target, ``UsageError`` when there can be no
        ledger at that place, ``LockHeld`` when another program is writing to it this instant.
        """
        where = engines.shown(url)
        engine = engines.create(url)
        with engines.told(where):
            connection = engine.connect()
        try:
            schema.bring_up(connection, where=where)
            ledger = cls(connection, programme=programme, target=_spelt(target), where=where)
            ledger._claim()
        except BaseException:
            connection.close()
            raise
        return ledger

    def close(self) -> None:
        """Let go of the database; nothing is pending, everything is already committed."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    # Whose it is

    def _claim(self) -> None:
        """Sign an empty ledger; refuse one that is signed otherwise."""
        with self._reading() as connection:
            row = connection.execute(select(identity.c.programme, identity.c.target)).one_or_none()
        if row is None:
            with self._writing() as connection:
                connection.execute(insert(identity).values(id=1, programme=self.programme, target=self.target))
            return
        if row.programme != self.programme:
            raise RefusedByBrake(
                f"This ledger belongs to the programme “{row.programme}”; yours is “{self.programme}”.",
                where=self._where,
                advice="Name the programme's own ledger with --ledger, or put the programme's key back to what it was.",
            )
        if row.target != self.target:
            raise RefusedByBrake(
                f"This ledger records what stands at {row.target}; you are about to work at {self.target}.",
                where=self._where,
                advice=f"Name another ledger with --ledger, or go on where it belongs: --target {row.target}.",
            )

    def accounts(self) -> dict[str, Account]:
        """Every account this programme was published from, by address."""
        with self._reading() as connection:
            rows = connection.execute(select(accounts).order_by(accounts.c.account)).all()
        return {row.account: Account(row.account, row.remote_user_id, row.project) for row in rows}

    def remember_account(self, account: str, *, remote_user_id: str, project: str) -> None:
        """Record who an account is, and refuse it when it is not who it was, or signs in by another Cloud project.

        Only the project that made an item may change it, so all accounts must use one; ``project`` is empty where the
        sign-in does not say, and nothing is compared then.
        """
        self.check_account(account, remote_user_id=remote_user_id, project=project)
        seen = self.accounts().get(account)
        if seen is None:
            self._write(
                insert(accounts).values(account=account, remote_user_id=remote_user_id, project=project),
            )
        elif project and not seen.project:
            self._write(update(accounts).where(accounts.c.account == account).values(project=project))

    def check_account(self, account: str, *, remote_user_id: str, project: str) -> None:
        """Raise what ``remember_account`` would raise, and record nothing."""
        known = self.accounts()
        seen = known.get(account)
        if seen is not None and seen.remote_user_id != remote_user_id:
            raise RefusedByBrake(
                f"{account} was the Google account {seen.remote_user_id} so far, and is {remote_user_id} now.",
                where=self._where,
                advice="Sign in with the account that made the courses, or start a new ledger with --ledger.",
            )
        used = {other.project for other in known.values() if other.project}
        if project and used and project not in used:
            raise RefusedByBrake(
                f"The Cloud project of this sign-in is {project}; this programme was made with {', '.join(sorted(used))}.",
                where=f"{self._where}, {account}",
                advice="Use the earlier project's --credentials: another project cannot change what that one made.",
            )

    # What we made

    def entries(self) -> dict[str, Entry]:
        """Everything we made and have not deleted, by key."""
        with self._reading() as connection:
            rows = connection.execute(select(entries).order_by(entries.c.key)).mappings().all()
        return {row["key"]: Entry(**{**row, "kind": Kind(row["kind"])}) for row in rows}

    def pendings(self) -> dict[str, Pending]:
        """Every write that was begun and not concluded, by key."""
        with self._reading() as connection:
            rows = connection.execute(select(pendings).order_by(pendings.c.key)).mappings().all()
        read = ({**row, "kind": Kind(row["kind"]), "action": Action(row["action"])} for row in rows)
        return {row["key"]: Pending(**row) for row in read}

    def memory(self) -> Memory:
        """All that a plan needs to know."""
        return Memory(
            entries=self.entries(),
            pendings=self.pendings(),
            strangers=self.strangers(),
            asked=self.questions.asked(),
        )

    def strangers(self) -> frozenset[str]:
        """Remote ids of the posts that, as Google told us, another project made."""
        with self._reading() as connection:
            return frozenset(connection.scalars(select(strangers.c.remote_id)))

    def remember_stranger(self, remote_id: str) -> None:
        """Record that Google called a post another project's, so that it is not asked again."""
        mine = strangers.c.remote_id == remote_id
        self._write(delete(strangers).where(mine), insert(strangers).values(remote_id=remote_id))

    def course_id(self, course: str) -> str:
        """Google's id of a course; empty as long as we have not met it."""
        with self._reading() as connection:
            found = connection.execute(select(entries.c.remote_id).where(entries.c.key == f"{course}/course")).scalar()
        return found or ""

    def begin(self, pending: Pending) -> None:
        """Record a write that is about to be sent, in place of any earlier one of the same key."""
        row = {column.name: getattr(pending, column.name) for column in pendings.c}
        row |= {"kind": pending.kind.value, "action": Action(pending.action).value}
        self._write(delete(pendings).where(pendings.c.key == pending.key), insert(pendings).values(row))

    def settle(self, key: str, entry: Entry | None) -> None:
        """Conclude the write of that key: its pending row goes, and ``entry`` is what stands now; None, if nothing.

        The upload that belongs to the write is concluded with it, and what Google said against it is forgotten.
        One transaction: there is no instant at which the write is neither begun nor concluded.
        """
        steps: list[Any] = [
            delete(pendings).where(pendings.c.key == key),
            delete(uploads).where(uploads.c.key == key),
            delete(refusals).where(refusals.c.key == key),
            delete(entries).where(entries.c.key == key),
        ]
        if entry is not None:
            if entry.key != key:
                raise ValueError(f"The entry of {key} calls itself {entry.key}.")
            row = {column.name: getattr(entry, column.name) for column in entries.c} | {"kind": entry.kind.value}
            steps.append(insert(entries).values(row))
        self._write(*steps)

    def abandon(self, key: str, said: Refused) -> None:
        """Forget a write that was begun, since the reply proved that nothing happened; keep what Google said."""
        self._write(
            delete(pendings).where(pendings.c.key == key),
            delete(refusals).where(refusals.c.key == key),
            # What Google writes may hold halves of surrogate pairs, which no database takes.
            insert(refusals).values(key=key, reason=_whole(said.reason), advice=_whole(said.advice)),
        )

    def refusals(self) -> dict[str, Refused]:
        """By key, what Google said to each write that was refused and has not succeeded since."""
        with self._reading() as connection:
            rows = connection.execute(select(refusals).order_by(refusals.c.key)).all()
        return {row.key: Refused(row.reason, row.advice) for row in rows}

    # How it is kept

    def _reading(self) -> AbstractContextManager[Connection]:
        return engines.transaction(self._connection, writing=False, where=self._where)

    def _writing(self) -> AbstractContextManager[Connection]:
        return engines.transaction(self._connection, writing=True, where=self._where)

    def _write(self, *statements: Any) -> None:
        """Carry all of them out, or none.

        Replacing a row is deleting and inserting it: every database can do that, and each spells "upsert" differently.
        """
        with self._writing() as connection:
            for statement in statements:
                connection.execute(statement)


def _spelt(target: str) -> str:
    """One spelling for one target: a sandbox's address with and without a closing slash is the same world."""
    return target.strip().rstrip("/")


def _whole(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
