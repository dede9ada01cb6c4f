"""What was said in a random story, and what has to follow: nothing is lost, taken for another's, or read by others."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from better_classroom.answered import FORGOTTEN
from better_classroom.ledger import Answer, Question
from machine_board import Line
from machine_world import Place

_REPLY = re.compile(r"reply\d+")


class Decision(NamedTuple):
    """What an expert wrote beside one text of a question."""

    line: Line
    status: str
    visibility: str
    reply: str
    """A mark that stands in the answer and nowhere else."""
    asker: str
    """Google's id of whom it answers."""


@dataclass
class Heard:
    """Everything that was asked and answered in one story."""

    asked: dict[str, str] = field(default_factory=dict)
    """By a mark that stands in the text and nowhere else: who asked."""
    latest: dict[tuple[str, Place], str] = field(default_factory=dict)
    """By person and box: the mark of what they wrote last."""
    decided: dict[str, Decision] = field(default_factory=dict)
    """By its mark."""
    unread: dict[str, Decision] = field(default_factory=dict)
    """By row: what stands on the board, and was not there when a run surely read it last."""
    pulled: dict[Path, set[str]] = field(default_factory=dict)
    """By ledger: marks that it held after a pull."""
    forgotten: set[str] = field(default_factory=set)
    """Who was. What they write in that very second counts as before, and what stood in a box then keeps it shut."""

    def asks(self, person: str, box: Place, mark: str) -> None:
        self.asked[mark] = person
        self.latest[person, box] = mark

    def decides(self, decision: Decision) -> None:
        self.decided[decision.reply] = self.unread[decision.line.name] = decision

    def forgets(self, person: str) -> set[str]:
        """Expect nothing of a person any more; the marks of what they wrote."""
        marks = {mark for mark, who in self.asked.items() if who == person}
        self.asked = {mark: who for mark, who in self.asked.items() if who != person}
        self.latest = {where: mark for where, mark in self.latest.items() if mark not in marks}
        self.pulled = {path: held - marks for path, held in self.pulled.items()}
        self.forgotten.add(person)
        return marks

    def is_known(self, ledger: Path) -> bool:
        """Whether this ledger has seen all there is: questions and boards."""
        return ledger in self.pulled

    # What holds after a run that nothing disturbed

    def holds(self, questions: Collection[Question], ledger: Path, boxes: Collection[str]) -> None:
        """What was asked in these boxes, and what was decided, is in this ledger."""
        self._nothing_asked_is_lost(questions, ledger, boxes)
        by_key = {question.key: question for question in questions}
        for decision in self.unread.values():
            question = by_key.get(decision.line.question)
            if question is not None and question.asker != FORGOTTEN:
                _is_taken(decision, question)
        self.unread.clear()

    def _nothing_asked_is_lost(self, questions: Iterable[Question], ledger: Path, boxes: Collection[str]) -> None:
        texts = [text.text for question in questions for text in question.texts]
        held = {mark for mark in self.asked if any(mark in text for text in texts)}
        there = {
            mark for (person, (_, _, box)), mark in self.latest.items() if box in boxes and person not in self.forgotten
        }
        assert there <= held, f"nobody pulled {there - held}"
        before = self.pulled.setdefault(ledger, set())
        assert before <= held, f"{before - held} is lost"
        before |= held

    def is_read_by_whom_it_is_for(self, posts: Iterable[Mapping[str, Any]]) -> None:
        """What is for an asker alone, the posts show to nobody else."""
        for post in posts:
            whom = post.get("individualStudentsOptions", {}).get("studentIds", [])
            for reply in _REPLY.findall(f"{post.get('description', '')}{post.get('text', '')}"):
                decision = self.decided[reply]
                assert decision.status != "take back", f"{reply} was never to go out"
                is_public = (decision.status, decision.visibility) == ("publish", "public")
                assert (not whom) if is_public else whom == [decision.asker], f"{reply}: {post}"


def _is_taken(decision: Decision, question: Question) -> None:
    """Whether it is what stands decided about that text."""
    held = [answer for answer in question.answers if answer.revision == decision.line.version]
    stands = max(held, key=lambda answer: answer.n, default=None)
    if decision.status == "take back":
        assert stands is None or stands.outcome == "take back", f"{decision}: {stands}"
    else:
        assert stands is not None, f"nobody read {decision}"
        assert (stands.outcome, _is_public(stands)) == (decision.status, decision.visibility == "public"), decision
        assert stands.text.endswith(decision.reply), f"{decision}: {stands}"


def _is_public(answer: Answer) -> bool:
    return answer.outcome == "publish" and answer.visibility == "public"
