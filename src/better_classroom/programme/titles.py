"""Texts for participants: their languages and lengths, and that no two names in a course are the same."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from better_classroom import texts
from better_classroom.programme.checks import groups
from better_classroom.programme.complaints import Complaints
from better_classroom.programme.model import LONGEST_TOPIC, Text, heading
from better_classroom.programme.reading import Steps, at
from better_classroom.programme.words import collapsed, listed, shown
from better_classroom.programme.written import WrittenProgramme, WrittenSeminar, WrittenText

LONGEST_TEXT = 30_000
"""Characters Classroom takes in one post (google-apis.md A.3)."""
RESERVE = 3_000
"""Of these, kept for the lines that are added: when, where, who, where to ask; an address alone may have 2,024."""
LONGEST_NOTICE = 2_000
"""Characters of a cancellation, which is put above other texts."""
LONGEST_TITLE = 2_900
"""Characters of a title: Classroom takes 3,000, and one day “(cancelled)” may be added."""
LONGEST_COURSE_NAME = 750  # google-apis.md A.1
_ADDRESS = re.compile(r"https?://|www\.", re.IGNORECASE)


class TextChecks:
    """One run over the texts of one written programme; ``data`` is what it was read from, without what was wrong."""

    def __init__(self, written: WrittenProgramme, data: Mapping[str, Any], complaints: Complaints) -> None:
        self._written = written
        self._data = data
        self._complaints = complaints
        self._languages = [
            *dict.fromkeys(language for language in written.languages or texts.LANGUAGES if language)
        ] or list(texts.LANGUAGES)

    def run(self) -> None:
        """Make every check."""
        for steps, text in texts_in(self._written):
            self._text(steps, text)
        self._course_names()
        self._topics()
        for key, seminar in self._seminars():
            self._titles(key, seminar)

    def _seminars(self) -> Iterator[tuple[str, WrittenSeminar]]:
        return ((key, seminar) for key, seminar in (self._written.seminars or {}).items() if seminar)

    def _text(self, steps: Steps, text: WrittenText) -> None:
        if not text.root:
            self._complaints.add(steps, "no language is written here", "write `{en: …}`, or one text for all")
        for here, words in self._complaints.by_language(steps, text.root):
            if words is not None:
                self._length(here, words, str(steps[-1]), within=str(steps[-2]) if len(steps) > 1 else "")

    def _length(self, steps: Steps, words: str, name: str, *, within: str) -> None:
        if name in {"title", "name", "label", "city"}:
            if "\n" in words.strip():
                self._complaints.add(steps, f"a {name} is one line", "join the lines")
            elif len(collapsed(words)) > LONGEST_TITLE:
                count = len(collapsed(words))
                message = f"this {name} has {count:,} characters; at most {LONGEST_TITLE:,} fit"
                self._complaints.add(steps, message, "shorten it")
            return
        limit = LONGEST_NOTICE if within == "cancelled" else LONGEST_TEXT - RESERVE
        if len(words) > limit:
            why = (
                ""
                if within == "cancelled"
                else f" (Classroom takes {LONGEST_TEXT:,}; {RESERVE:,} are kept for what we add)"
            )
            message = f"this text has {len(words):,} characters; at most {limit:,} fit{why}"
            self._complaints.add(steps, message, "shorten it, or put it into a file and attach that")

    def _course_names(self) -> None:
        """Look at the names that courses get when they are created: their own, else the programme's title."""
        courses = [(key, course) for key, course in (self._written.courses or {}).items() if course]
        named: list[tuple[Steps, WrittenText | None]] = [
            (("courses", key, "name"), course.name) for key, course in courses
        ]
        if any(course.alias and not course.name for _, course in courses):
            named.append((("title",), self._written.title))
        for steps, text in named:
            for language, words in text.root.items() if text else ():
                here = (*steps, language) if language else steps
                if words and _ADDRESS.search(words):
                    self._complaints.add(here, "a course cannot be called by a web address", "leave the address out")
                elif words and LONGEST_COURSE_NAME < len(collapsed(words)) <= LONGEST_TITLE:
                    message = f"a course's name has at most {LONGEST_COURSE_NAME} characters; this has {len(collapsed(words))}"
                    self._complaints.add(here, message, "shorten it")

    def _resolved(self, text: WrittenText | None) -> Text | None:
        """Make the text that will be said; None if there is none, or something in it is wrong."""
        languages = self._languages
        if text is None or not text.root or None in text.root.values():
            return None
        words: dict[str, Any] = {language: words for language, words in text.root.items() if words is not None}
        return Text.of(words.get("", words), languages)

    def _topics(self) -> None:
        """Topic names: at most 100 characters, and no two the same in any language."""
        seen: dict[tuple[str, str], str] = {}
        for key, seminar in self._seminars():
            title, label = self._resolved(seminar.title), self._resolved(seminar.label)
            if not title or ("label" in at(self._data, ("seminars", key)) and not label):
                continue
            long: dict[Steps, tuple[str, list[str]]] = {}
            same: dict[str, list[str]] = {}
            for language in self._languages:
                name = heading(label.say(language) if label else "", title.say(language))
                if len(name) > LONGEST_TOPIC:
                    long.setdefault(self._said(("seminars", key, "title"), language), (name, []))[1].append(language)
                if (name, language) in seen:
                    same.setdefault(seen[name, language], []).append(language)
                seen.setdefault((name, language), key)
            self._complain_of_topics(key, long, same, labelled=bool(label))

    def _complain_of_topics(
        self, key: str, long: dict[Steps, tuple[str, list[str]]], same: dict[str, list[str]], *, labelled: bool
    ) -> None:
        for steps, (name, _) in long.items():
            kind = "label and title have" if labelled else "the title has"
            message = f"as the name of a topic {kind} {len(name)} characters; at most {LONGEST_TOPIC} fit"
            self._complaints.add(steps, message, "shorten it, and say the rest in `summary`")
        for other, languages in same.items():
            message = f"in {listed(languages)} this seminar has the same name as `{shown(other, quotes=False)}`"
            self._complaints.add(("seminars", key, "title"), message, "give each seminar its own title or label")

    def _said(self, steps: Steps, language: str) -> Steps:
        """Return the place of the words that a language is spoken to in."""
        written = at(self._data, steps)
        if not isinstance(written, dict):
            return steps
        order = [language, *self._languages, *written]
        return (*steps, next(spoken for spoken in order if spoken in written))

    def _titles(self, key: str, seminar: WrittenSeminar) -> None:
        """Titles within a topic: none twice in any language, those of the posts that we compose among them."""
        steps: Steps = ("seminars", key, "materials")
        label = self._resolved(seminar.label)
        seen: dict[tuple[str, str], str] = {}
        for language in self._languages:
            for name in ("session.title", "box.before.title", "box.after.title", "answers.title"):
                title = texts.title(language, name, label=label.say(language).strip() if label else "")
                seen[collapsed(title), language] = "a post that is made by itself"
        for name, material in (seminar.materials or {}).items():
            said = self._resolved(material.title) if material else None
            same: dict[str, list[str]] = {}
            for language in self._languages if said else ():
                title = collapsed(said.say(language)) if said else ""
                if (title, language) in seen:
                    same.setdefault(seen[title, language], []).append(language)
                seen.setdefault((title, language), f"`{shown(name, quotes=False)}`")
            for other, languages in same.items():
                place = self._said((*steps, name, "title"), languages[0])
                message = f"in {listed(languages)} this title is that of {other} in the same seminar"
                self._complaints.add(place, message, "give each its own title")


def texts_in(written: WrittenProgramme) -> Iterator[tuple[Steps, WrittenText]]:
    """Every text for participants, with its place."""
    for here, group in groups(written, ()):
        for name in type(group).model_fields:
            if isinstance(text := getattr(group, name), WrittenText):
                yield (*here, name), text
