"""The digests of one run: for each recipient what is found in the ledger, and the letter that tells it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from better_classroom import questions
from better_classroom.errors import BetterClassroomError
from better_classroom.ledger import Ledger
from better_classroom.ledger.notices import Waiting
from better_classroom.notices import news
from better_classroom.notices.news import Findings, ToldBefore
from better_classroom.programme import Programme
from better_classroom.programme.model import Expert
from better_classroom.questions import approving, views
from better_classroom.questions.views import standing
from better_classroom.reports import digest
from better_classroom.reports.digest import SHOWN, Failed, Part, Reader
from better_classroom.reports.letter import Letter
from better_classroom.reports.questions import Asked
from better_classroom.settings import Settings

ORGANISER = "organiser"

LARGEST_FILE = 7_000_000
"""Bytes of an attachment: it takes a third more in a mail, and many servers accept no more than 10 MB."""

_ADDRESSES = re.compile(r"[^\s<>@,;:\"'()“”«»„]+@[^\s<>@,;:\"'()“”«»„]+")

Failure: TypeAlias = tuple[str, BetterClassroomError]
"""Where something could not be done, and why."""


@dataclass(frozen=True, slots=True)
class Due:
    """One digest that is to go out."""

    recipient: str
    """As the ledger calls it."""
    address: str
    reader: Reader
    letter: Letter
    found: Findings
    name: str
    """Lasting name of this digest."""
    file: tuple[str, bytes] | None = None


class Writer:
    """Writes the digests of one run; nothing is sent or recorded here."""

    def __init__(self, programme: Programme, ledger: Ledger, settings: Settings, now: datetime) -> None:
        self._programme = programme
        self._ledger = ledger
        self._now = now
        self._overdue = timedelta(days=settings.overdue_days)
        self._every = timedelta(hours=settings.mail_every_hours)
        self._waiting: tuple[Waiting, ...] = ledger.notices.waiting()
        self.organiser = (settings.mail.organiser if settings.mail else "") or programme.account
        """Who gets the organiser's digest and the experts' replies."""

    def for_expert(self, expert: Expert) -> Due | None:
        """The digest of one expert; None when there is nothing new."""
        recipient = f"expert:{expert.key}"
        told = self._ledger.notices.told(recipient)
        settled = self._ledger.notices.settled(recipient, expert.key)
        rejected = self._rejected(expert.key)
        found = news.for_expert(
            expert.key,
            self._waiting,
            told=told,
            settled=settled,
            rejected={key: version for key, (version, _) in rejected.items()},
            now=self._now,
            overdue=self._overdue,
        )
        if not self._is_due(found, told):
            return None
        reader = self._reader(expert.language, expert.name)
        theirs = self._asked(expert.language, expert=expert.key)
        board = self._board(expert)
        file = None if board else self._file(expert, theirs.values())
        # What an organiser has given to somebody else since is settled in another way: it is recorded, not shown.
        settled_here = [key for key in found.settled if key in theirs]
        letter = digest.for_expert(
            reader,
            new=_part(found.new, theirs),
            overdue=_part(found.overdue, theirs),
            settled=_part(settled_here, theirs),
            rejected=_part([key for key in found.rejected if key in theirs], theirs),
            reasons={key: reason for key, (_, reason) in rejected.items()},
            changed=found.changed,
            file=file[0] if file else "",
            board=board,
        )
        return Due(recipient, expert.email, reader, letter, found, self._name(recipient, found, told), file)

    def for_organiser(self, failures: Sequence[Failure]) -> Due | None:
        """The organiser's digest; None when there is nothing new."""
        told = self._ledger.notices.told(ORGANISER)
        found = news.for_organiser(
            self._waiting,
            told=told,
            approval=self._approval(),
            declined=self._ledger.notices.declined(),
            withdrawn=self._ledger.notices.withdrawn_after_answer(),
            failures=[_lasting_name(where, error) for where, error in failures],
            now=self._now,
            overdue=self._overdue,
        )
        if not self._is_due(found, told):
            return None
        reader = self._reader(self._programme.languages[0], "")
        headings = (found.new, found.overdue, found.approval, found.declined, found.withdrawn)
        shown = self._asked(reader.language, keys={key for keys in headings for key in keys[:SHOWN]})
        new, overdue, approval, declined, withdrawn = (_part(keys, shown) for keys in headings)
        letter = digest.for_organiser(
            reader,
            new=new,
            overdue=overdue,
            approval=approval,
            declined=declined,
            withdrawn=withdrawn,
            failures=[self._failed(*failures[place]) for place in found.failures],
            changed=found.changed,
            experts=self._name_of,
        )
        return Due(ORGANISER, self.organiser, reader, letter, found, self._name(ORGANISER, found, told))

    def _rejected(self, expert: str) -> dict[str, tuple[str, str]]:
        """Answers of an expert that an organiser sent back and nothing has followed: which, and why, by question."""
        found: dict[str, tuple[str, str]] = {}
        if self._programme.questions.approval != "organiser":
            return found
        for question in self._ledger.questions.find(expert=expert, answered=True):
            for answer in standing(question.answers):
                if answer.expert == expert and question.is_rejected(answer):
                    found[question.key] = (str(answer.n), question.decisions[answer.n].reason)
        return found

    def _approval(self) -> dict[str, str]:
        """Questions with answers that wait for the organiser's approval, and which these are."""
        waiting = approving.all_waiting(self._ledger, self._programme)
        return {one.key: ",".join(str(answer.n) for answer in approving.waiting(one)) for one in waiting}

    def _is_due(self, found: Findings, told: ToldBefore) -> bool:
        last = max((before.at for before in told.values()), default=None)
        return found.worth_sending and (last is None or self._now - last >= self._every)

    def _name(self, recipient: str, found: Findings, told: ToldBefore) -> str:
        return news.name_of(recipient, self._programme.key, found, told)

    def _reader(self, language: str, name: str) -> Reader:
        named = self._programme.questions.askers == "named"
        return Reader(name, language, self._programme.time_zone, self._programme.title.say(language), named)

    def _name_of(self, expert: str) -> str:
        known = self._programme.experts.get(expert)
        return known.name if known else expert

    def _asked(self, language: str, **filters: Any) -> dict[str, Asked]:
        """Questions by key, their seminars and cities called as the reader calls them."""
        return {
            asked.key: views.spoken(asked, self._programme, language)
            for asked in questions.find(self._ledger, self._programme, **filters)
        }

    def _board(self, expert: Expert) -> str:
        """The address of the expert's sheet; empty as long as the expert could not open it."""
        known = self._ledger.boards.get(expert.key) if expert.has_sheet else None
        return known.link if known and known.shared_with == expert.email else ""

    def _file(self, expert: Expert, theirs: Iterable[Asked]) -> tuple[str, bytes] | None:
        """The expert's file, as ``questions export`` makes it; None where it is too large for a mail.

        Semicolons outside English: there a spreadsheet takes a comma for the mark of decimals, and would put a whole
        row into one cell.
        """
        delimiter = "," if expert.language == "en" else ";"
        content = questions.anew(theirs, programme=self._programme, expert=expert.key, delimiter=delimiter)
        return (f"{expert.key}.csv", content) if len(content) <= LARGEST_FILE else None

    def _failed(self, where: str, error: BetterClassroomError) -> Failed:
        """A failure without the address of anybody but the accounts that do the work."""

        def kept(address: re.Match[str]) -> str:
            return address[0] if address[0] in accounts else "…"

        accounts = {self._programme.account, *(course.account for course in self._programme.courses.values())}
        return Failed(_ADDRESSES.sub(kept, where), _ADDRESSES.sub(kept, str(error)))


def _part(keys: Sequence[str], known: Mapping[str, Asked]) -> Part:
    """What stands under one heading; in the order of the ledger: the seminars', then that of asking."""
    wanted = set(keys)
    return Part(tuple(asked for asked in known.values() if asked.key in wanted)[:SHOWN], len(keys))


def _lasting_name(where: str, error: BetterClassroomError) -> str:
    """What two runs call the same failure; its message may hold numbers and times that change."""
    parts = (where, type(error).__name__, getattr(error, "reason", ""))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
