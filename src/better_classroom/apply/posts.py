"""Materials, question boxes and announcements: made as drafts, changed in place, released."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from better_classroom import compare
from better_classroom.apply.hand import AskerLeft, Hand, seen_before
from better_classroom.change import Change
from better_classroom.course import Action, Attachment, ObservedPost, Post, Standing, Value
from better_classroom.errors import RefusedByGoogle, TryLater
from better_classroom.keys import file_key
from better_classroom.memory import Entry


def make(hand: Hand, change: Change) -> None:
    """Make a post as a draft; where it replaces one, delete that, and only then let it be seen: never both at once.

    Any other new post is let be seen by ``release``, once everyone may read its files.
    """
    post = change.item
    assert isinstance(post, Post)
    sent = compare.wanted_values(post, hand.now)
    attachments, topic_id = _attachments(hand, change, post), _topic_id(hand, post)
    classroom, course_id = hand.account(change).classroom, hand.course_id(change.course)
    former = hand.entries[change.key] if change.action is Action.REPLACE else None
    superseded, fields = former.remote_id if former else "", tuple(sent)
    sent |= seen_before(former)

    def entry(found: ObservedPost) -> Entry:
        answered = _only(fields, _answered(hand, found))
        return replace(hand.new_entry(change, found.remote_id, sent, answered), superseded=superseded)

    def create() -> ObservedPost:
        return classroom.create_post(
            course_id,
            post.kind,
            title=post.title,
            text=post.text_at(hand.now),
            topic_id=topic_id,
            attachments=attachments,
            only_for=hand.askers[post.asker] if post.asker else "",
        )

    try:
        hand.write(change, change.action, create, entry, sent=sent)
    except RefusedByGoogle as error:
        # How Google calls it is not known (google-unknowns.md), so whoever it is for is looked for in the course.
        if not post.asker or classroom.has_participant(course_id, hand.askers[post.asker]):
            raise
        raise AskerLeft(error.message, where=error.where, reason=error.reason, status=error.status) from error
    if superseded:
        hand.delete(replace(change, remote_id=superseded))
        if post.publish:
            release(hand, change)


def update(hand: Hand, change: Change) -> None:
    """Write the fields that differ."""
    post = change.item
    assert isinstance(post, Post)
    before = hand.entries[change.key]
    classroom, course_id = hand.account(change).classroom, hand.course_id(change.course)
    written = {field.name: field.want for field in change.fields}
    values = {name: str(value) for name, value in written.items() if name in {"title", "text"}}
    if "topic" in written:
        values["topic_id"] = _topic_id(hand, post)
    hand.write(
        change,
        Action.UPDATE,
        lambda: classroom.patch_post(course_id, post.kind, before.remote_id, **values),
        lambda found: _patched(hand, before, written, found),
        sent={**before.sent, **written},
        remote_id=before.remote_id,
    )


def release(hand: Hand, change: Change) -> None:
    """Schedule or publish a post that the ledger knows; without a publish time, make it an unscheduled draft again."""
    post = change.item
    assert isinstance(post, Post)
    before = hand.entries[change.key]
    classroom, course_id = hand.account(change).classroom, hand.course_id(change.course)
    due = compare.due(post.publish, hand.now)
    at_once = post.publish is not None and due is None
    written: dict[str, Value] = {"publish": post.publish.isoformat() if post.publish else None}

    def call() -> ObservedPost:
        if at_once:
            return classroom.publish_post(course_id, post.kind, before.remote_id)
        return classroom.schedule_post(course_id, post.kind, before.remote_id, due)

    released = hand.write(
        change,
        Action.RELEASE,
        call,
        lambda found: _patched(hand, before, written, found),
        sent={**before.sent, **written},
        remote_id=before.remote_id,
    )
    if at_once:
        if not _is_shown(released) and not _is_shown(_read_back(hand, change, before.remote_id)):
            hand.unconfirmed.append(change)
        targets = [part.target for part in post.attachments if part.kind == "file"]
        hand.published |= {(change.course, target): change.account for target in targets}


def _is_shown(post: ObservedPost | None) -> bool:
    """Whether Google itself shows it: a post has a link from the moment it is public (google-apis.md A.6)."""
    return post is not None and post.standing is Standing.PUBLIC and bool(post.link)


def _read_back(hand: Hand, change: Change, remote_id: str) -> ObservedPost | None:
    """The post as Google shows it now; None where it does not, which is no reason to call the publication undone."""
    try:
        return hand.account(change).classroom.post(hand.course_id(change.course), change.kind, remote_id)
    except (RefusedByGoogle, TryLater):
        return None


def _attachments(hand: Hand, change: Change, post: Post) -> tuple[Attachment, ...]:
    """The attachments as Google knows them: a presentation by its id in Drive."""
    return tuple(
        Attachment("drive", hand.file_id(file_key(change.account, part.target), change))
        if part.kind == "file"
        else part
        for part in post.attachments
    )


def _topic_id(hand: Hand, post: Post) -> str:
    return hand.entries[post.topic].remote_id if post.topic else ""


def _answered(hand: Hand, found: ObservedPost) -> dict[str, Value]:
    """What Google made of a post, in our words."""
    askers = {user: number for number, user in hand.askers.items()}
    return compare.post_values(found, topics=hand.topics, files=hand.files, askers=askers)


def _patched(hand: Hand, before: Entry, written: Mapping[str, Value], found: ObservedPost) -> Entry:
    answered = _only(written, _answered(hand, found))
    if found.standing is Standing.PUBLIC and "publish" in written:
        answered["publish"] = written["publish"]
    return replace(before, sent={**before.sent, **written}, answered={**before.answered, **answered})


def _only(names: Iterable[str], values: Mapping[str, Value]) -> dict[str, Value]:
    return {name: values.get(name) for name in names}
