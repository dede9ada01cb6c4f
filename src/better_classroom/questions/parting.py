"""Keep apart what an organiser has split: at the source, both parts are still one text, which may go on growing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from better_classroom.ledger import Cut
from better_classroom.questions.found import Found, is_blank, storable


def apart(findings: Iterable[Found], cuts: Mapping[str, tuple[Cut, ...]]) -> Iterator[Found]:
    """What was found, with a text that was split as the two or more that it has become.

    ``cuts`` holds the cuts of a text by its id at the source. What is added later belongs to the last part. Where so
    much was rewritten that the cut cannot be found again, the whole text stands at the question that keeps the
    beginning: what its asker wrote may then stand twice, and is never lost.
    """
    for finding in findings:
        own = cuts.get(finding.source_id)
        if own is None:
            yield finding
            continue
        rest = "" if is_blank(finding.text) else storable(finding.text)
        # The longest beginning first: each cut takes off an end of what the cuts before have left.
        for cut in sorted(own, key=lambda cut: len(cut.head), reverse=True):
            divided = divide(rest, cut)
            if divided is not None:
                rest, added = divided
                yield from apart([finding._replace(source_id=cut.part_id, text=added)], cuts)
        yield finding._replace(text=rest)


def divide(text: str, cut: Cut) -> tuple[str, str] | None:
    """The two parts of a text as it stands now; None where the cut cannot be found in it."""
    head = cut.head.rstrip()
    if not text:
        return "", ""
    if text.startswith(head):
        return head, text[len(head) :].strip()
    place = text.rfind(cut.added)
    return None if place < 0 else (text[:place].rstrip(), text[place:].strip())
