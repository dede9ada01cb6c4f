"""Count the texts of a question as its experts' sheets do, where a ledger was lost or an older one put back.

Such a ledger knows what stands in Classroom now, and counts it as the first text it meets; the sheets know by which
number it was answered, and what stood there before. Without them an answer would be shown beside words that it was
never given to, or could not be taken at all.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from better_classroom.answered import FORGOTTEN
from better_classroom.ledger import Ledger, Question
from better_classroom.questions.filled import key_of, version_of
from better_classroom.questions.found import storable
from better_classroom.questions.sheet import Sheet
from better_classroom.reports.rows import ADDED
from better_classroom.reports.spreadsheet import harmless

_ADDED = re.compile(re.escape(ADDED.format(at="@")).replace("@", r"[\d-]+ [\d:]+"))


def recount(sheets: Iterable[Sheet], ledger: Ledger) -> None:
    """Give the latest text of each question the number that these sheets know it by, and bring the earlier ones back."""
    shown: defaultdict[str, dict[int, str]] = defaultdict(dict)
    for line in (line for found in sheets if not found.news for line in found.shown):
        if version_of(line).isdecimal() and line["question"].strip():
            shown[key_of(line)][int(version_of(line))] = line["question"]
    if not shown:
        return
    for question in ledger.questions.find(keys=shown):
        number = _number(question, shown[question.key])
        latest = question.texts[-1].n
        if number > latest and not _is_settled(question):
            held = {text.n for text in question.texts} - {latest}
            earlier = {n: text for n, text in shown[question.key].items() if n < number and n not in held}
            told = {n: storable(_ADDED.sub("", text)) for n, text in earlier.items()}
            ledger.questions.recount(question.key, latest, number, earlier=told, at=question.asked_at)


def _number(question: Question, shown: Mapping[int, str]) -> int:
    """Which number the latest text has: that of the row that shows it, or the next one, where none shows it yet."""
    last = max(shown)
    return last if _words(shown[last]) == _words(question.texts[-1].text) else last + 1


def _is_settled(question: Question) -> bool:
    """Whether the number of the latest text is known otherwise, or of no use any more."""
    answered = any(answer.revision == question.texts[-1].n for answer in question.answers)
    return answered or bool(question.merged_into) or question.asker == FORGOTTEN


def _words(text: str) -> str:
    """What a cell and a text share that differ in how additions are marked."""
    return " ".join(_ADDED.sub("", harmless(text)).split())
