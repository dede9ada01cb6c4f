"""Answers in the threads of comments on slides: put there, corrected in place. Hand deletes them, as everything."""

from __future__ import annotations

from dataclasses import replace

from better_classroom.apply.hand import Hand
from better_classroom.change import Change
from better_classroom.comments import Reply
from better_classroom.course import Action, Value


def create(hand: Hand, change: Change) -> None:
    """Put an answer into its thread; the pending row keeps thread and words, by which a lost one is known again."""
    reply = change.item
    assert isinstance(reply, Reply)
    comments = hand.account(change).comments
    sent: dict[str, Value] = {"text": reply.text, "thread": reply.thread}
    hand.write(
        change,
        Action.CREATE,
        lambda: comments.reply(reply.thread, reply.text),
        lambda found: hand.new_entry(change, f"{reply.thread}/{found.remote_id}", sent, {"text": found.text}),
        sent=sent,
    )


def correct(hand: Hand, change: Change) -> None:
    """Put the corrected words in the place of the earlier ones."""
    reply = change.item
    assert isinstance(reply, Reply)
    before = hand.entries[change.key]
    comments = hand.account(change).comments
    sent: dict[str, Value] = {**before.sent, "text": reply.text}
    hand.write(
        change,
        Action.UPDATE,
        lambda: comments.correct(before.remote_id, reply.text),
        lambda found: replace(before, sent=sent, answered={"text": found.text}),
        sent=sent,
        remote_id=before.remote_id,
    )
