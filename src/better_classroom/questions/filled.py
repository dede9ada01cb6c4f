"""A row that an expert filled in: what it says, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from better_classroom.errors import Complaint
from better_classroom.ledger import Question
from better_classroom.questions.found import storable
from better_classroom.questions.sheet import Line, Sheet
from better_classroom.questions.status import Event, after
from better_classroom.questions.views import DECLINE, PUBLISH, TAKE_BACK, standing
from better_classroom.reports.spreadsheet import tidy

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

# What a spreadsheet shows in place of a text that it took for a formula.
_SPREADSHEET_ERROR = re.compile(r"#(NAME|VALUE|REF|N/A|DIV/0|NUM|NULL|ERROR|SPILL)[?!]?")


def key_of(line: Line) -> str:
    """Key of the question that a row is about, as the ledger spells it."""
    return line["key"].strip().casefold()


def version_of(line: Line) -> str:
    """Version of the question as it is written; a spreadsheet may make 2.0 of 2."""
    return re.sub(r"[.,]0+$", "", line["version"].strip())


def answer_of(line: Line) -> str:
    """The answer, as it can be kept and shown."""
    return storable(tidy(line["answer"]))


def folded(text: str) -> str:
    """What two words or answers share that differ in case and spacing only."""
    return " ".join(text.split()).casefold()


def complaints(
    found: Sheet,
    line: Line,
    question: Question | None,
    *,
    experts: Collection[str],
    answered: Mapping[str, Collection[str]],
) -> Iterator[Complaint]:
    """What may be wrong with a row that is about this question.

    ``experts`` holds the programme's, ``answered`` the keys of the questions that each answer was given to, by its text
    ``folded``.
    """
    status = folded(line["status"])
    if question is None:
        yield found.at(
            line,
            "key",
            f"There is no question “{key_of(line)}”." if key_of(line) else "This row has no key.",
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
    yield from _of_version(found, line, question)
    yield from _of_expert(found, line, question, experts)
    if STATUSES[status] == PUBLISH:
        yield from _of_answer(found, line, question, answered)


def _of_version(found: Sheet, line: Line, question: Question) -> Iterator[Complaint]:
    version = version_of(line)
    if version and version not in {str(text.n) for text in question.texts}:
        said = f"This question has no version “{version}”; its latest is {question.texts[-1].n}."
        yield found.at(line, "version", said, "Copy the version from the latest export.")


def _of_expert(found: Sheet, line: Line, question: Question, experts: Collection[str]) -> Iterator[Complaint]:
    expert = whose(found, line, question, experts)
    if expert not in question.experts:
        asked = ", ".join(question.experts) or "nobody"
        said = f"This question was put to {asked}, not to “{expert}”." if expert else "Whose answer is this?"
        remedy = f"Write the expert's key into the column “expert”: {asked}."
        if expert and ("expert" not in found.columns or not question.experts):
            remedy = f"Where it is theirs to answer: questions assign {question.key} --to {expert}. Else empty the row."
        yield found.at(line, "expert", said, remedy)
        return
    status = STATUSES[folded(line["status"])]
    version = int(version_of(line)) if version_of(line).isdecimal() else question.texts[-1].n
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
        and all(folded(other.text) != folded(answer_of(line)) for other in others)
    ):
        said = f"{others[0].expert} has answered this question already; this second answer was not taken."
        remedy = "Agree on one answer: empty this row, or let the other expert take theirs back."
        yield found.at(line, "answer", said, remedy)


def _of_answer(
    found: Sheet, line: Line, question: Question, answered: Mapping[str, Collection[str]]
) -> Iterator[Complaint]:
    text = answer_of(line)
    if not text:
        yield found.at(line, "answer", "There is nothing to publish.", "Write the answer, or empty the status.")
    elif len(text) > LONGEST:
        said = f"This answer has {len(text):,} characters; {LONGEST:,} fit into a post with its question."
        yield found.at(line, "answer", said, "Shorten it, or publish a document as a material and point to it.")
    elif _SPREADSHEET_ERROR.fullmatch(text):
        said = f"“{text}” is what a spreadsheet shows in place of a text it took for a formula."
        yield found.at(line, "answer", said, "Write the answer anew, beginning with a letter.")
    visibility = folded(line["visibility"])
    if visibility not in VISIBILITIES:
        said = f"“{line['visibility'].strip()}” is no choice." if visibility else "Who may read this answer?"
        yield found.at(line, "visibility", said, "Write public for everyone, or private for the asker alone.")
    elsewhere = set(answered.get(folded(text), ())) - {question.key} if text else set()
    if elsewhere:
        said = f"This text already answers {min(elsewhere)}; it was not taken for this question too."
        remedy = "If rows slipped while sorting, put them right; if it fits both, word it a little differently here."
        yield found.at(line, "answer", said, remedy)


def whose(found: Sheet, line: Line, question: Question, experts: Collection[str]) -> str:
    """Whose row it is: by its own column, by the file's name, or because only one expert is asked."""
    named = line["expert"].strip()
    if named:
        return named
    by_file = Path(found.file).stem
    if by_file in experts:
        return by_file
    return question.experts[0] if len(question.experts) == 1 else ""
