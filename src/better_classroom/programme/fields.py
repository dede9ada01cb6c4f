"""Types of the values that people write: what reads each, and its JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from better_classroom.programme import times, values
from better_classroom.programme.values import LONGEST_ALIAS, LONGEST_SLUG, LONGEST_URL, SLUG
from better_classroom.programme.words import guess, shown
from better_classroom.texts import LANGUAGES


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """Marks a type as what one function makes of what is written, and carries its JSON Schema.

    PlainValidator would do; but it builds a schema of the type itself too, for writing: a fifth of the time of a check.
    """

    function: Callable[[Any], Any]
    schema: dict[str, Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let the function read the value."""
        return core_schema.no_info_plain_validator_function(self.function)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return a copy, since what surrounds it adds to it."""
        return dict(self.schema)


def choice(*known: str) -> Read:
    """Make the mark of a type that is one of a few words."""

    def read(value: Any) -> str:
        word = values.line(value)
        if word not in known:
            raise values.wrong(f"{shown(word)} is not one of the choices", guess(word, known))
        return word

    return Read(read, {"enum": list(known)})


def _text(pattern: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "pattern": pattern, **more}


# What a YAML reader may make of a value that we take as text.
_SCALAR = {"type": ["string", "number", "boolean"]}

Words: TypeAlias = Annotated[str, Read(values.text, _SCALAR)]
Line: TypeAlias = Annotated[str, Read(values.name, _SCALAR)]
Version: TypeAlias = Annotated[int, Read(values.version, {"const": 1})]
Slug: TypeAlias = Annotated[str, Read(values.slug, _text(SLUG, maxLength=LONGEST_SLUG))]
Key: TypeAlias = Annotated[str, Read(str, _text(SLUG))]
"""A key of a mapping: looked at by ``checks``, so that what stands under a bad one is looked at as well."""
Zone: TypeAlias = Annotated[ZoneInfo, Read(values.zone, {"type": "string", "examples": ["Europe/Tallinn"]})]
Language: TypeAlias = Annotated[str, Read(values.language, {"enum": list(LANGUAGES)})]
Email: TypeAlias = Annotated[str, Read(values.email, _text(r"^[^\s@]+@[^\s@]+$"))]
Url: TypeAlias = Annotated[str, Read(values.url, _text(r"^https?://\S+$", maxLength=LONGEST_URL))]
Youtube: TypeAlias = Annotated[str, Read(values.youtube, _text(r"^[A-Za-z0-9_-]{11}$"))]
Alias: TypeAlias = Annotated[str, Read(values.alias, _text(r"^[pd]:\S+$", maxLength=LONGEST_ALIAS))]
CourseId: TypeAlias = Annotated[
    str, Read(values.course_id, {"type": ["string", "integer"], "pattern": "^[0-9]{1,20}$"})
]
YesOrNo: TypeAlias = Annotated[bool, Read(values.yes_or_no, {"type": "boolean"})]
FilePath: TypeAlias = Annotated[str, Read(values.line, _text(r"^[^/\\]"))]
When: TypeAlias = Annotated[
    times.When,
    Read(
        values.in_time(times.when),
        _text(f"{times.ABSOLUTE_PATTERN}|{times.RELATIVE_PATTERN}", examples=["14 days before", "2020-06-02 09:00"]),
    ),
]
Moment: TypeAlias = Annotated[
    times.Absolute, Read(values.in_time(times.moment), _text(times.ABSOLUTE_PATTERN, examples=["2020-06-16 11:30"]))
]
Days: TypeAlias = Annotated[
    timedelta, Read(values.in_time(times.duration), _text(r"^\d+ (days?|weeks?)$", examples=["365 days"]))
]
