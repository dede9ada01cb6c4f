"""Know again what was forgotten, wherever it comes from: asked of the ledger in bulk, and only of what is new to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from better_classroom.errors import UsageError
from better_classroom.ledger import Ledger, Marks
from better_classroom.questions.found import KEY_DIGITS, Found, is_blank, key_of

SECOND = timedelta(seconds=1)


class Forgotten:
    """What was forgotten in one programme; where nobody ever was, the ledger is asked that and no more.

    Raises UsageError where somebody was, and no mark was made with this key: nobody would be known again.
    """

    def __init__(self, ledger: Ledger, marks: Marks) -> None:
        self._tombstones = ledger.tombstones
        self._marks = marks
        self._somebody: bool | None = None
        self._people: dict[str, datetime | None] = {}
        """When each asker met so far was forgotten; None for those who never were."""

    def findings(self, course: str, source: str, fresh: Sequence[Found], now: datetime) -> set[str]:
        """Ids at their source of those that are not to be taken, of findings which the ledger does not hold.

        What was written before its asker was forgotten, and comes to light only now, is marked too: later edits of it
        are no new question either.
        """
        if not fresh or not self.anybody():
            return set()
        own = {self._marks.question(course, source, finding.source_id): finding for finding in fresh}
        persons = {
            self._marks.person(asker_id): asker_id
            for asker_id in {finding.asker_id for finding in fresh} - self._people.keys()
        }
        made = self._tombstones.found([*own, *persons])
        self._people |= {asker_id: made.get(mark) for mark, asker_id in persons.items()}
        late = {
            mark: finding
            for mark, finding in own.items()
            if mark not in made and self._is_from_before(finding, self._people[finding.asker_id])
        }
        if late:
            # By its key, too: an expert's board or file may show it, of which a ledger that was lost knew.
            named = {self._marks.named(key_of(course, finding, length=KEY_DIGITS)) for finding in late.values()}
            self._tombstones.set({*late, *named}, now)
        return {finding.source_id for mark, finding in own.items() if mark in made or mark in late}

    def keys(self, keys: Collection[str]) -> set[str]:
        """Those of the keys that were a forgotten question's."""
        return self._those({self._marks.named(key): key for key in keys})

    def addresses(self, addresses: Collection[str]) -> set[str]:
        """Those of the addresses, in the form of ``address_key``, that were a forgotten person's."""
        return self._those({self._marks.address(address): address for address in addresses})

    def numbers(self, numbers: Collection[int]) -> set[int]:
        """Those of the pseudonyms that were a forgotten person's."""
        marks = {self._marks.number(number): number for number in numbers}
        if not marks or not self.anybody():
            return set()
        return {marks[mark] for mark in self._tombstones.found(marks)}

    def _is_from_before(self, finding: Found, forgotten_at: datetime | None) -> bool:
        if finding.at is None or is_blank(finding.text):
            return False
        return is_from_before(finding.at, forgotten_at)

    def _those(self, marks: dict[str, str]) -> set[str]:
        if not marks or not self.anybody():
            return set()
        return {marks[mark] for mark in self._tombstones.found(marks)}

    def anybody(self) -> bool:
        """Whether anybody was forgotten; refused where nobody of them would be known again."""
        if self._somebody is None:
            self._somebody = self._tombstones.exist()
            if self._somebody and not self._tombstones.found([self._marks.own]):
                raise UsageError(
                    "The key of the pseudonyms is not the one by which forgotten people are known again.",
                    advice="Put the earlier key back: pseudonym_key in the settings, or the file ending in .key by the "
                    "ledger. If it is lost for good, forget somebody anew with “people forget”: that accepts this key, "
                    "and whoever was forgotten under the lost one must be forgotten again.",
                )
        return self._somebody


def is_from_before(written_at: datetime, forgotten_at: datetime | None) -> bool:
    """Whether something was written before its asker was forgotten, or in that very second: the clock tells no less."""
    return forgotten_at is not None and written_at < forgotten_at + SECOND
