"""What every course should hold, worked out from the programme and the answers. Pure: no clock, no network.

The items of a course come in reading order. Nothing here depends on what time it is: an item carries its instants, and
the planner holds them against the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from better_classroom import texts
from better_classroom.course import FORGOTTEN, Answered, Attachment, Bytes, Course, File, Item, Kind, Post, Share, Topic
from better_classroom.programme import (
    CourseSpec,
    FileAttachment,
    LinkAttachment,
    Material,
    Programme,
    Seminar,
    YoutubeAttachment,
    topic_name,
)

TEXT_LIMIT = 29_000
"""Characters in one "Questions and answers" post; Google allows 30,000 (google-apis.md A.3), and does not say of what."""

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A publish time that has always passed."""

_STAYING = frozenset({"session", "answers"})
"""Slots of a cancelled seminar that stay as they are: one tells that it is cancelled, the other holds answers."""

SESSION_LEAD = timedelta(days=14)
"""How long before its start a seminar's details appear, where nothing else of it appears earlier."""


@dataclass(frozen=True, slots=True)
class Desired:
    """The items, each course's in reading order, and what the programme says nothing about."""

    items: tuple[Item, ...]
    unmanaged: tuple[str, ...]
    """Beginnings of keys that belong to sections which the programme leaves out: these are left as they are."""


def items(programme: Programme, *, files: Mapping[str, Bytes], answers: Sequence[Answered] = ()) -> Desired:
    """Every item that should exist: the files of each account, then course by course.

    ``files`` tells by path what each presentation holds.
    """
    if programme.questions.approval == "organiser":
        # Nothing can be approved in this version, so nothing goes out: `check` tells so.
        answers = ()
    found = [item for course in programme.courses.values() for item in _course(programme, course, answers)]
    needed = {
        (programme.courses[key.partition("/")[0]].account, attachment.target): None
        for key, attachment in _attached_files(found)
    }
    uploads = [_file(account, path, files[path]) for account, path in needed]
    return Desired(items=(*uploads, *found), unmanaged=tuple(_unmanaged(programme)))


def file_key(account: str, path: str) -> str:
    """Key of a presentation in an account's Drive."""
    return f"file:{account}/{path}"


def _file(account: str, path: str, content: Bytes) -> File:
    return File(
        key=file_key(account, path),
        path=path,
        name=path.rpartition("/")[2],
        mime_type=content.mime_type,
        sha256=content.sha256,
        size=content.size,
    )


def _attached_files(found: Sequence[Item]) -> Iterator[tuple[str, Attachment]]:
    for item in found:
        if isinstance(item, Post):
            yield from ((item.key, attachment) for attachment in item.attachments if attachment.kind == "file")


def _course(programme: Programme, course: CourseSpec, answers: Sequence[Answered]) -> Iterator[Item]:
    if course.alias:
        yield Course(key=f"{course.key}/course", name=(course.name or programme.title).say(course.language))
    posts = [post for seminar in programme.seminars.values() for post in _seminar(programme, course, seminar, answers)]
    if programme.welcome:
        posts.append(_welcome(programme, course))
    for path in dict.fromkeys(attachment.target for _, attachment in _attached_files(posts)):
        yield Share(key=f"share:{course.key}/{path}", file=file_key(course.account, path))
    yield from posts


def _seminar(
    programme: Programme, course: CourseSpec, seminar: Seminar, answers: Sequence[Answered]
) -> Iterator[Topic | Post]:
    scene = _Scene(programme, course, seminar)
    yield Topic(key=scene.key("topic"), name=topic_name(seminar, course.language))
    yield scene.session()
    yield from (scene.material(material) for material in (seminar.materials or {}).values())
    if seminar.questions:
        yield from scene.boxes()
        yield from scene.answers([answer for answer in answers if _is_for(answer, programme, course, seminar)])
    yield from scene.reminders()
    if seminar.cancelled:
        yield scene.cancellation()


def _is_for(answer: Answered, programme: Programme, course: CourseSpec, seminar: Seminar) -> bool:
    everywhere = programme.questions.publish_answers == "all_courses"
    return answer.seminar == seminar.key and (everywhere or answer.course == course.key)


def _welcome(programme: Programme, course: CourseSpec) -> Post:
    assert programme.welcome
    return Post(
        key=f"{course.key}/welcome",
        kind=Kind.ANNOUNCEMENT,
        title="",
        text=_paragraphs(programme.welcome.text.say(course.language), texts.say(course.language, "welcome.footer")),
        publish=programme.welcome.publish,
    )


