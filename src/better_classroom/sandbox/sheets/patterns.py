"""Number formats: what a number looks like under ``#,##0.00``, ``0%``, ``yyyy-mm-dd hh:mm`` and their like.

Patterns of one section for numbers, dates and times; conditions, colours and fractions are not reproduced: such a
pattern shows the number as if it had none.
"""

from __future__ import annotations

import re
from typing import Any

from better_classroom.sandbox.sheets import locales, serials

_DATES = frozenset({"DATE", "TIME", "DATE_TIME"})
_TOKEN = re.compile(r'"[^"]*"|\\.|y+|m+|d+|h+|s+|(?:am/pm|a/p)|\.?0+|.', re.IGNORECASE | re.DOTALL)
_NUMBER = re.compile(r"([^#0.,%E]*)([#,]*[#0,]*0)(?:\.(0+#*|#+))?(E\+?0+)?(%?)([^#0.,%E]*)")
_DEFAULT = {"NUMBER": "#,##0.00", "PERCENT": "0.00%", "CURRENCY": "$#,##0.00", "SCIENTIFIC": "0.00E+00"}
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
_MOST_DIGITS = 15
_HALF_DAY = 12
_LONGEST = 100  # of a pattern: longer ones are not read


def is_date(number_format: dict[str, Any]) -> bool:
    """Whether a number of that format is a date, a time, or both."""
    return number_format.get("type") in _DATES


def shown(number: float, number_format: dict[str, Any], locale: str) -> str:
    """A number as a cell of that format shows it."""
    kind, pattern = number_format.get("type", ""), number_format.get("pattern", "")
    if kind in _DATES and len(pattern) <= _LONGEST:
        return _dated(number, pattern or _date_pattern(kind, locale)) or plain(number, locale)
    wanted = (pattern or _DEFAULT.get(kind, "")).replace('"', "")
    numeric = _NUMBER.fullmatch(wanted) if len(wanted) <= _LONGEST else None
    return _numeric(number, numeric, locale) if numeric else plain(number, locale)


def plain(number: float, locale: str = "en_US") -> str:
    """A number without a format."""
    if float(number).is_integer() and abs(number) < 10**_MOST_DIGITS:
        return str(int(number))
    text = f"{number:.10g}" if abs(number) < 10**_MOST_DIGITS else f"{number:.5g}"
    return text.replace("e+", "E+").replace("e-", "E-").replace(".", locales.decimal_mark(locale))


def _date_pattern(kind: str, locale: str) -> str:
    time = "h:mm:ss am/pm" if locales.date_pattern(locale) == "m/d/yyyy" else "hh:mm:ss"
    return {
        "DATE": locales.date_pattern(locale),
        "TIME": time,
        "DATE_TIME": f"{locales.date_pattern(locale)} {time.removesuffix(' am/pm')}",
    }[kind]


def _numeric(number: float, pattern: re.Match[str], locale: str) -> str:
    before, whole, decimals, exponent, percent, after = pattern.groups()
    places = len(decimals or "")
    if percent:
        number *= 100
    if exponent or abs(number) >= 10**_MOST_DIGITS:
        digits = f"{abs(number):.{places}E}"
    else:
        digits = f"{abs(number):{',' if ',' in whole else ''}.{places}f}"
        least = whole.replace(",", "").count("0")
        digits = digits.rjust(least + (places + 1 if places else 0), "0")
    if locales.decimal_mark(locale) == ",":
        digits = digits.translate(str.maketrans(",.", "\N{NO-BREAK SPACE},"))
    sign = "-" if number < 0 and any(one in "123456789" for one in digits) else ""
    return f"{sign}{before}{digits}{percent}{after}"


def _dated(number: float, pattern: str) -> str | None:
    moment = serials.moment(number)
    if moment is None:
        return None
    halved = re.search("am/pm|a/p", pattern, re.IGNORECASE) is not None
    hour = (moment.hour % _HALF_DAY or _HALF_DAY) if halved else moment.hour
    pieces: list[str] = []
    tokens = _TOKEN.findall(pattern)
    for place, token in enumerate(tokens):
        low, length = token.lower(), len(token)
        if low[0] == "m" and _is_minute(tokens, place):
            pieces.append(f"{moment.minute:0{min(length, 2)}d}")
        elif low[0] == "h":
            pieces.append(f"{hour:0{min(length, 2)}d}")
        elif low[0] == "s":
            pieces.append(f"{moment.second:0{min(length, 2)}d}")
        elif low in {"am/pm", "a/p"}:
            half = "AM" if moment.hour < _HALF_DAY else "PM"
            pieces.append(half if length > len("a/p") else half[0])
        elif low[0] in "ymd":
            pieces.append(_calendar(low, moment.year, moment.month, moment.day, moment.weekday()))
        else:
            pieces.append(token[1:-1] if token[0] == '"' else token.removeprefix("\\"))
    return "".join(pieces)


def _is_minute(tokens: list[str], place: int) -> bool:
    """The document's guide: ``m`` is a minute next to an hour or a second, otherwise a month."""
    before = next((one for one in reversed(tokens[:place]) if one[0].lower() in "ymdhs"), " ")
    after = next((one for one in tokens[place + 1 :] if one[0].lower() in "ymdhs"), " ")
    return len(tokens[place]) <= 2 and (before[0].lower() == "h" or after[0].lower() == "s")  # noqa: PLR2004 - mm


def _calendar(token: str, year: int, month: int, day: int, weekday: int) -> str:
    kind, length = token[0], min(len(token), 4)
    if kind == "y":
        return f"{year:04d}" if length > 2 else f"{year % 100:02d}"  # noqa: PLR2004 - yy
    names, value = (_MONTHS[month - 1], month) if kind == "m" else (_DAYS[weekday], day)
    return {1: str(value), 2: f"{value:02d}", 3: names[:3], 4: names}[length]
