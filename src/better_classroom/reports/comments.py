"""Where participants cannot comment on slides, although the programme asks for it: told before anybody tries. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from better_classroom.change import Plan
from better_classroom.course import Item, Share
from better_classroom.keys import course_of, path_of, target_of

# Google's help for people who comment names PDF files, Microsoft Office's and pictures (docs/google-unknowns.md).
COMMENTABLE = frozenset(
    {".pdf", ".ppt", ".pptx", ".doc", ".docx", ".xls", ".xlsx", ".png", ".jpg", ".jpeg", ".gif", ".webp"}
)

NO_GROUP = "the course has no address to share with, so its participants can read the slides, and not comment on them"
NO_GROUP_REMEDY = "A personal account's course has none. Ask for questions in the question boxes there."
NO_COMMENTS_REMEDY = "Save them as PDF, or ask for questions on them in the question boxes."


def shared(items: Iterable[Item], course: str = "") -> Iterator[Share]:
    """Which files participants are to comment on; in one course, if it is named."""
    for item in items:
        if isinstance(item, Share) and item.role == "commenter" and course in {"", course_of(item.key)}:
            yield item


def shut(plan: Plan) -> tuple[str, ...]:
    """Courses whose participants cannot be let comment."""
    return tuple(dict.fromkeys(course_of(item.key) for item in shared(plan.desired.items)).keys() & plan.unshared)


def mute(items: Iterable[Item]) -> tuple[str, ...]:
    """Paths of the files on which, as far as Google says, nobody can comment in Drive's page."""
    paths = dict.fromkeys(path_of(target_of(item.key)) for item in shared(items))
    return tuple(path for path in paths if PurePosixPath(path).suffix.lower() not in COMMENTABLE)


def lines(plan: Plan) -> Iterator[str]:
    """A section of the plan; none where everything can be commented on."""
    silent, closed = mute(plan.desired.items), sorted(shut(plan))
    if not (silent or closed):
        return
    yield "Comments on slides"
    if silent:
        yield f"  {no_comments(silent)}"
        yield f"      {NO_COMMENTS_REMEDY}"
    for course in closed:
        yield f"  {course}: {NO_GROUP}"
        yield f"      {NO_GROUP_REMEDY}"
    yield ""


def no_comments(paths: Iterable[str]) -> str:
    """Which files have no comments."""
    return f"Google names no way to comment on {', '.join(paths)} in Drive's page"