def _unmanaged(programme: Programme) -> Iterator[str]:
    for course in programme.courses.values():
        if programme.welcome is None:
            yield f"{course.key}/welcome"
        for seminar in programme.seminars.values():
            prefix = f"{course.key}/{seminar.key}"
            if seminar.materials is None:
                yield f"{prefix}/materials."
            if seminar.questions is None:
                yield from (f"{prefix}/{slot}" for slot in ("before", "after", "answers"))
            if seminar.reminders is None:
                yield f"{prefix}/reminders."


def _paragraphs(*parts: str) -> str:
    return "\n\n".join(part.strip() for part in parts if part.strip())


@dataclass(frozen=True, slots=True)
class _Scene:
    """One seminar in one course: everything that the texts of its posts need."""

    programme: Programme
    course: CourseSpec
    seminar: Seminar

    def key(self, slot: str) -> str:
        return f"{self.course.key}/{self.seminar.key}/{slot}"

    def say(self, name: str, **values: str) -> str:
        return texts.say(self.course.language, name, **values)

    def moment(self, instant: datetime) -> str:
        return texts.moment(instant, self.course.time_zone, self.course.language)

    def title(self, name: str) -> str:
        """Title of a post that we compose: it carries the seminar's label, which keeps the reading order visible."""
        label = self.seminar.label.say(self.course.language).strip() if self.seminar.label else ""
        return texts.title(self.course.language, name, label=label)

    def when(self) -> str:
        return texts.span(self.seminar.starts, self.seminar.ends, self.course.time_zone, self.course.language)

    def join(self) -> str:
        join = self.seminar.join
        return self.say("session.join", with_=join.with_, url=join.url) if join else self.say("session.no_join")

    def experts(self) -> str:
        found = [self.programme.experts[key] for key in self.seminar.experts]
        people = [f"{expert.name} ({expert.partner})" if expert.partner else expert.name for expert in found]
        return texts.names(self.course.language, people)

    def notice(self) -> str:
        """The words that stand where a cancelled seminar's own would."""
        assert self.seminar.cancelled
        language = self.course.language
        return self.say(
            "cancelled.notice", title=topic_name(self.seminar, language), text=self.seminar.cancelled.say(language)
        )

    def footer(self) -> str:
        """The last line of a material: where to ask, and that comments do not reach the expert."""
        boxes = self._boxes()
        if len(boxes) > 1:
            return self.say("footer.both", before=boxes[0], after=boxes[1])
        return self.say("footer.material", box=boxes[0]) if boxes else self.say("footer.general")

    def last_footer(self) -> str:
        """The last line where the seminar is over, or nearly: only the later box is of use."""
        boxes = self._boxes()
        return self.say("footer.material", box=boxes[-1]) if boxes else self.say("footer.general")

    def reminder_footer(self) -> str:
        """The last line of an announcement before the seminar."""
        boxes = self._boxes()
        return self.say("footer.announcement", box=boxes[0]) if boxes else self.say("footer.general")

    def _boxes(self) -> list[str]:
        boxes = self.seminar.questions
        windows = (("before", boxes.before), ("after", boxes.after)) if boxes else ()
        return [self.title(f"box.{slot}.title") for slot, window in windows if window]

    def post(
        self,
        slot: str,
        kind: Kind,
        *,
        text: str,
        publish: datetime | None,
        title: str = "",
        attachments: tuple[Attachment, ...] = (),
        later: tuple[datetime, str] | None = None,
    ) -> Post:
        """A post in this seminar's topic; a cancelled seminar's posts stay only where participants have seen them."""
        if self.seminar.cancelled and title:
            title = f"{title} {self.say('cancelled.title_suffix')}"
        return Post(
            key=self.key(slot),
            kind=kind,
            title=title,
            text=text,
            topic="" if kind is Kind.ANNOUNCEMENT else self.key("topic"),
            attachments=attachments,
            publish=publish,
            later=later,
            only_if_public=bool(self.seminar.cancelled) and slot not in _STAYING,
        )

    def session(self) -> Post:
        summary = self.seminar.summary.say(self.course.language) if self.seminar.summary else ""
        lines = [self.say("session.when", when=self.when()), self.join()]
        if self.seminar.experts:
            lines.append(self.say("session.experts", experts=self.experts()))
        text = self.notice() if self.seminar.cancelled else _paragraphs(summary, "\n".join(lines), self.footer())
        return self.post(
            "session", Kind.MATERIAL, title=self.title("session.title"), text=text, publish=self._first_publish()
        )

    def _first_publish(self) -> datetime:
        boxes = self.seminar.questions
        times = [material.publish for material in (self.seminar.materials or {}).values()]
        times += [boxes.before.opens] if boxes and boxes.before else []
        return min(times, default=self.seminar.starts - SESSION_LEAD)

    def material(self, material: Material) -> Post:
        own = material.text.say(self.course.language) if material.text else ""
        return self.post(
            f"materials.{material.key}",
            Kind.MATERIAL,
            title=material.title.say(self.course.language),
            text=_paragraphs(own, self.notice() if self.seminar.cancelled else self.footer()),
            publish=material.publish,
            attachments=tuple(self._attachment(attachment) for attachment in material.attachments),
        )

    def _attachment(self, attachment: FileAttachment | LinkAttachment | YoutubeAttachment) -> Attachment:
        if isinstance(attachment, FileAttachment):
            return Attachment("file", attachment.path(self.course.language))
        if isinstance(attachment, LinkAttachment):
            return Attachment("link", attachment.url)
        return Attachment("youtube", attachment.id)

    def boxes(self) -> Iterator[Post]:
        assert self.seminar.questions
        for slot, window in (("before", self.seminar.questions.before), ("after", self.seminar.questions.after)):
            if window is None:
                continue
            closes, answers = self.moment(window.closes), self.title("answers.title")
            # Askers stay hidden in this version, whatever the programme says: `check` tells so, and it is the safe side.
            privacy = self.say("box.privacy")
            is_open = _paragraphs(self.say("box.text", experts=self.experts(), closes=closes), privacy)
            closed = _paragraphs(self.say("box.closed", closes=closes, answers=answers), privacy)
            cancelled = self.seminar.cancelled is not None
            yield self.post(
                slot,
                Kind.BOX,
                title=self.title(f"box.{slot}.title"),
                text=self.notice() if cancelled else is_open,
                publish=window.opens,
                later=None if cancelled else (window.closes, closed),
            )

    def answers(self, answers: Sequence[Answered]) -> Iterator[Post]:
        """The "Questions and answers" post, continued in further ones before Google's limit is reached.

        Without an answer it is a draft: made early, so that later it stands where readers expect it.
        """
        title = self.title("answers.title")
        pages = list(_pages([self._answer(answer) for answer in answers], TEXT_LIMIT))
        if not pages:
            waiting = _paragraphs(self.say("answers.waiting"), self.last_footer())
            yield self.post("answers", Kind.MATERIAL, title=title, text=waiting, publish=None)
        first = min((answer.answered_at for answer in answers), default=None)
        for number, page in enumerate(pages, start=1):
            suffix = "" if number == 1 else " " + self.say("answers.continued", n=str(number))
            yield self.post(
                "answers" if number == 1 else f"answers-{number}",
                Kind.MATERIAL,
                title=title + suffix,
                text=_paragraphs(self.say("answers.intro"), page, self.last_footer()),
                publish=first,
            )

    def _answer(self, answer: Answered) -> str:
        # Who asked and who answered may have left the programme since; what they wrote stays.
        expert = self.programme.experts.get(answer.expert)
        askers = answer.askers or ((answer.asker, answer.course),)
        nobody = askers == ((str(FORGOTTEN), answer.course),)
        who = ", ".join(
            self.say("answers.participant", number=number, city=self.city(course)) for number, course in askers
        )
        question = self.say("answers.question", asker=who, text=answer.question_text.strip())
        told = self.say(
            "answers.answer", expert=expert.name if expert else answer.expert, text=answer.answer_text.strip()
        )
        return f"{self.say('answers.forgotten') if nobody else question}\n{told}"

    def city(self, course: str) -> str:
        """Name of a course's city in this course's language."""
        spec = self.programme.courses.get(course)
        return spec.city.say(self.course.language) if spec else course

    def reminders(self) -> Iterator[Post]:
        for reminder in self.seminar.reminders or ():
            facts = self.say("reminder.footer", when=self.when(), join=self.join())
            text = _paragraphs(reminder.text.say(self.course.language), facts, self.reminder_footer())
            yield self.post(
                f"reminders.{reminder.key}", Kind.ANNOUNCEMENT, title="", text=text, publish=reminder.publish
            )

    def cancellation(self) -> Post:
        return Post(key=self.key("cancelled"), kind=Kind.ANNOUNCEMENT, title="", text=self.notice(), publish=AT_ONCE)


def _pages(blocks: Sequence[str], limit: int) -> Iterator[str]:
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
