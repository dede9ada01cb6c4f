"""Single values out of text: each function takes what stands in the file and returns what it means, or says what is wrong.

References to other parts of the programme, and whatever needs two values at once, are looked at later (``checks``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic_core import PydanticCustomError

from better_classroom.programme import times
from better_classroom.programme.words import as_key, guess, shown
from better_classroom.texts import LANGUAGES

SLUG = r"^[a-z0-9][a-z0-9-]*$"
LONGEST_SLUG = 63
LONGEST_NAME = 200
LONGEST_EMAIL = 254
LONGEST_URL = 2024  # google-apis.md A.5: a link has 1 to 2024 characters
LONGEST_ALIAS = 256  # google-apis.md A.1
_EMAIL = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]")
_YOUTUBE = re.compile(r"[A-Za-z0-9_-]{11}")
_ZONE = re.compile(r"UTC|[A-Z][A-Za-z_]+(?:/[A-Za-z0-9_+-]+)+")
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# What people write for a language: its country's code, and its name.
_OTHERWISE = {
    "ee": "et",
    "eesti": "et",
    "estonian": "et",
    "se": "sv",
    "svenska": "sv",
    "swedish": "sv",
    "uk": "en",
    "gb": "en",
    "magyar": "hu",
}


def wrong(message: str, remedy: str = "") -> PydanticCustomError:
    """Make the error that pydantic carries, with its place, to the complaints."""
    return PydanticCustomError("wrong", "{message}", {"message": message, "remedy": remedy})


def text(value: Any) -> str:
    """Take one piece of text as it is written; raises what ``wrong`` makes for a list, a group or nothing visible."""
    if not isinstance(value, str):
        kind = "a list" if isinstance(value, list) else "a group of keys"
        raise wrong(f"one value belongs here, not {kind}", "write it after the colon, on the same line")
    if not value.strip():
        raise wrong("the text is empty", "write something, or remove the key")
    if unseen := _UNSEEN.search(value):
        raise wrong(f"the text holds an invisible character (U+{ord(unseen[0]):04X})", "remove it")
    return value


def line(value: Any) -> str:
    """Take a text of one line, without blanks around it."""
    words = text(value).strip()
    if "\n" in words:
        raise wrong("this must be one line", "join the lines")
    return words


def name(value: Any) -> str:
    """Take a short text of one line: a person's name, a partner's, a tool's."""
    words = line(value)
    if len(words) > LONGEST_NAME:
        raise wrong(f"this has {len(words):,} characters; at most {LONGEST_NAME} fit", "shorten it")
    return words


def version(value: Any) -> int:
    """Read the form's version, which is 1."""
    if line(value) != "1":
        raise wrong(
            f"this programme is of version {shown(line(value), quotes=False)}; this better-classroom reads version 1",
            "write `version: 1`, or install a better-classroom that is newer",
        )
    return 1


def slug(value: Any) -> str:
    """Read a lasting key."""
    words = line(value)
    if remedy := slug_trouble(words):
        raise wrong(f"{shown(words)} cannot be a key", remedy)
    return words


def slug_trouble(key: str) -> str:
    """Return what to write instead of a key that cannot be one; empty if it can."""
    if len(key) <= LONGEST_SLUG and re.fullmatch(SLUG, key):
        return ""
    better = as_key(key)[:LONGEST_SLUG].strip("-")
    rule = "a key has small letters a-z, digits and hyphens, and begins with a letter or digit"
    return f"write `{better}`: {rule}" if better else f"{rule}; at most {LONGEST_SLUG} of them"


def zone(value: Any) -> ZoneInfo:
    """Read a time zone's name."""
    name = line(value)
    try:
        if _ZONE.fullmatch(name):
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    known = sorted(known for known in available_timezones() if _ZONE.fullmatch(known))
    cities = {known.rpartition("/")[2].casefold(): known for known in known}
    if city := cities.get(name.rpartition("/")[2].strip().replace(" ", "_").casefold()):
        raise wrong(f"there is no time zone {shown(name)}", f"did you mean `{city}`?")
    remedy = guess(name, known) if "/" in name else ""
    if not remedy.startswith("did"):
        remedy = "write a continent and a city, such as `Europe/Tallinn`"
    raise wrong(f"there is no time zone {shown(name)}", remedy)


