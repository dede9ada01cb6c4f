"""How far every course is: what participants see, what is scheduled, which questions wait. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from better_classroom.change import Blocker, Plan
from better_classroom.course import POSTS, ObservedPost, Standing, World
from better_classroom.memory import Memory
from better_classroom.reports.plan import Heading, target_line
from better_classroom.reports.wording import counted, local, short

WAITING = ("new", "assigned", "follow-up")
"""Statuses of a question that still waits for an answer."""


@dataclass(frozen=True, slots=True)
class CourseStatus:
    """One course at one moment; ``posts`` are ours alone."""

    course: str
    exists: bool
    link: str
    posts: Mapping[Standing, int]
    next_post: ObservedPost | None
    """The post that appears next."""
    overdue: tuple[ObservedPost, ...]
    """Scheduled posts whose time has passed and that Google has not published."""
    unlinked: tuple[ObservedPost, ...]
    """Public posts without a link of their own: participants may not see them yet."""
    unmanaged: int
    alone: int
    """How many of the posts are for one participant alone."""
    pending_changes: int
    questions: Mapping[str, int]
    """By status."""
    blockers: tuple[Blocker, ...] = ()
    """What Google does not let us do there."""


def make(
    plan: Plan, world: World, memory: Memory, questions: Mapping[tuple[str, str], int]
) -> tuple[CourseStatus, ...]:
    """The status of every course; ``questions`` counts them by course and status."""
    return tuple(_course(course, plan, world, memory, questions) for course in (*world.snapshots, *world.unseen))


def _course(
    course: str, plan: Plan, world: World, memory: Memory, questions: Mapping[tuple[str, str], int]
) -> CourseStatus:
    snapshot = world.snapshots.get(course)
    ours = {entry.remote_id for entry in memory.entries.values() if entry.kind in POSTS}
    posts = [post for post in snapshot.posts if post.remote_id in ours] if snapshot else []
    scheduled = sorted((post for post in posts if post.publish), key=lambda post: (post.publish, post.remote_id))
    return CourseStatus(
        course=course,
        exists=snapshot is not None,
        link=snapshot.course.link if snapshot else "",
        posts={standing: sum(post.standing is standing for post in posts) for standing in Standing},
        next_post=next((post for post in scheduled if post.publish and post.publish > plan.now), None),
        overdue=tuple(post for post in scheduled if post.publish and post.publish <= plan.now),
        unlinked=tuple(post for post in posts if post.standing is Standing.PUBLIC and not post.link),
        unmanaged=plan.unmanaged.get(course, 0),
        alone=sum(post.individual for post in posts),
        pending_changes=sum(change.course == course for change in plan.changes),
        questions={status: number for (where, status), number in questions.items() if where == course},
        blockers=tuple(blocker for blocker in plan.blockers if blocker.course == course),
    )


def text(courses: tuple[CourseStatus, ...], heading: Heading, now: datetime, kept_until: datetime | None = None) -> str:
    """The status for people; ``kept_until`` is when everybody who asked is forgotten."""
    lines = [*_lines(courses, heading, now)]
    if kept_until:
        zone = next(iter(heading.courses.values()))[1]
        lines += ["", retention(local(kept_until, zone), is_over=now > kept_until)]
    return "\n".join(lines) + "\n"


def retention(until: str, *, is_over: bool) -> str:
    """Until when questions are kept."""
    if is_over:
        return f"Questions were kept until {until}; sync forgets whoever asks."
    return f"Questions are kept until {until}; then sync forgets everybody who asked, and the answers stay."


def _lines(courses: tuple[CourseStatus, ...], heading: Heading, now: datetime) -> Iterator[str]:
    yield heading.programme
    yield target_line(heading.target)
    for status in courses:
        name, zone = heading.courses[status.course]
        yield ""
        yield f"{name}  [{status.course}], {local(now, zone)}"
        yield from (f"  BLOCKED    {blocker.reason}. {blocker.advice}" for blocker in status.blockers)
        if not status.exists:
            yield from () if status.blockers else ("  not made yet; apply makes it",)
            continue
        counts = ", ".join(f"{number} {_STANDINGS[standing]}" for standing, number in status.posts.items())
        alone = f"; {status.alone} of them for one participant alone" if status.alone else ""
        yield f"  posts      {counts}{alone}" + (f", {status.unmanaged} not ours" if status.unmanaged else "")
        if status.next_post and status.next_post.publish:
            title = short(status.next_post.title or status.next_post.text)
            yield f"  next       “{title}” appears {local(status.next_post.publish, zone)}"
        for post in status.overdue:
            yield f"  LATE       “{short(post.title or post.text)}” should have appeared; Google has not published it"
        for post in status.unlinked:
            yield f"  UNSURE     “{short(post.title or post.text)}” is public, but Google gives no link to it yet"
        waiting = sum(status.questions.get(word, 0) for word in WAITING)
        yield f"  questions  {sum(status.questions.values())} asked, {waiting} waiting for an answer"
        if status.pending_changes:
            yield f"  pending    {counted(status.pending_changes, 'change')}; see them with plan"


_STANDINGS = {Standing.PUBLIC: "public", Standing.SCHEDULED: "scheduled", Standing.DRAFT: "drafts"}


def data(
    courses: tuple[CourseStatus, ...], heading: Heading, now: datetime, kept_until: datetime | None = None
) -> dict[str, Any]:
    """The status for programs."""
    return {
        "target": heading.target,
        "now": now.isoformat(),
        "questions_kept_until": kept_until.isoformat() if kept_until else None,
        "courses": [_course_data(status) for status in courses],
    }


def _course_data(status: CourseStatus) -> dict[str, Any]:
    next_post = status.next_post
    return {
        "course": status.course,
        "exists": status.exists,
        "link": status.link,
        "posts": {standing.value: number for standing, number in status.posts.items()},
        "next": {"title": next_post.title or next_post.text, "publish": next_post.publish.isoformat()}
        if next_post and next_post.publish
        else None,
        "overdue": [post.title or post.text for post in status.overdue],
        "unlinked": [post.title or post.text for post in status.unlinked],
        "unmanaged": status.unmanaged,
        "alone": status.alone,
        "pending_changes": status.pending_changes,
        "questions": dict(status.questions),
        "blocked": [blocker.reason for blocker in status.blockers],
    }
