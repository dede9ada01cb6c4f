"""What experts and the organiser are told by mail about questions. Pure.

Askers are numbers, here as everywhere, unless the programme shows names; nobody's address stands in a digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from zoneinfo import ZoneInfo

from better_classroom import texts
from better_classroom.reports.letter import Item, Letter, Section
from better_classroom.reports.questions import Asked, printable

SHOWN = 20
"""Questions told under one heading; the others are counted."""

CHARACTERS = 400
"""Of a question's text; the whole stands in the expert's file."""

PROGRAM = "better-classroom"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who is written to, and how."""

    name: str
    """Empty for the organiser, who may be several people."""
    language: str
    zone: ZoneInfo
    programme: str
    """The programme's title, in that language."""
    named: bool = False
    """Askers are shown by name, as far as their names are known."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading."""

    shown: tuple[Asked, ...] = ()
    """The first of them."""
    number: int = 0
    """Of all of them."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Something that could not be done: where, and why."""

    where: str
    why: str


def for_expert(
    reader: Reader,
    *,
    new: Part,
    overdue: Part,
    settled: Part,
    rejected: Part,
    reasons: Mapping[str, str],
    changed: Collection[str],
    file: str,
    board: str = "",
) -> Letter:
    """What one expert is told.

    ``board`` is the address of the expert's sheet; where there is none, ``file`` is the name of the attached file, empty
    where it is too large to attach. ``reasons`` says by question why an organiser sent the expert's answer back.
    """
    say = partial(texts.say, reader.language)
    about = partial(_about, reader, changed=changed)

    def why(asked: Asked) -> str:
        reason = say("digest.reason", reason=beginning(reasons.get(asked.key, "")))
        return f"{_about(reader, asked)}; {reason}"

    sections = (
        _section(reader, "rejected", rejected, why, note=say("digest.rejected_note")),
        _section(reader, "new", new, about),
        _section(reader, "overdue", overdue, about, note=say("digest.overdue_note")),
        _section(reader, "settled", settled, about),
    )
    how = _how(reader, file, board)
    subject = {"new": str(new.number), "overdue": str(overdue.number)}
    return Letter(
        language=reader.language,
        subject=say("digest.expert.subject", programme=reader.programme, **subject),
        hello=say("digest.hello", name=reader.name),
        sections=tuple(section for section in sections if section.items),
        closing=(*how, *_closing(reader)),
    )


def _how(reader: Reader, file: str, board: str) -> tuple[str | tuple[str, ...], ...]:
    """Where the questions are, and how to answer them there."""
    say = partial(texts.say, reader.language)
    if board:
        return say("digest.board", link=board), say("digest.board_how", publish=say("board.word.publish"))
    if not file:
        return (say("digest.large"),)
    columns = tuple(say(f"digest.{column}") for column in ("status", "answer", "visibility"))
    return say("digest.file", file=file), columns, say("digest.back")


def for_organiser(
    reader: Reader,
    *,
    new: Part,
    overdue: Part,
    approval: Part,
    declined: Part,
    withdrawn: Part,
    failures: Sequence[Failed],
    changed: Collection[str],
    experts: Callable[[str], str],
) -> Letter:
    """What the organiser is told; ``experts`` gives the name of an expert."""
    say = partial(texts.say, reader.language)

    def whose(asked: Asked) -> str:
        names = texts.names(reader.language, [experts(expert) for expert in asked.experts])
        to = say("digest.organiser.for", experts=names) if names else say("digest.organiser.nobody")
        return f"{_about(reader, asked, changed=changed)}; {to}; {asked.key}"

    def by_whom(asked: Asked) -> str:
        who = texts.names(reader.language, [reply.name for reply in asked.replies if reply.outcome == "decline"])
        return f"{_about(reader, asked)}; {say('digest.organiser.by', expert=who)}; {asked.key}"

    sections = (
        _section(reader, "new", new, whose),
        _section(reader, "overdue", overdue, whose, note=say("digest.overdue_note")),
        _section(
            reader,
            "organiser.approval",
            approval,
            whose,
            note=say("digest.organiser.approve", command=f"{PROGRAM} answers list"),
        ),
        _section(reader, "organiser.declined", declined, by_whom),
        _section(reader, "organiser.withdrawn", withdrawn, whose),
        _failures(reader, failures),
    )
    numbers = {"new": str(new.number), "overdue": str(overdue.number), "failures": str(len(failures))}
    whole = say("digest.organiser.whole", command=f"{PROGRAM} questions show KEY")
    return Letter(
        language=reader.language,
        subject=say("digest.organiser.subject", programme=reader.programme, **numbers),
        hello=reader.programme,
        sections=tuple(section for section in sections if section.items),
        closing=(whole, *_closing(reader)),
    )


def _closing(reader: Reader) -> tuple[str, ...]:
    hidden = () if reader.named else (texts.say(reader.language, "digest.numbers"),)
    return (*hidden, texts.say(reader.language, "digest.automatic"))


def _section(reader: Reader, name: str, part: Part, about: Callable[[Asked], str], *, note: str = "") -> Section:
    say = partial(texts.say, reader.language)
    left = part.number - len(part.shown)
    return Section(
        title=say(f"digest.{name}", number=str(part.number)),
        note=note,
        items=tuple(Item(asked.topic, about(asked), beginning(asked.texts[-1].text)) for asked in part.shown),
        more=say("digest.more", number=str(left)) if left else "",
    )


def _failures(reader: Reader, failures: Sequence[Failed]) -> Section:
    left = len(failures) - SHOWN
    return Section(
        title=texts.say(reader.language, "digest.organiser.failures", number=str(len(failures))),
        items=tuple(Item(failed.where, "", failed.why) for failed in failures[:SHOWN]),
        more=texts.say(reader.language, "digest.more", number=str(left)) if left > 0 else "",
    )


def _about(reader: Reader, asked: Asked, *, changed: Collection[str] = ()) -> str:
    say = partial(texts.say, reader.language)
    asker = texts.asker(reader.language, asked.asker, name=asked.name, city=asked.city)
    marks = [say("digest.changed")] if asked.key in changed else []
    marks += [say("digest.late")] if asked.late else []
    return "; ".join((asker, texts.moment(asked.asked_at, reader.zone, reader.language), *marks))


def beginning(text: str) -> str:
    """The first words of a text, its lines kept, blank ones left out."""
    lines = "\n".join(line.strip() for line in printable(text).splitlines() if line.strip())
    return lines if len(lines) <= CHARACTERS else lines[: CHARACTERS - 1].rstrip() + "…"
