"""One seminar in one course: its posts in the course's language, and everything that their texts need. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from better_classroom import texts
from better_classroom.course import Attachment, Kind, Post
from better_classroom.keys import copy_for, is_copy
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

AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""A publish time that has always passed."""

_STAYING = frozenset({"session", "answers"})
"""Slots of a cancelled seminar that stay as they are: one tells that it is cancelled, the other holds answers."""

SESSION_LEAD = timedelta(days=14)
"""How long before its start a seminar's details appear, where nothing else of it appears earlier."""


@dataclass(frozen=True, slots=True)
class Scene:
    """One seminar in one course: everything that the texts of its posts need."""

    programme: Programme
    course: CourseSpec
    seminar: Seminar

    def key(self, slot: str) -> str:
        """Key of what has a slot in this seminar and course."""
        return f"{self.course.key}/{self.seminar.key}/{slot}"

    def say(self, name: str, **values: str) -> str:
        """A text of ours in the course's language."""
        return texts.say(self.course.language, name, **values)

    def moment(self, instant: datetime) -> str:
        """An instant as the course's participants read it."""
        return texts.moment(instant, self.course.time_zone, self.course.language)

    def title(self, name: str) -> str:
        """Title of a post that we compose: it carries the seminar's label, which keeps the reading order visible."""
        label = self.seminar.label.say(self.course.language).strip() if self.seminar.label else ""
        return texts.title(self.course.language, name, label=label)

    def when(self) -> str:
        """From when to when the seminar is held."""
        return texts.span(self.seminar.starts, self.seminar.ends, self.course.time_zone, self.course.language)

    def join(self) -> str:
        """How to take part on the day."""
        join = self.seminar.join
        return self.say("session.join", with_=join.with_, url=join.url) if join else self.say("session.no_join")

    def experts(self) -> str:
        """The seminar's experts in a row, each with their partner."""
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

    def private_footer(self) -> str:
        """The last line of what one participant alone reads."""
        boxes = self._boxes()
        return self.say("private.footer", box=boxes[-1]) if boxes else self.say("private.footer_general")

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
        """The post that tells time and link."""
        summary = self.seminar.summary.say(self.course.language) if self.seminar.summary else ""
        lines = [self.say("session.when", when=self.when()), self.join()]
        if self.seminar.experts:
            lines.append(self.say("session.experts", experts=self.experts()))
        text = self.notice() if self.seminar.cancelled else texts.paragraphs(summary, "\n".join(lines), self.footer())
        return self.post(
            "session", Kind.MATERIAL, title=self.title("session.title"), text=text, publish=self._first_publish()
        )

    def _first_publish(self) -> datetime:
        boxes = self.seminar.questions
        times = [material.publish for material in (self.seminar.materials or {}).values()]
        times += [boxes.before.opens] if boxes and boxes.before else []
        return min(times, default=self.seminar.starts - SESSION_LEAD)

    def material(self, material: Material) -> Post:
        """One of the seminar's materials."""
        own = material.text.say(self.course.language) if material.text else ""
        attachments = tuple(self._attachment(attachment) for attachment in material.attachments)
        commented = any(one.kind == "file" and is_copy(one.target) for one in attachments)
        ways = texts.paragraphs(self.footer(), self.say("footer.slides") if commented else "")
        return self.post(
            f"materials.{material.key}",
            Kind.MATERIAL,
            title=material.title.say(self.course.language),
            text=texts.paragraphs(own, self.notice() if self.seminar.cancelled else ways),
            publish=material.publish,
            attachments=attachments,
        )

    def _attachment(self, attachment: FileAttachment | LinkAttachment | YoutubeAttachment) -> Attachment:
        if isinstance(attachment, FileAttachment):
            path = attachment.path(self.course.language)
            apart = self.programme.questions.slide_comments
            return Attachment("file", copy_for(path, self.course.key) if apart else path)
        if isinstance(attachment, LinkAttachment):
            return Attachment("link", attachment.url)
        return Attachment("youtube", attachment.id)

    def boxes(self) -> Iterator[Post]:
        """The question boxes, before and after."""
        assert self.seminar.questions
        for slot, window in (("before", self.seminar.questions.before), ("after", self.seminar.questions.after)):
            if window is None:
                continue
            closes, answers = self.moment(window.closes), self.title("answers.title")
            named = self.programme.questions.askers == "named"
            privacy = self.say("box.privacy_named" if named else "box.privacy")
            is_open = texts.paragraphs(self.say("box.text", experts=self.experts(), closes=closes), privacy)
            closed = texts.paragraphs(self.say("box.closed", closes=closes, answers=answers), privacy)
            cancelled = self.seminar.cancelled is not None
            yield self.post(
                slot,
                Kind.BOX,
                title=self.title(f"box.{slot}.title"),
                text=self.notice() if cancelled else is_open,
                publish=window.opens,
                later=None if cancelled else (window.closes, closed),
            )

    def expert(self, key: str) -> str:
        """Name of an expert; who has left the programme since is called by the key: what they wrote stays."""
        expert = self.programme.experts.get(key)
        return expert.name if expert else key

    def city(self, course: str) -> str:
        """Name of a course's city in this course's language."""
        spec = self.programme.courses.get(course)
        return spec.city.say(self.course.language) if spec else course

    def reminders(self) -> Iterator[Post]:
        """The announcements before the seminar."""
        for reminder in self.seminar.reminders or ():
            facts = self.say("reminder.footer", when=self.when(), join=self.join())
            text = texts.paragraphs(reminder.text.say(self.course.language), facts, self.reminder_footer())
            yield self.post(
                f"reminders.{reminder.key}", Kind.ANNOUNCEMENT, title="", text=text, publish=reminder.publish
            )

    def cancellation(self) -> Post:
        """The announcement that it will not take place."""
        return Post(key=self.key("cancelled"), kind=Kind.ANNOUNCEMENT, title="", text=self.notice(), publish=AT_ONCE)
