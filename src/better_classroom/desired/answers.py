"""The posts that carry answers: for everybody, for one asker alone, and the news that answers have come. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta

from better_classroom import texts
from better_classroom.answered import Answered, Confided
from better_classroom.course import Kind, Post
from better_classroom.desired.scene import Scene
from better_classroom.programme import CourseSpec, Seminar, topic_name

TEXT_LIMIT = 29_000
"""Characters in a post with answers; Google allows 30,000 (google-apis.md A.3, A.7), and does not say of what."""

NEWS_FOR = timedelta(days=2)
"""From the beginning of a day: how long that its answers have come is news, which is until the next day ends."""


def public(scene: Scene, answers: Sequence[Answered]) -> Iterator[Post]:
    """The "Questions and answers" post, continued in further ones before Google's limit is reached.

    Without an answer it is a draft: made early, so that later it stands where readers expect it.
    """
    title = scene.title("answers.title")
    found = list(pages([_told(scene, answer) for answer in answers], TEXT_LIMIT))
    if not found:
        waiting = texts.paragraphs(scene.say("answers.waiting"), scene.last_footer())
        yield scene.post("answers", Kind.MATERIAL, title=title, text=waiting, publish=None)
    first = min((answer.answered_at for answer in answers), default=None)
    for number, page in enumerate(found, start=1):
        suffix = "" if number == 1 else " " + scene.say("answers.continued", n=str(number))
        yield scene.post(
            "answers" if number == 1 else f"answers-{number}",
            Kind.MATERIAL,
            title=title + suffix,
            text=texts.paragraphs(scene.say("answers.intro"), page, scene.last_footer()),
            publish=first,
        )


def _told(scene: Scene, answer: Answered) -> str:
    told = scene.say("answers.answer", expert=scene.expert(answer.expert), text=answer.answer_text.strip())
    if not answer.question_text:  # its asker is forgotten, and what the expert wrote stays
        return f"{scene.say('answers.forgotten')}\n{told}"
    who = ", ".join(
        texts.asker(scene.course.language, number, name=answer.names.get(number, ""), city=scene.city(course))
        for number, course in answer.askers or ((answer.asker, answer.course),)
    )
    question = scene.say("answers.question", asker=who, text=answer.question_text.strip())
    return f"{question}\n{told}"


def private(scene: Scene, told: Confided) -> Post:
    """An announcement to one asker alone: the answer to their question, or why there is none.

    It is public, as far as Classroom goes, from the moment it is made: whoever asked is waiting for it.
    """
    expert, words = scene.expert(told.expert), told.answer_text.strip()
    heading = scene.say(
        "private.declined" if told.declined else "private.answered",
        seminar=topic_name(scene.seminar, scene.course.language),
    )
    if not told.declined:
        answer = scene.say("answers.answer", expert=expert, text=words)
    elif words:
        answer = scene.say("private.reason", expert=expert, text=words)
    else:
        answer = scene.say("private.no_reason", expert=expert)
    footer = scene.private_footer()
    # Whoever asked knows the question: where not all has room, the answer stays whole.
    room = TEXT_LIMIT - len(texts.paragraphs(heading, scene.say("private.question", text="…"), answer, footer))
    question = scene.say("private.question", text=_cut(told.question_text.strip(), room)) if room > 0 else ""
    return Post(
        key=told.key,
        kind=Kind.ANNOUNCEMENT,
        title="",
        text=texts.paragraphs(heading, question, answer, footer),
        publish=told.answered_at,
        asker=told.asker,
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rstrip() + "…"


def news(course: CourseSpec, shown: Sequence[tuple[Seminar, Sequence[Answered]]]) -> Iterator[Post]:
    """One announcement for each day on which answers came, naming the seminars that they are about.

    A later answer of the same day is added to it, without a second notification. The day is the course's own, and it
    stands in the text, so that the announcements of two days never have the same words.
    """
    days: defaultdict[date, dict[str, str]] = defaultdict(dict)
    for seminar, answers in shown:
        for answer in answers:
            if not answer.quiet:
                day = answer.answered_at.astimezone(course.time_zone).date()
                days[day][seminar.key] = topic_name(seminar, course.language)
    for day, seminars in sorted(days.items()):
        begins = datetime.combine(day, time(), course.time_zone)
        text = texts.say(
            course.language,
            "news.text",
            day=texts.day(begins, course.time_zone, course.language),
            seminars="\n".join(f"– {name}" for name in seminars.values()),
            answers=texts.say(course.language, "answers.title"),
        )
        yield Post(
            key=f"{course.key}/news.{day.isoformat()}",
            kind=Kind.ANNOUNCEMENT,
            title="",
            text=texts.paragraphs(text, texts.say(course.language, "footer.general")),
            publish=begins.astimezone(UTC),
            until=(begins + NEWS_FOR).astimezone(UTC),
        )


def pages(blocks: Sequence[str], limit: int) -> Iterator[str]:
    """Blocks joined by blank lines into texts of at most ``limit`` characters; a longer block is cut, never lost."""
    page = ""
    for piece in (block[start : start + limit] for block in blocks for start in range(0, len(block), limit)):
        joined = f"{page}\n\n{piece}" if page else piece
        if len(joined) > limit:
            yield page
            joined = piece
        page = joined
    if page:
        yield page
