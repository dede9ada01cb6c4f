"""Answers in the threads of comments on slides: which there should be, which need a look, which are there. Pure.

Drive gives a reply no field for a key of ours either. So one whose id the ledger does not know is recognised by what it
says, among the account's own replies in its thread; and a thread is looked at only where something is to be done in it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from better_classroom import texts
from better_classroom.answered import Answered
from better_classroom.comments import ObservedComment, ObservedReply, Reply, file_of, thread_of
from better_classroom.compare import same
from better_classroom.course import Item, Kind
from better_classroom.keys import course_of
from better_classroom.memory import Memory
from better_classroom.programme import Programme


def replies(programme: Programme, answers: Sequence[Answered]) -> Iterator[Reply]:
    """Every answer that is to stand where it was asked for, in the course's language.

    An answer to several questions of one thread stands there once; one to a question that grew follows the earlier.
    """
    if not programme.questions.slide_comments:
        return
    found: dict[str, Reply] = {}
    said: set[tuple[str, str]] = set()
    for answer in answers:
        for course, question, thread in answer.threads:
            if course not in programme.courses:
                continue
            text = _text(programme, programme.courses[course].language, answer)
            if (thread, text) in said:
                continue
            said.add((thread, text))
            key = _free(f"reply:{course}/{question}-{answer.expert}", found)
            found[key] = Reply(key, thread, text)
    yield from found.values()


def _text(programme: Programme, language: str, answer: Answered) -> str:
    expert = programme.experts.get(answer.expert)
    who = expert.name if expert else answer.expert
    return texts.say(language, "answers.answer", expert=who, text=answer.answer_text.strip()).strip()


def _free(key: str, taken: Mapping[str, Reply]) -> str:
    """The key, with a number where the same expert answered the same question more than once."""
    number = 1
    while (name := key if number == 1 else f"{key}/{number}") in taken:
        number += 1
    return name


def to_look_at(
    wanted: Mapping[str, Item], memory: Memory, *, restore: Collection[str] = ()
) -> frozenset[tuple[str, str]]:
    """Course and file of every thread in which something is to be put, changed, or looked for. None on a quiet day.

    ``restore`` holds the keys of what an organiser wants to be put back, if it is not there.
    """
    wants = ((key, item) for key, item in wanted.items() if isinstance(item, Reply))
    keys = {key for key, item in wants if key in restore or not _stands(item, memory)}
    keys |= {key for key, pending in memory.pendings.items() if pending.kind is Kind.REPLY}
    found = ((course_of(key), file_of(place_of(key, wanted, memory))) for key in keys)
    return frozenset((course, file) for course, file in found if file)


def _stands(item: Reply, memory: Memory) -> bool:
    entry = memory.entries.get(item.key)
    return entry is not None and same("text", entry.sent.get("text"), item.text)


def place_of(key: str, wanted: Mapping[str, Item], memory: Memory) -> str:
    """The thread that a reply is in, or is to be in."""
    entry, item, pending = memory.entries.get(key), wanted.get(key), memory.pendings.get(key)
    if entry:
        return thread_of(entry.remote_id)
    if isinstance(item, Reply):
        return item.thread
    return str(pending.sent.get("thread", "")) if pending else ""


def ours(
    thread: ObservedComment, key: str, place: str, wanted: Mapping[str, Item], memory: Memory
) -> ObservedReply | None:
    """The reply in a thread that stands for a key: the one the ledger names, else one of ours with the same words."""
    entry = memory.entries.get(key)
    there = {f"{place}/{reply.remote_id}": reply for reply in thread.replies if not reply.deleted}
    item, pending = wanted.get(key), memory.pendings.get(key)
    if entry and (entry.remote_id in there or not pending or pending.remote_id):
        return there.get(entry.remote_id)
    words = [str(pending.sent.get("text", ""))] if pending else []
    words += [item.text] if isinstance(item, Reply) else []
    named = {other.remote_id for other in memory.entries.values()}
    free = [reply for name, reply in there.items() if reply.ours and name not in named]
    return next((reply for text in words for reply in free if same("text", reply.text, text)), None)
