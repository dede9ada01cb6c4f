"""The programme as people write it: which keys there are, and what may stand after each.

Every key may be absent here, so that one look finds everything: a value that was complained about is taken out (None),
and the rest is looked at on. Which keys must be there stands in ``needed``, and ``checks`` asks for them.

Annotations are evaluated as they stand (no ``from __future__``): pydantic would compile each anew at every start.
"""

from typing import Annotated, Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, model_validator

from better_classroom.programme.fields import (
    Alias,
    CourseId,
    Days,
    Email,
    FilePath,
    Key,
    Language,
    Line,
    Moment,
    Slug,
    Url,
    Version,
    When,
    Words,
    YesOrNo,
    Youtube,
    Zone,
    choice,
)
from better_classroom.programme.values import text, wrong
from better_classroom.texts import LANGUAGES


class Written(BaseModel):
    """A group of keys; ``shape`` is how one is written, for those who wrote something else."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)
    needed: ClassVar[tuple[str, ...]] = ()
    shape: ClassVar[str] = ""


def _each(value: Any) -> Any:
    if isinstance(value, dict) and "" in value:
        raise wrong("an empty text is not a language of ours", f"known here: {', '.join(LANGUAGES)}")
    return value if isinstance(value, dict) else {"": text(value)}


class WrittenText(RootModel[dict[str, Words | None]]):
    """A text for participants: one for all languages, which stands under an empty key here, or one per language."""

    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        return _each(value)


class WrittenFile(RootModel[dict[str, FilePath | None]]):
    """A path: one for all languages, which stands under an empty key here, or one per language."""

    model_config = ConfigDict(frozen=True, strict=True, defer_build=True)

    @model_validator(mode="before")
    @classmethod
    def _one_for_all(cls, value: Any) -> Any:
        return _each(value)


class WrittenCourse(Written):
    """The Google Classroom course of one city."""

    needed = ("language",)
    shape = '{language: et, alias: "p:my-programme-tartu"}'

    language: Annotated[Language | None, Field(description="The language in which this course is spoken to.")] = None
    alias: Annotated[
        Alias | None, Field(description="Our lasting name of the course: found by it, or created under it. Or `id`.")
    ] = None
    id: Annotated[CourseId | None, Field(description="Google's id of a course that exists already. Or `alias`.")] = None
    time_zone: Annotated[Zone | None, Field(description="Whose clocks participants see; else the programme's.")] = None
    account: Annotated[Email | None, Field(description="Who teaches this course; else the programme's account.")] = None
    name: Annotated[WrittenText | None, Field(description="Name of a course we create; else the title.")] = None
    city: Annotated[WrittenText | None, Field(description="Its city, as published answers call it; else the key.")] = (
        None
    )
    participants: Annotated[FilePath | None, Field(description="A CSV file with the columns name and email.")] = None


class WrittenExpert(Written):
    """Someone who leads seminars and answers questions."""

    needed = ("name", "partner", "email")
    shape = '{name: …, partner: "P4 Tartu", email: name@city.example}'

    name: Annotated[Line | None, Field(description="As participants read it.")] = None
    partner: Annotated[Line | None, Field(description="Where the expert comes from.")] = None
    email: Annotated[Email | None, Field(description="Whom the questions are brought to; never published.")] = None
    language: Annotated[
        Language | None, Field(description="What the expert is written to in; else the programme's first language.")
    ] = None
    board: Annotated[
        Annotated[str, choice("sheet", "file")] | None,
        Field(description="Whether questions come in a Google Sheet (the default) or in files."),
    ] = None


class WrittenJoin(Written):
    """How to take part on the day."""

    needed = ("with", "url")
    shape = "{with: Webex, url: https://…}"

    with_: Annotated[Line | None, Field(alias="with", description="What the session is held with.")] = None
    url: Annotated[Url | None, Field(description="The address that participants open.")] = None


class WrittenAttachment(Written):
    """A file, a link or a video."""

    shape = "`file: …`, `link: …` or `youtube: …`"

    file: Annotated[
        WrittenFile | None, Field(description="A file inside the programme's folder; one path, or one per language.")
    ] = None
    link: Annotated[Url | None, Field(description="A web address.")] = None
    youtube: Annotated[Youtube | None, Field(description="YouTube's id of a video: eleven characters.")] = None


class WrittenMaterial(Written):
    """One post under a seminar's topic, with what is attached to it."""

    needed = ("title", "publish")
    shape = "{title: …, publish: 14 days before, attachments: [file: slides/one.pdf]}"

    title: Annotated[WrittenText | None, Field(description="Heading of the post; its own within the seminar.")] = None
    text: Annotated[WrittenText | None, Field(description="What stands in the post, above its attachments.")] = None
    publish: Annotated[When | None, Field(description="When participants get to see it.")] = None
    attachments: Annotated[
        list[WrittenAttachment | None] | None, Field(description="Presentations, links and videos: at most 20.")
    ] = None


class WrittenWindow(Written):
    """From when to when participants are asked for questions."""

    needed = ("opens", "closes")
    shape = "{opens: 14 days before, closes: at start}"

    opens: Annotated[When | None, Field(description="When the question box appears.")] = None
    closes: Annotated[When | None, Field(description="The closing time that its text names.")] = None


