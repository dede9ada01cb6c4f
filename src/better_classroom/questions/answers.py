"""Take the experts' answers from their files: good rows are taken, every other one is complained about.

Nothing goes out by accident. A row counts only once its status says so, each answer belongs to the version of the
question that its row shows, and a text that already answers another question is taken for a slip of the sorting.
Taking a file twice is taking it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from pathlib import Path

from better_classroom.answered import FORGOTTEN
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.programme import Programme
from better_classroom.questions import sheet
from better_classroom.questions.filled import STATUSES, WAIT, answer_of, complaints, folded, key_of, version_of, whose
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.recounting import recount
from better_classroom.questions.sheet import Line, Sheet
from better_classroom.questions.status import after
from better_classroom.questions.taken import Taken
from better_classroom.questions.views import DECLINE, PUBLISH, TAKE_BACK, decision, standing
from better_classroom.reports.rows import THEIRS
from better_classroom.reports.wording import counted


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
    recount(sheets, ledger)
    keys = {key_of(line) for found in sheets for line in found.lines}
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
        self._questions = {question.key: question for question in self._ledger.find(keys=keys)}
        self._gone = set(gone) - set(self._questions)
        self._answered: defaultdict[str, set[str]] = defaultdict(set)
        for question in self._ledger.find(answered=True):
            for answer in standing(question.answers):
                if answer.outcome == PUBLISH and not question.is_rejected(answer):
                    self._answered[folded(answer.text)].add(question.key)

    def take(self, found: Sheet) -> None:
        """Take every row of a file that can be taken."""
        self.taken.complaints += found.complaints
        self.taken.notices += [f"{found.file} {notice}" for notice in found.notices]
        by_name = sorted(found.lines, key=lambda line: (key_of(line), version_of(line)))
        doubtful: set[int] = set()
        for _, group in groupby(by_name, key=lambda line: (key_of(line), version_of(line))):
            lines = [line for line in group if any(line[column].strip() for column in THEIRS)]
            if key_of(lines[0]) if lines else "":
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
        question, experts = self._questions.get(key_of(line)), self._programme.experts
        wrong = list(complaints(found, line, question, experts=experts, answered=self._answered))
        self.taken.complaints += wrong
        if wrong or question is None:
            return
        outcome = STATUSES[folded(line["status"])]
        if outcome == WAIT:
            self.taken.waiting += 1
            return
        answer = Answer(
            n=0,  # the ledger counts
            revision=int(version_of(line) or question.texts[-1].n),
            expert=whose(found, line, question, experts),
            outcome=outcome,
            visibility=folded(line["visibility"]) if outcome == PUBLISH else "private",
            text="" if outcome == TAKE_BACK else answer_of(line),
            taken_at=self._now,
        )
        self._record(question, answer, quiet=not found.news)

    def _is_forgotten(self, found: Sheet, line: Line) -> bool:
        """Whether a row is about a question, or a text of one, that went with its asker: its expert can do nothing."""
        question = self._questions.get(key_of(line))
        if key_of(line) in self._gone:
            said = f"line {line.number} is about a question whose asker was forgotten: not taken; delete the row"
            self.taken.notices.append(f"{found.file}: {said}")
            return True
        if question is None or question.asker != FORGOTTEN:
            return False
        is_gone = version_of(line) not in {"", *(str(text.n) for text in question.texts)}
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
        assert fresh is not None, "only forgetting deletes a question, and waits for the lock of this run"
        self._questions[question.key] = fresh
        if answer.outcome == PUBLISH:
            self._answered[folded(answer.text)].add(question.key)
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


def _standing(question: Question, answer: Answer) -> Answer | None:
    """What the same expert decided last about the same version."""
    own = (held for held in question.answers if (held.revision, held.expert) == (answer.revision, answer.expert))
    return max(own, key=lambda held: held.n, default=None)


def _same(earlier: Answer | None, answer: Answer) -> bool:
    if earlier is None:
        return False
    return all(getattr(earlier, name) == getattr(answer, name) for name in ("outcome", "visibility", "text"))
