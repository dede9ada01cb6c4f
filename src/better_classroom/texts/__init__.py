"""What we say to participants, in the language of their course, and how dates and times are told in it.

The words stand in one catalogue per language, ``<language>.toml`` beside this file; tests hold that all of them have the
same keys and the same placeholders. Programme texts never pass through a catalogue: they are values of its placeholders,
and are put in as they are, so a participant may write ``{closes}`` and sees ``{closes}``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from better_classroom.answered import FORGOTTEN

LANGUAGES = ("en", "et", "it", "hu", "sv")
"""The languages that have a catalogue; a course in any other is spoken to in the first."""

PLACEHOLDER = re.compile(r"\{(\w+)\}")

# British: the programme's English is, and its dates are written day first.
_LOCALES = {"en": "en_GB"}


def say(language: str, name: str, /, **values: str) -> str:
    """One text of the catalogue, such as ``say("et", "session.when", when="…")``.

    Raises KeyError for a name that no catalogue has and for a placeholder without a value, TypeError for a value that
    has no placeholder: both are bugs of ours, never of the programme.
    """
    text = _catalogue(_spoken(language))[name]
    surplus = values.keys() - placeholders(text)
    if surplus:
        raise TypeError(f"{name} has no place for {', '.join(sorted(surplus))}")
    return PLACEHOLDER.sub(lambda found: values[found[1]], text)


def title(language: str, name: str, /, *, label: str = "") -> str:
    """Title of a post that we compose, led by the seminar's label if it has one: "Seminar 1: Questions before …"."""
    text = say(language, name)
    return f"{label}: {text}" if label else text


def names(language: str, people: Sequence[str]) -> str:
    """Names in a row, the last two joined by the language's "and"."""
    # Here and below Babel is imported at first use: it costs 17 ms, and most commands tell no dates.
    from babel.lists import format_list  # noqa: PLC0415 - slow to load, and not needed by every command

    return format_list(list(people), locale=_locale(language)) if people else ""


def asker(language: str, number: int | str, *, name: str = "", city: str = "") -> str:
    """How somebody who asked is called, everywhere: by name where it is shown, else "Participant 4827"; with their city."""
    if str(number) == str(FORGOTTEN):
        return say(language, "asker.forgotten")
    called = name or say(language, "asker.hidden", number=str(number))
    return say(language, "asker.with_city", asker=called, city=city) if city else called


def paragraphs(*parts: str) -> str:
    """Texts below each other, a blank line between them; empty ones are left out."""
    return "\n\n".join(part.strip() for part in parts if part.strip())


def day(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """The local day of an instant: "Tuesday, 16 June 2020"."""
    return _date(instant.astimezone(zone), "full", language)


def moment(instant: datetime, zone: ZoneInfo, language: str) -> str:
    """An instant in local time, with whose time it is: "16 June 2020, 11:30 (Tallinn time)"."""
    local = instant.astimezone(zone)
    return say(
        language,
        "time.moment",
        day=_date(local, "long", language),
        time=_time(local, language),
        city=_city(zone, language),
    )


def span(starts: datetime, ends: datetime, zone: ZoneInfo, language: str) -> str:
    """From when to when in local time: "Tuesday, 16 June 2020, 11:30–13:00 (Tallinn time)"."""
    first, last = starts.astimezone(zone), ends.astimezone(zone)
    if first.date() != last.date():
        return f"{moment(starts, zone, language)} – {moment(ends, zone, language)}"
    return say(
        language,
        "time.span",
        day=_date(first, "full", language),
        starts=_time(first, language),
        ends=_time(last, language),
        city=_city(zone, language),
    )


def placeholders(text: str) -> frozenset[str]:
    """Names of the values that a text of a catalogue asks for."""
    return frozenset(PLACEHOLDER.findall(text))


def catalogue(language: str) -> Mapping[str, str]:
    """All texts of a language by dotted name, with their placeholders unfilled."""
    return MappingProxyType(_catalogue(_spoken(language)))


def _spoken(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]


@cache
def _catalogue(language: str) -> dict[str, str]:
    source = resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(source)))


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value.strip()


def _locale(language: str) -> str:
    spoken = _spoken(language)
    return _LOCALES.get(spoken, spoken)


def _date(local: datetime, length: str, language: str) -> str:
    from babel.dates import format_date  # noqa: PLC0415 - see names()

    return format_date(local, length, locale=_locale(language))


def _time(local: datetime, language: str) -> str:
    from babel.dates import format_time  # noqa: PLC0415 - see names()

    return format_time(local, "short", locale=_locale(language))


@cache
def _city(zone: ZoneInfo, language: str) -> str:
    """The place a zone is named after, as the language calls it: Europe/Rome is Roma in Italian."""
    from babel.dates import get_timezone_location  # noqa: PLC0415 - see names()

    return get_timezone_location(zone, locale=_locale(language), return_city=True)
