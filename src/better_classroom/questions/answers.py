"""Take the experts' answers from their files: good rows are taken, every other one is complained about.

Nothing goes out by accident. A row counts only once its status says so, each answer belongs to the version of the
question that its row shows, and a text that already answers another question is taken for a slip of the sorting.
Taking a file twice is taking it once.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from better_classroom.answered import FORGOTTEN
from better_classroom.errors import Complaint
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.programme import Programme
from better_classroom.questions import sheet
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.found import storable
from better_classroom.questions.sheet import Line, Sheet
from better_classroom.questions.status import Event, after
from better_classroom.questions.taken import Taken
from better_classroom.questions.views import DECLINE, PUBLISH, TAKE_BACK, decision, standing
from better_classroom.reports.questions import THEIRS
from better_classroom.reports.spreadsheet import tidy
from better_classroom.reports.wording import counted

WAIT = ""
STATUSES = {
    "": WAIT,
    "draft": WAIT,
    "publish": PUBLISH,
    "decline": DECLINE,
    "declined": DECLINE,
    "take back": TAKE_BACK,
}
"""What an expert may write as the status, in any case."""

VISIBILITIES = ("public", "private")
LONGEST = 20_000
"""Characters of an answer: with its question it must fit into a post, which Google ends at 30,000."""

_KEYS_AT_A_TIME = 10_000  # SQLite takes 32,766 values in one query
# What a spreadsheet shows in place of a text that it took for a formula.
_SPREADSHEET_ERROR = re.compile(r"#(NAME|VALUE|REF|N/A|DIV/0|NUM|NULL|ERROR|SPILL)[?!]?")


def take(
    files: Sequence[Path],
    *,
    programme: Programme,
    ledger: Ledger,
    now: datetime,
    forgotten: Forgotten | None = None,
    news: bool = True,
) -> Taken:
    """Record what the experts decided in these files; each row at once, in the files' order.

    ``forgotten`` knows the questions that are gone for a reason. Without ``news`` nobody hears that answers have come:
    participants read them before the ledger was lost.
    """
    sheets = [replace(sheet.read(path), news=news) for path in files]
    return take_sheets(sheets, programme=programme, ledger=ledger, now=now, forgotten=forgotten)


def take_sheets(
    sheets: Sequence[Sheet],
    *,
    programme: Programme,
    ledger: Ledger,
    now: datetime,
    forgotten: Forgotten | None = None,
) -> Taken:
    """Record what the experts decided in these sheets, wherever they were read; each row at once, in their order."""
    keys = {_key(line) for found in sheets for line in found.lines}
    taker = _Taker(programme, ledger, now, keys=keys, gone=forgotten.keys(keys) if forgotten else ())
    for found in sheets:
        taker.take(found)
    taker.taken.complaints.sort()
    fresh = len(taker.taken.published) + len(taker.taken.private) + len(taker.taken.declined)
    if programme.questions.approval != "none" and fresh:
        waiting = f"{counted(fresh, 'answer')} {'waits' if fresh == 1 else 'wait'}"
        taker.taken.notices.append(f"{waiting} for approval: better-classroom answers list")
    return taker.taken


class _Taker:
    """Takes one row after another, knowing what the rows before have changed."""

    def __init__(
        self, programme: Programme, ledger: Ledger, now: datetime, *, keys: Collection[str], gone: Collection[str] = ()
    ) -> None:
        self.taken = Taken()
        self._programme = programme
        self._ledger = ledger.questions
        self._now = now
        ordered = sorted(keys)
        self._questions: dict[str, Question] = {}
        for start in range(0, len(ordered), _KEYS_AT_A_TIME):
            found = self._ledger.find(keys=ordered[start : start + _KEYS_AT_A_TIME])
            self._questions.update((question.key, question) for question in found)
        self._gone = set(gone) - set(self._questions)
        self._answered: defaultdict[str, set[str]] = defaultdict(set)
        for question in self._ledger.find(answered=True):
            for answer in standing(question.answers):
                if answer.outcome == PUBLISH and not question.is_rejected(answer):
                    self._answered[_folded(answer.text)].add(question.key)

    def take(self, found: Sheet) -> None:
        """Take every row of a file that can be taken."""
        self.taken.complaints += found.complaints
        self.taken.notices += [f"{found.file} {notice}" for notice in found.notices]
        by_name = sorted(found.lines, key=lambda line: (_key(line), _version(line)))
        doubtful: set[int] = set()
        for _, group in groupby(by_name, key=lambda line: (_key(line), _version(line))):
            lines = [line for line in group if any(line[column].strip() for column in THEIRS)]
            if _key(lines[0]) if lines else "":
                doubtful |= self._contradicting(found, lines)
        for line in found.lines:
            if line.number not in doubtful and any(line[column].strip() for column in THEIRS):
                self._row(found, line)

    def _contradicting(self, found: Sheet, lines: Sequence[Line]) -> set[int]:
        """Rows of one question that say different things: which one is meant, only the expert knows."""
        if len({tuple(line[column].strip() for column in THEIRS) for line in lines}) == 1:
            return set()
        numbers = {line.number for line in lines}
        said = f"Lines {', '.join(map(str, sorted(numbers)))} answer the same question differently; none was taken."
        self.taken.complaints.append(found.at(lines[0], "key", said, "Keep one of these rows and empty the others."))
        return numbers

    def _row(self, found: Sheet, line: Line) -> None:
        if self._is_forgotten(found, line):
            return
        complaints = list(self._complaints(found, line))
        if complaints:
            self.taken.complaints += complaints
            return
        question = self._questions[_key(line)]
        outcome = STATUSES[_folded(line["status"])]
        if outcome == WAIT:
            self.taken.waiting += 1
            return
        answer = Answer(
            n=0,  # the ledger counts
            revision=int(_version(line) or question.texts[-1].n),
            expert=self._expert(found, line, question),
            outcome=outcome,
            visibility=_folded(line["visibility"]) if outcome == PUBLISH else "private",
            text="" if outcome == TAKE_BACK else _answer(line),
            taken_at=self._now,
        )
        self._record(question, answer, quiet=not found.news)

    def _is_forgotten(self, found: Sheet, line: Line) -> bool:
        """Whether a row is about a question, or a text of one, that went with its asker: its expert can do nothing."""
        question = self._questions.get(_key(line))
        if _key(line) in self._gone:
            said = f"line {line.number} is about a question whose asker was forgotten: not taken; delete the row"
            self.taken.notices.append(f"{found.file}: {said}")
            return True
        if question is None or question.asker != FORGOTTEN:
            return False
        is_gone = _version(line) not in {"", *(str(text.n) for text in question.texts)}
        self.taken.known += is_gone
        return is_gone

    def _record(self, question: Question, answer: Answer, *, quiet: bool) -> None:
        earlier = _standing(question, answer)
        if _same(earlier, answer) or (answer.outcome == TAKE_BACK and earlier is None):
            self.taken.known += 1
            return
        answers = (*question.answers, answer)
        status = after(decision(question, answers), question.status)
        assert status is not None, "a question set aside has been complained about"
        self._ledger.answer(question.key, answer, status=status.value, quiet=quiet)
        fresh = self._ledger.get(question.key)
        assert fresh is not None, "questions are never deleted"
        self._questions[question.key] = fresh
        if answer.outcome == PUBLISH:
            self._answered[_folded(answer.text)].add(question.key)
        self._tell(question, answer, corrected=earlier is not None and earlier.outcome != TAKE_BACK)

    def _tell(self, question: Question, answer: Answer, *, corrected: bool) -> None:
        if corrected and answer.outcome != TAKE_BACK:
            self.taken.corrected.append(question.key)
        if answer.outcome == PUBLISH:
            (self.taken.published if answer.visibility == "public" else self.taken.private).append(question.key)
        else:
            (self.taken.declined if answer.outcome == DECLINE else self.taken.taken_back).append(question.key)
        if question.withdrawn_at is not None and answer.outcome == PUBLISH:
            self.taken.notices.append(f"{question.key} was withdrawn by its asker: the answer is kept, not published")

    # What may be wrong with a row

    def _complaints(self, found: Sheet, line: Line) -> Iterator[Complaint]:
        question = self._questions.get(_key(line))
        status = _folded(line["status"])
        if question is None:
            yield found.at(
                line,
                "key",
                f"There is no question “{_key(line)}”." if _key(line) else "This row has no key.",
                "Copy the key from the latest export; keys must not be changed.",
            )
            return
        if status not in STATUSES:
            remedy = "Write publish, decline or take back; or leave it empty, and the answer waits."
            yield found.at(line, "status", f"“{line['status'].strip()}” is no status.", remedy)
            return
        if STATUSES[status] != WAIT and after(Event.ANSWERED, question.status) is None:
            yield found.at(line, "key", f"This question is {question.status}.", "Ask the organiser to bring it back.")
            return
        yield from self._of_version(found, line, question)
        yield from self._of_expert(found, line, question)
        if STATUSES[status] == PUBLISH:
            yield from self._of_answer(found, line, question)

    def _of_version(self, found: Sheet, line: Line, question: Question) -> Iterator[Complaint]:
        version = _version(line)
        if version and version not in {str(text.n) for text in question.texts}:
            said = f"This question has no version “{version}”; its latest is {question.texts[-1].n}."
            yield found.at(line, "version", said, "Copy the version from the latest export.")

    def _of_expert(self, found: Sheet, line: Line, question: Question) -> Iterator[Complaint]:
        expert = self._expert(found, line, question)
        if expert not in question.experts:
            asked = ", ".join(question.experts) or "nobody"
            said = f"This question was put to {asked}, not to “{expert}”." if expert else "Whose answer is this?"
            yield found.at(line, "expert", said, f"Write the expert's key into the column “expert”: {asked}.")
            return
        status = STATUSES[_folded(line["status"])]
        version = int(_version(line)) if _version(line).isdecimal() else question.texts[-1].n
        held = [answer for answer in standing(question.answers) if answer.revision == version]
        own = next((answer for answer in held if answer.expert == expert), None)
        if status == WAIT and own is not None and own.outcome == PUBLISH and not question.is_rejected(own):
            said = "This answer is recorded as published, and its status is empty now."
            yield found.at(line, "status", said, "Write publish to leave it, or take back to withdraw it.")
        given = [answer for answer in held if answer.outcome == PUBLISH and not question.is_rejected(answer)]
        others = [answer for answer in given if answer.expert != expert]
        if (
            status in (PUBLISH, DECLINE)
            and others
            and all(_folded(other.text) != _folded(_answer(line)) for other in others)
        ):
            said = f"{others[0].expert} has answered this question already; this second answer was not taken."
            remedy = "Agree on one answer: empty this row, or let the other expert take theirs back."
            yield found.at(line, "answer", said, remedy)

    def _of_answer(self, found: Sheet, line: Line, question: Question) -> Iterator[Complaint]:
        text = _answer(line)
        if not text:
            yield found.at(line, "answer", "There is nothing to publish.", "Write the answer, or empty the status.")
        elif len(text) > LONGEST:
            said = f"This answer has {len(text):,} characters; {LONGEST:,} fit into a post with its question."
            yield found.at(line, "answer", said, "Shorten it, or publish a document as a material and point to it.")
        elif _SPREADSHEET_ERROR.fullmatch(text):
            said = f"“{text}” is what a spreadsheet shows in place of a text it took for a formula."
            yield found.at(line, "answer", said, "Write the answer anew, beginning with a letter.")
        visibility = _folded(line["visibility"])
        if visibility not in VISIBILITIES:
            said = f"“{line['visibility'].strip()}” is no choice." if visibility else "Who may read this answer?"
            yield found.at(line, "visibility", said, "Write public for everyone, or private for the asker alone.")
        elsewhere = self._answered.get(_folded(text), set()) - {question.key} if text else set()
        if elsewhere:
            said = f"This text already answers {min(elsewhere)}; it was not taken for this question too."
            remedy = (
                "If rows slipped while sorting, put them right; if it fits both, word it a little differently here."
            )
            yield found.at(line, "answer", said, remedy)

    def _expert(self, found: Sheet, line: Line, question: Question) -> str:
        """Whose row it is: by its own column, by the file's name, or because only one expert is asked."""
        named = line["expert"].strip()
        if named:
            return named
        by_file = Path(found.file).stem
        if by_file in self._programme.experts:
            return by_file
        return question.experts[0] if len(question.experts) == 1 else ""


def _key(line: Line) -> str:
    return line["key"].strip().casefold()


def _version(line: Line) -> str:
    """As written; a spreadsheet may make 2.0 of 2."""
    return re.sub(r"[.,]0+$", "", line["version"].strip())


def _answer(line: Line) -> str:
    return storable(tidy(line["answer"]))


def _folded(text: str) -> str:
    """What two words or answers share that differ in case and spacing only."""
    return " ".join(text.split()).casefold()


def _standing(question: Question, answer: Answer) -> Answer | None:
    """What the same expert decided last about the same version."""
    own = (held for held in question.answers if (held.revision, held.expert) == (answer.revision, answer.expert))
    return max(own, key=lambda held: held.n, default=None)


def _same(earlier: Answer | None, answer: Answer) -> bool:
    if earlier is None:
        return False
    return all(getattr(earlier, name) == getattr(answer, name) for name in ("outcome", "visibility", "text"))
