"""How locales write numbers and dates: as much of it as the sandbox reads and shows.

Unknown locales write as ``en_US`` does numbers and day before month.
"""

from __future__ import annotations

_COMMA = frozenset(
    {"cs", "da", "de", "es", "et", "fi", "fr", "hu", "it", "lt", "lv", "nb", "nl", "no", "pl", "pt", "ro", "ru", "sk"}
    | {"sl", "sv", "uk"}
)
_POINTED = frozenset({"cs", "de", "et", "fi", "lv", "nb", "no", "pl", "ro", "ru", "sk", "sl", "uk"})
_YEAR_FIRST = {"hu": "yyyy. mm. dd.", "sv": "yyyy-mm-dd", "lt": "yyyy-mm-dd"}


def decimal_mark(locale: str) -> str:
    """``,`` or ``.``."""
    return "," if _language(locale) in _COMMA else "."


def order(locale: str) -> str:
    """In which order a typed date of three numbers comes: ``mdy``, ``dmy`` or ``ymd``."""
    if locale in {"en_US", "en"}:
        return "mdy"
    return "ymd" if _language(locale) in _YEAR_FIRST else "dmy"


def date_pattern(locale: str) -> str:
    """How a date is shown where its format has no pattern."""
    if locale in {"en_US", "en"}:
        return "m/d/yyyy"
    language = _language(locale)
    if language in _YEAR_FIRST:
        return _YEAR_FIRST[language]
    return "dd.mm.yyyy" if language in _POINTED else "dd/mm/yyyy"


def known(locale: str) -> bool:
    """Whether it looks like a locale: ``en``, ``fil``, ``en_US``."""
    language, _, country = locale.partition("_")
    return (
        2 <= len(language) <= 3  # noqa: PLR2004 - ISO 639-1 and 639-2
        and language.isascii()
        and language.isalpha()
        and ("_" not in locale or (len(country) == 2 and country.isascii() and country.isalpha()))  # noqa: PLR2004
    )


def _language(locale: str) -> str:
    return locale.partition("_")[0].lower()
