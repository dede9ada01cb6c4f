"""What can be seen only by looking at two places at once: keys that must be there, references, sameness, lengths.

Each function looks at one thing, skips what was complained about already (None), and complains at the place that a person
would change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from better_classroom.programme.complaints import Complaints
from better_classroom.programme.reading import Steps, at
from better_classroom.programme.values import slug_trouble
from better_classroom.programme.words import as_key, guess, listed, shown
from better_classroom.programme.written import Written, WrittenProgramme, WrittenSeminar

MOST_SEMINARS = 200  # google-apis.md A.1: topics per class


class Checks:
    """One run over one written programme; ``data`` is what it was read from, without what was wrong."""

    def __init__(self, written: WrittenProgramme, data: Mapping[str, Any], complaints: Complaints) -> None:
        self._written = written
        self._data = data
        self._complaints = complaints

    def run(self) -> None:
        """Make every check."""
        self._first_line()
        for steps, model in groups(self._written, ()):
            self._needed(steps, model)
        self._keys()
        self._some()
        self._used_languages()
        self._courses()
        self._experts()
        self._reminders()

    def _seminars(self) -> Iterator[tuple[str, WrittenSeminar]]:
        return ((key, seminar) for key, seminar in (self._written.seminars or {}).items() if seminar)

    def _first_line(self) -> None:
        if self._written.version is not None and next(iter(self._data)) != "version":
            self._complaints.add(("version",), "`version` is not the first key", "begin with `version: 1`", key=True)

    def _needed(self, steps: Steps, model: Written) -> None:
        written = at(self._data, steps)
        missing = [name for name in model.needed if name not in written]
        if missing:
            where = "the programme"
            if steps:
                where = f"`{shown(steps[-1], quotes=False)}`" if isinstance(steps[-1], str) else "this"
            message = f"{where} has no {listed((f'`{name}`' for name in missing), 'and no')}"
            self._complaints.add(steps, message, _to_add(model, missing), key=bool(steps))

    def _keys(self) -> None:
        sections: list[Steps] = [("courses",), ("experts",), ("seminars",)]
        sections += [("seminars", key, "materials") for key, seminar in self._seminars() if seminar.materials]
        for section in sections:
            for key in (at(self._data, section) or {}) if section[0] in self._data else ():
                if remedy := slug_trouble(key):
                    self._complaints.add((*section, key), f"{shown(key)} cannot be a key", remedy, key=True)

    def _some(self) -> None:
        for name, noun in (("courses", "course"), ("seminars", "seminar"), ("languages", "language")):
            if name in self._data and not self._data[name] and self._data[name] is not None:
                self._complaints.add((name,), f"there is no {noun} in `{name}`", "write at least one")
        if len(self._written.seminars or {}) > MOST_SEMINARS:
            message = f"there are {len(self._written.seminars or {})} seminars; a course takes {MOST_SEMINARS}"
            self._complaints.add(("seminars",), message, "divide the programme", key=True)

    def _used_languages(self) -> None:
        written = self._written.languages or []
        for number, language in enumerate(written):
            if language and language in written[:number]:
                self._complaints.add(("languages", number), f"`{language}` stands here twice", "keep one of them")
        if not written or None in written:
            return
        for key, course in (self._written.courses or {}).items():
            if course and course.language and course.language not in written:
                self._complaints.add(
                    ("courses", key, "language"),
                    f"`{course.language}` is not among the programme's languages",
                    f"add it to `languages` (line {self._complaints.line(('languages',))}), or write one of them",
                )

    def _courses(self) -> None:
        seen: dict[str, str] = {}
        for key, course in (self._written.courses or {}).items():
            if not course:
                continue
            self._one_name(key)
            for name, value in (("alias", course.alias), ("id", course.id)):
                if value and value in seen:
                    other = f"`{shown(seen[value], quotes=False)}`"
                    message = f"{other} has this {name} as well: each city needs its own course"
                    self._complaints.add(("courses", key, name), message, f"give each its own {name}")
                elif value:
                    seen[value] = key

    def _one_name(self, key: str) -> None:
        """Whether a course is named by exactly one of alias and id."""
        written, course = at(self._data, ("courses", key)), f"`{shown(key, quotes=False)}`"
        if "alias" in written and "id" in written:
            remedy = "keep `id` for a course that exists already, `alias` for one that is to be created"
            self._complaints.add(("courses", key), f"{course} has both an `alias` and an `id`", remedy, key=True)
        elif "alias" not in written and "id" not in written:
            alias = f"p:{self._written.programme or 'my-programme'}-{as_key(key)}"
            remedy = f'write `alias: "{alias}"`, or the `id` of a course that exists'
            self._complaints.add(("courses", key), f"{course} has neither `alias` nor `id`", remedy, key=True)

    def _experts(self) -> None:
        known = list(self._data.get("experts") or {})
        readable = self._data.get("experts", {}) is not None
        for key, seminar in self._seminars():
            for number, expert in enumerate(seminar.experts or []):
                steps = ("seminars", key, "experts", number)
                if expert and readable and expert not in known:
                    remedy = guess(expert, known, otherwise="describe each expert under `experts:`")
                    self._complaints.add(steps, f"there is no expert {shown(expert)}", remedy)
                elif expert and expert in (seminar.experts or [])[:number]:
                    self._complaints.add(steps, f"{shown(expert)} stands here twice", "keep one of them")

    def _reminders(self) -> None:
        for key, seminar in self._seminars():
            seen: dict[str, int] = {}
            for number, reminder in enumerate(seminar.reminders or []):
                if reminder and reminder.publish:
                    steps = ("seminars", key, "reminders", number, "publish")
                    name = as_key(reminder.publish.text)
                    if name in seen:
                        message = f"another reminder comes {shown(reminder.publish.text)} as well, in line {seen[name]}"
                        self._complaints.add(steps, message, "make one of the two, or give them different times")
                    seen.setdefault(name, self._complaints.line(steps))


def _to_add(model: Written, missing: list[str]) -> str:
    """Say what to write where keys are missing: what the one is for, or how the whole is written."""
    meaning = {field.alias or name: field.description for name, field in type(model).model_fields.items()}
    if len(missing) == 1:
        words = str(meaning[missing[0]]).rstrip(".")
        return f"add `{missing[0]}: …`, {words[0].lower()}{words[1:]}"
    return f"write {model.shape}" if model.shape.startswith("{") else "docs/programme.md explains each"


def groups(model: Any, steps: Steps) -> Iterator[tuple[Steps, Written]]:
    """Every group of known keys, with its place."""
    if isinstance(model, Written):
        yield steps, model
        for name, field in type(model).model_fields.items():
            yield from groups(getattr(model, name), (*steps, field.alias or name))
    elif isinstance(model, dict | list):
        for step, item in model.items() if isinstance(model, dict) else enumerate(model):
            yield from groups(item, (*steps, step))
