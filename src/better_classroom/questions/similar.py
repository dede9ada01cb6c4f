"""Suggest which questions may be one and the same; whether they are, an organiser decides."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from rapidfuzz import fuzz, utils

from better_classroom.questions.status import SET_ASIDE
from better_classroom.reports.questions import Asked

ENOUGH = 85.0
"""How much alike two texts are, of 100, before they are suggested."""

_COMPARED = 1_000
"""Characters of a text that are compared: the time for two texts grows with the product of their lengths."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions of one seminar; ``alike`` is how much, of 100."""

    first: Asked
    """The one asked first."""
    second: Asked
    alike: float


def similar(questions: Iterable[Asked]) -> list[Pair]:
    """Pairs of questions of one seminar with nearly the same words, in any order of the words; the most alike first.

    What is hidden, merged or taken back is left out. Questions in two languages have no words in common.
    """
    of: defaultdict[str, list[tuple[Asked, str]]] = defaultdict(list)
    for asked in sorted(questions, key=lambda asked: (asked.asked_at, asked.key)):
        words = utils.default_process(asked.texts[-1].text[:_COMPARED])
        if words and asked.status not in SET_ASIDE and asked.withdrawn_at is None:
            of[asked.seminar].append((asked, words))
    pairs = [pair for group in of.values() for pair in _alike(group)]
    return sorted(pairs, key=lambda pair: -pair.alike)


def _alike(group: Iterable[tuple[Asked, str]]) -> Iterator[Pair]:
    for (first, one), (second, other) in combinations(group, 2):
        alike = fuzz.token_sort_ratio(one, other, score_cutoff=ENOUGH)
        if alike:
            yield Pair(first, second, round(alike, 1))
