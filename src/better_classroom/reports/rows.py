"""A question as the rows of an expert's file. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import tzinfo
from functools import partial

from better_classroom import texts
from better_classroom.answered import FORGOTTEN
from better_classroom.reports.questions import Asked, Reply, Told, additions, moment, rewritten
from better_classroom.reports.spreadsheet import harmless

OURS = (
    "key",
    "version",
    "expert",
    "seminar",
    "city",
    "asked_at",
    "phase",
    "asker",
    "question",
    "earlier",
    "note",
)
THEIRS = ("status", "answer", "visibility")
COLUMNS = (*OURS, *THEIRS)
"""Ours are written anew by every export, theirs never."""
ADDED = "[added {at}] "
"""Stands before what an asker added, with its time."""


def rows(asked: Asked, *, expert: str, zone: tzinfo, language: str = "en") -> Iterator[dict[str, str]]:
    """The rows of one expert's file for a question: its latest version, and each that the expert has decided on.

    Values are not yet neutral: whoever writes the file sees to it, for theirs as for ours. ``language`` is that of the
    notes and of what the asker is called.
    """
    decided = {reply.version: reply for reply in asked.replies if reply.expert == expert}
    for version in sorted({*decided, asked.texts[-1].version}):
        seen = [told for told in asked.texts if told.version <= version]
        row = dict.fromkeys(COLUMNS, "") | {
            "key": asked.key,
            "version": str(version),
            "expert": expert,
            "seminar": asked.topic,
            "city": asked.city,
            "asked_at": moment(asked.asked_at, zone),
            "phase": f"{asked.phase}, late" if asked.late else asked.phase,
            "asker": texts.asker(language, asked.asker, name=asked.name),
            "question": harmless(_marked(additions(seen), zone)),
            "earlier": harmless("\n\n".join(f"[{moment(told.at, zone)}] {told.text}" for told in rewritten(seen))),
            "note": _note(asked, version=version, expert=expert, language=language),
        }
        yield row | _decided(decided.get(version))


def _decided(reply: Reply | None) -> dict[str, str]:
    """What stands in the expert's own columns of a file that is made anew."""
    if reply is None or reply.outcome == "take back":
        return {}
    return {"status": reply.outcome, "answer": reply.text, "visibility": reply.visibility}


def _marked(parts: Iterable[Told], zone: tzinfo) -> str:
    first, *added = parts
    return "\n\n".join((first.text.strip(), *(ADDED.format(at=moment(told.at, zone)) + told.text for told in added)))


def _note(asked: Asked, *, version: int, expert: str, language: str) -> str:
    """What the expert should know before writing."""
    say = partial(texts.say, language)
    if asked.asker == FORGOTTEN:
        return say("board.note.forgotten")
    notes = []
    if asked.withdrawn_at is not None:
        notes.append(say("board.note.withdrawn"))
    if version < asked.texts[-1].version:
        notes.append(say("board.note.newer"))
    elif asked.status == "follow-up":
        notes.append(say("board.note.edited"))
    own = (reply for reply in asked.replies if (reply.expert, reply.version) == (expert, version))
    notes += [say("board.note.sent_back", reason=harmless(reply.sent_back)) for reply in own if reply.sent_back]
    if asked.merged:
        notes.append(say("board.note.merged", number=str(len(asked.merged) + 1)))
    if asked.spoken:
        notes.append(say("board.note.spoken", text=harmless(asked.spoken)))
    others = {reply.name for reply in asked.replies if reply.expert != expert and reply.outcome != "take back"}
    if others:
        notes.append(say("board.note.answered", experts=", ".join(sorted(others))))
    return "; ".join(notes)
