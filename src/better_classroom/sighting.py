"""What was found for each key: the item the ledger names, one that looks like it, or nothing. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from better_classroom import compare, lookalikes, threads
from better_classroom.comments import ObservedReply, file_of
from better_classroom.course import (
    Attachment,
    File,
    Item,
    ObservedCourse,
    ObservedFile,
    ObservedPost,
    ObservedTopic,
    Post,
    Share,
    Snapshot,
    Standing,
    Topic,
    Value,
    World,
)
from better_classroom.keys import account_of, course_of, file_key, file_mark, is_file, target_of
from better_classroom.memory import Memory


class Seen(StrEnum):
    """What was found in the course."""

    ABSENT = "nothing"
    KNOWN = "the item that the ledger names"
    LOOKALIKE = "one that looks like it"
    SUCCESSOR = "the item that the ledger names, and the draft that was to replace it"
    ANSWERS = "answers that participants can read and the ledger does not know"
    CLOSED = "no place for it: the comment that it answers, or the file that it opens, is gone"


Actual: TypeAlias = ObservedCourse | ObservedFile | ObservedTopic | ObservedPost | ObservedReply


@dataclass(frozen=True, slots=True)
class Sighting:
    """What was found for one key."""

    seen: Seen = Seen.ABSENT
    remote_id: str = ""
    """Of what was found; of the successor where there is one."""
    actual: Actual | None = None
    values: Mapping[str, Value] = field(default_factory=dict)
    """Its fields, in our words."""
    repeats: tuple[ObservedPost, ...] = ()
    """Drafts that repeat it: what is left of a create whose reply was lost."""


class Sightings:
    """Everything that was found, by key; ids become keys here, so that the planner never sees one."""

    def __init__(
        self,
        wanted: Mapping[str, Item],
        world: World,
        memory: Memory,
        accounts: Mapping[str, str],
        restore: Collection[str] = (),
    ) -> None:
        self._wanted, self._world, self._memory, self._accounts = wanted, world, memory, accounts
        self.gone = _gone_files(world, memory) - set(restore)
        """Keys of the files that a hand has deleted, and that are not to be put back."""
        self._paths = compare.paths_by_mark(set(_paths(wanted, memory)))
        self._posts: dict[str, ObservedPost] = {}
        self._values: dict[str, Mapping[str, Value]] = {}
        self._lookalikes: dict[str, lookalikes.Found] = {}
        self._course: dict[str, str] = {}
        self._unmanaged: dict[str, int] = {}
        self._topics: dict[str, dict[str, str]] = {}
        self._ours = {entry.remote_id for entry in memory.entries.values()}
        self._ours |= {entry.superseded for entry in memory.entries.values()}
        self._askers = {user: number for number, user in memory.askers.items()}
        for course, snapshot in world.snapshots.items():
            if snapshot:
                self._read(course, snapshot)

    def of(self, key: str) -> Sighting:
        """What was found for a key."""
        apart = {"file": self._file, "share": self._share, "reply": self._reply}.get(key.partition(":")[0])
        if apart:
            return apart(key)
        snapshot = self._world.snapshots.get(course_of(key))
        if snapshot is None:
            return Sighting()
        if key.endswith("/course"):
            values: dict[str, Value] = {"name": snapshot.course.name}
            return self._known_or_alike(key, snapshot.course.remote_id, snapshot.course, values)
        if key.endswith("/topic"):
            return self._topic(key, snapshot)
        return self._post(key)

    def is_there(self, remote_id: str) -> bool:
        """Whether a post of that id is in any of the courses."""
        return bool(remote_id) and remote_id in self._posts

    def standing(self, remote_id: str) -> Standing:
        """How far a post has come that is there."""
        return self._posts[remote_id].standing

    def is_public(self, remote_id: str) -> bool:
        """Whether a post of that id is there, and participants see it."""
        return self.is_there(remote_id) and self.standing(remote_id) is Standing.PUBLIC

    def holds_others(self, key: str) -> bool:
        """Whether a topic holds posts that are not ours, those among them of which only the number was observed."""
        topics, snapshot = self._topics.get(course_of(key), {}), self._world.snapshots.get(course_of(key))
        if snapshot and any(topic.others for topic in snapshot.topics if topics.get(topic.remote_id) == key):
            return True
        return any(
            self._values[post.remote_id]["topic"] == key and post.remote_id not in self._ours
            for post in self._posts.values()
        )

    def attaching(self, file: str) -> set[str]:
        """Ids of the posts to which a file is attached: those that are there, and those of courses not looked at."""
        account, mark = account_of(file), str(Attachment("file", target_of(file)))
        courses = {course for course, owner in self._accounts.items() if owner == account}
        there = {
            remote_id
            for remote_id, values in self._values.items()
            if self._course[remote_id] in courses and _holds(values["attachments"], mark)
        }
        elsewhere = {
            entry.remote_id
            for entry in self._memory.entries.values()
            if entry.account == account
            and entry.course not in self._world.snapshots
            and _holds(entry.sent.get("attachments"), mark)
        }
        return there | elsewhere

    def unmanaged(self) -> Mapping[str, int]:
        """By course: how many posts are there that are not ours."""
        return self._unmanaged

    def _read(self, course: str, snapshot: Snapshot) -> None:
        topics = self._topics[course] = self._topic_keys(course, snapshot)
        files = compare.paths_by_id(self._world.files.get(self._accounts[course], ()), self._paths)
        # What a post carries is what it was given, also where the file itself was deleted since.
        files |= {self._memory.entries[key].remote_id: target_of(key) for key in self.gone}
        self._posts |= {post.remote_id: post for post in snapshot.posts}
        for post in snapshot.posts:
            self._course[post.remote_id] = course
            self._values[post.remote_id] = compare.post_values(post, topics=topics, files=files, askers=self._askers)
        found = lookalikes.find(
            snapshot.posts,
            self._values,
            wanted={key: item for key, item in self._in(course) if isinstance(item, Post)},
            memory=self._memory,
            course=course,
            user=self._world.users[self._accounts[course]],
        )
        self._lookalikes |= found
        self._ours |= {post.remote_id for one in found.values() for post in (one.post, *one.repeats)}
        self._unmanaged[course] = sum(post.remote_id not in self._ours for post in snapshot.posts)

    def _in(self, course: str) -> Iterator[tuple[str, Item]]:
        return ((key, item) for key, item in self._wanted.items() if course_of(key) == course)

    def _topic_keys(self, course: str, snapshot: Snapshot) -> dict[str, str]:
        """Key of each topic by Google's id: by the ledger, else by its name, which no other topic there can have."""
        found = {
            entry.remote_id: key
            for key, entry in self._memory.entries.items()
            if key.endswith("/topic") and entry.course == course
        }
        names = {
            str(pending.sent.get("name")): key
            for key, pending in self._memory.pendings.items()
            if key.endswith("/topic") and course_of(key) == course
        }
        names |= {item.name: key for key, item in self._in(course) if isinstance(item, Topic)}
        taken = {found[topic.remote_id] for topic in snapshot.topics if topic.remote_id in found}
        for topic in snapshot.topics:
            key = names.get(topic.name)
            if topic.remote_id not in found and key and key not in taken:
                found[topic.remote_id] = key
        return found

    def _topic(self, key: str, snapshot: Snapshot) -> Sighting:
        keys = self._topics[course_of(key)]
        for topic in snapshot.topics:
            if keys.get(topic.remote_id) == key:
                return self._known_or_alike(key, topic.remote_id, topic, compare.topic_values(topic))
        return Sighting()

    def _known_or_alike(self, key: str, remote_id: str, actual: Actual, values: Mapping[str, Value]) -> Sighting:
        entry = self._memory.entries.get(key)
        seen = Seen.KNOWN if entry and entry.remote_id == remote_id else Seen.LOOKALIKE
        return Sighting(seen, remote_id, actual, values)

    def _file(self, key: str) -> Sighting:
        mark = file_mark(target_of(key))
        for file in self._world.files.get(account_of(key), ()):
            if file.key == mark:
                return self._known_or_alike(key, file.remote_id, file, {"sha256": file.sha256})
        return Sighting()

    def _share(self, key: str) -> Sighting:
        course, mark = course_of(key), file_mark(target_of(key))
        snapshot = self._world.snapshots.get(course)
        files = self._world.files.get(self._accounts.get(course, ""), ())
        file = next((file for file in files if file.key == mark), None)
        if file_key(self._accounts.get(course, ""), target_of(key)) in self.gone:
            return Sighting(Seen.CLOSED)
        if snapshot is None or file is None:
            return Sighting()
        if not snapshot.course.group_email:
            # Classroom itself shares there, as it publishes a post: that we know of it is all there is.
            return Sighting(Seen.KNOWN, "", file) if key in self._memory.entries else Sighting()
        group, item = snapshot.course.group_email.lower(), self._wanted.get(key)
        if isinstance(item, Share) and item.role == "commenter" and group not in file.commenters:
            return Sighting()  # whoever may only read is let comment by sharing anew
        permission = file.readers.get(group, "")
        return self._known_or_alike(key, permission, file, {}) if permission else Sighting()

    def _reply(self, key: str) -> Sighting:
        place, entry = threads.place_of(key, self._wanted, self._memory), self._memory.entries.get(key)
        looked_at = self._world.threads.get(file_of(place))
        if looked_at is None:
            # Nothing is to be done about it that would need a look: it counts as it was left.
            return Sighting(Seen.KNOWN, entry.remote_id, None, entry.answered) if entry else Sighting()
        thread = looked_at.get(place.partition("/")[2])
        if thread is None or thread.deleted:
            return Sighting(Seen.CLOSED)
        reply = threads.ours(thread, key, place, self._wanted, self._memory)
        if reply is None:
            return Sighting()
        return self._known_or_alike(key, f"{place}/{reply.remote_id}", reply, {"text": reply.text})

    def _post(self, key: str) -> Sighting:
        entry, found = self._memory.entries.get(key), self._lookalikes.get(key)
        known = self._posts.get(entry.remote_id) if entry else None
        if found:
            seen = Seen.SUCCESSOR if known else Seen.LOOKALIKE
            if entry is None and self._holds_answers(key, found.post):
                seen = Seen.ANSWERS
            return Sighting(seen, found.post.remote_id, found.post, self._values[found.post.remote_id], found.repeats)
        if known:
            return Sighting(Seen.KNOWN, known.remote_id, known, self._values[known.remote_id])
        return Sighting()

    def _holds_answers(self, key: str, post: ObservedPost) -> bool:
        """Whether participants read something there that would be lost: answers which an earlier ledger knew."""
        item = self._wanted.get(key)
        if post.standing is not Standing.PUBLIC or not isinstance(item, Post) or "/answers" not in key:
            return False
        return not _lines(post.text) <= _lines(item.text)


def _lines(text: str) -> set[str]:
    return {" ".join(line.split()) for line in text.splitlines()} - {""}


def _paths(wanted: Mapping[str, Item], memory: Memory) -> Iterator[str]:
    yield from (item.target for item in wanted.values() if isinstance(item, File))
    for key in (*memory.entries, *memory.pendings):
        if is_file(key):
            yield target_of(key)


def _gone_files(world: World, memory: Memory) -> set[str]:
    """Keys of the files that the ledger knows and that no hand of ours took away: their Drive was listed without them."""
    marks = {account: {file.key for file in files} for account, files in world.files.items()}
    known = [key for key in memory.entries if is_file(key) and key not in memory.pendings and account_of(key) in marks]
    return {key for key in known if file_mark(target_of(key)) not in marks[account_of(key)]}


def _holds(attachments: Value, mark: str) -> bool:
    return isinstance(attachments, tuple) and mark in attachments