def language(value: Any) -> str:
    """Read the code of a language we have words in."""
    code = line(value)
    if code not in LANGUAGES:
        raise wrong(f"{shown(code)} is not a language of ours", language_remedy(code))
    return code


def language_remedy(code: str) -> str:
    """Return which language was probably meant."""
    low = code.casefold()
    likely = _OTHERWISE.get(low) or next((known for known in LANGUAGES if low.startswith(known)), "")
    return f"did you mean `{likely}`?" if likely else f"known here: {', '.join(LANGUAGES)}"


def email(value: Any) -> str:
    """Read an e-mail address."""
    address = line(value)
    if len(address) > LONGEST_EMAIL or not _EMAIL.fullmatch(address):
        raise wrong(f"{shown(address)} is not an e-mail address", "write one such as `name@city.example`")
    return address


def url(value: Any) -> str:
    """Read an address that a browser opens."""
    address = line(value)
    if re.search(r"\s", address):
        raise wrong("an address has no blanks in it", "write %20 for a blank that belongs to it")
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise wrong(f"{shown(address)} is not a web address", "copy it anew from the browser") from None
    if parts.scheme not in {"http", "https"}:
        remedy = f"write `https://{shown(address, quotes=False)}`" if "." in address and not parts.scheme else ""
        raise wrong(
            f"{shown(address)} is not a web address", remedy or "write one that begins with https:// (or http://)"
        )
    if not host:
        raise wrong(f"{shown(address)} names no host", "copy the whole address from the browser")
    if len(address) > LONGEST_URL:
        raise wrong(
            f"the address has {len(address):,} characters; Classroom takes {LONGEST_URL:,}", "use a shorter address"
        )
    return address


def youtube(value: Any) -> str:
    """Read YouTube's id of a video."""
    name = line(value)
    if _YOUTUBE.fullmatch(name):
        return name
    likely = _youtube_in(name)
    remedy = f"write `{likely}`" if likely else "write the eleven characters that follow v= in its address"
    raise wrong(f"{shown(name)} is not YouTube's id of a video", remedy)


def _youtube_in(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    names = [*parse_qs(parts.query).get("v", []), parts.path.rpartition("/")[2]]
    return next((name for name in names if _YOUTUBE.fullmatch(name)), "")


def alias(value: Any) -> str:
    """Read a course's alias: our lasting name of it at Google."""
    name = line(value)
    scope, _, rest = name.rpartition(":")
    better = f"write `{scope if scope in {'p', 'd'} else 'p'}:{as_key(rest) or 'my-programme-city'}`"
    if scope not in {"p", "d"} or not rest:
        message = (
            f"the alias {shown(name)} is not whole" if scope in {"p", "d"} else f"the alias {shown(name)} has no scope"
        )
        raise wrong(message, f"{better}; d: instead of p: is for administrators of a domain")
    if re.search(r"\s", rest):
        raise wrong("an alias has no blanks in it", better)
    if len(name) > LONGEST_ALIAS:
        raise wrong(f"the alias has {len(name)} characters; at most {LONGEST_ALIAS} fit", "shorten it")
    return name


def course_id(value: Any) -> str:
    """Read Google's id of a course."""
    name = line(value)
    if re.fullmatch(r"[0-9]{1,20}", name):
        return name
    if re.match(r"[pd]:", name):
        raise wrong(f"{shown(name)} is an alias, not an id", f"write `alias: {shown(name, quotes=False)}`")
    raise wrong(f"{shown(name)} is not Google's id of a course", "write the digits of its id, or use `alias:`")


def yes_or_no(value: Any) -> bool:
    """Read a yes or a no."""
    word = line(value)
    if word.casefold() in {"yes", "true", "on", "no", "false", "off"}:
        return word.casefold() in {"yes", "true", "on"}
    raise wrong(f"{shown(word)} is neither yes nor no", "write `true` or `false`")


def in_time(reader: Callable[[str], Any]) -> Callable[[Any], Any]:
    """Make a reader of values out of one that says NotATime."""

    def read(value: Any) -> Any:
        try:
            return reader(line(value))
        except times.NotATime as error:
            raise wrong(str(error), error.remedy) from None

    return read