class WrittenBoxes(Written):
    """The two posts where participants may ask a seminar's experts."""

    shape = "{before: {opens: …, closes: …}, after: {opens: …, closes: …}}"

    before: Annotated[WrittenWindow | None, Field(description="Questions before the seminar.")] = None
    after: Annotated[WrittenWindow | None, Field(description="Questions after the seminar.")] = None


class WrittenReminder(Written):
    """An announcement that comes before a seminar."""

    needed = ("publish", "text")
    shape = "{publish: 1 day before, text: …}"

    publish: Annotated[When | None, Field(description="When it appears: before the seminar starts.")] = None
    text: Annotated[WrittenText | None, Field(description="What it says.")] = None


class WrittenNotice(Written):
    """One announcement a course, outside any seminar."""

    needed = ("publish", "text")
    shape = "{publish: 21 days before the first seminar, text: …}"

    publish: Annotated[When | None, Field(description="When it appears.")] = None
    text: Annotated[WrittenText | None, Field(description="What it says.")] = None


class WrittenCancelled(Written):
    """That a seminar will not take place."""

    needed = ("text",)
    shape = "{text: …}"

    text: Annotated[WrittenText | None, Field(description="What participants are told.")] = None


class WrittenSeminar(Written):
    """One unit of the programme; becomes a topic in each course."""

    needed = ("title", "starts", "ends")
    shape = "a line for each of title, starts, ends, experts, …"

    label: Annotated[WrittenText | None, Field(description="Stands before the title, such as “Seminar 1”.")] = None
    title: Annotated[
        WrittenText | None, Field(description="What it is about; with the label at most 100 characters.")
    ] = None
    summary: Annotated[WrittenText | None, Field(description="A few lines on it, shown with time and link.")] = None
    starts: Annotated[Moment | None, Field(description="When it starts, by the programme's clocks.")] = None
    ends: Annotated[Moment | None, Field(description="When it ends, by the programme's clocks.")] = None
    experts: Annotated[list[Line | None] | None, Field(description="Keys of the experts who lead it.")] = None
    join: Annotated[WrittenJoin | None, Field(description="What the session is held with, and its address.")] = None
    materials: Annotated[
        dict[Key, WrittenMaterial | None] | None,
        Field(description="Posts of the topic, in reading order; absent: materials are left as they are."),
    ] = None
    questions: Annotated[WrittenBoxes | None, Field(description="The question boxes.")] = None
    reminders: Annotated[list[WrittenReminder | None] | None, Field(description="Announcements before it.")] = None
    cancelled: Annotated[WrittenCancelled | None, Field(description="Present once it will not take place.")] = None


class WrittenQuestionSettings(Written):
    """What holds for all questions and answers."""

    shape = "{askers: hidden, publish_answers: all_courses}"

    askers: Annotated[
        Annotated[str, choice("hidden", "named")] | None, Field(description="Whether classmates read who asked.")
    ] = None
    publish_answers: Annotated[
        Annotated[str, choice("all_courses", "own_course")] | None, Field(description="Where an answer is published.")
    ] = None
    approval: Annotated[
        Annotated[str, choice("none", "organiser")] | None, Field(description="Who lets an answer out.")
    ] = None
    announce: Annotated[
        Annotated[str, choice("daily", "never")] | None, Field(description="Whether new answers are announced.")
    ] = None
    slide_comments: Annotated[
        YesOrNo | None, Field(description="Whether comments on the slides in Drive count as questions.")
    ] = None
    retention: Annotated[Days | None, Field(description="How long questions are kept after the last seminar.")] = None
    visibility_checked: Annotated[
        YesOrNo | None,
        Field(description="Whether somebody has looked, in Classroom, who sees what is written into the boxes."),
    ] = None


class WrittenProgramme(Written):
    """All that is declared: courses, experts, seminars and what goes with them."""

    needed = ("version", "programme", "title", "time_zone", "account", "languages", "courses", "seminars")
    shape = "begin with `version: 1`"

    version: Annotated[Version | None, Field(description="The form this file is written in: 1, in its first line.")] = (
        None
    )
    programme: Annotated[Slug | None, Field(description="Lasting key of the programme; never shown.")] = None
    title: Annotated[WrittenText | None, Field(description="Name of the whole event.")] = None
    time_zone: Annotated[Zone | None, Field(description="Whose clocks the times in this file are told by.")] = None
    account: Annotated[Email | None, Field(description="The Google account that teaches the courses.")] = None
    languages: Annotated[
        list[Language | None] | None, Field(description="Languages of the texts; the first is the fallback.")
    ] = None
    courses: Annotated[dict[Key, WrittenCourse | None] | None, Field(description="The course of each city.")] = None
    experts: Annotated[dict[Key, WrittenExpert | None] | None, Field(description="Who leads and answers.")] = None
    seminars: Annotated[dict[Key, WrittenSeminar | None] | None, Field(description="In reading order.")] = None
    welcome: Annotated[WrittenNotice | None, Field(description="One post a course: where to ask, who sees it.")] = None
    questions: Annotated[WrittenQuestionSettings | None, Field(description="What holds for all questions.")] = None
    drift: Annotated[
        Annotated[str, choice("keep", "restore")] | None,
        Field(description="What happens to a change made by hand in Classroom."),
    ] = None
