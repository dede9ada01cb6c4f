"""Collects what is wrong, each mistake once and at its place, and turns pydantic's errors into our words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from better_classroom import texts
from better_classroom.errors import Complaint
from better_classroom.programme.reading import Document, Steps, at
from better_classroom.programme.values import language_remedy
from better_classroom.programme.words import guess, meant, shown
from better_classroom.programme.written import Written, WrittenAttachment, WrittenProgramme

T = TypeVar("T")


class Complaints:
    """What was found wrong (``mistakes``), and what is merely to be known (``warnings``), in one document."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self.mistakes: list[Complaint] = list(document.complaints)
        self.warnings: list[Complaint] = list(document.warnings)

    def add(self, steps: Steps, message: str, remedy: str = "", *, key: bool = False) -> None:
        """Complain about the value at that place, or about its key."""
        self.mistakes.append(Complaint(self._document.file, *self.place(steps, key=key), message, remedy))

    def warn(self, steps: Steps, message: str, remedy: str = "", *, key: bool = False) -> None:
        """Tell what deserves to be known and forbids nothing."""
        self.warnings.append(Complaint(self._document.file, *self.place(steps, key=key), message, remedy))

    def by_language(self, steps: Steps, written: Mapping[str, T]) -> Iterator[tuple[Steps, T]]:
        """What is written for each language of ours, with its place; every other language is complained about."""
        for language, value in written.items():
            here = (*steps, language) if language else steps
            if language and language not in texts.LANGUAGES:
                message = f"{shown(language)} is not a language of ours"
                self.add(here, message, language_remedy(language), key=True)
            else:
                yield here, value

    def place(self, steps: Steps, *, key: bool = False) -> tuple[int, int]:
        """Line and column; of the nearest thing around it where the place itself was not written."""
        while steps not in self._document.places:
            steps, key = steps[:-1], key and bool(steps[:-1])
        place = self._document.places[steps]
        return place.key if key else place.value

    def line(self, steps: Steps) -> int:
        """Line of a key, to refer to."""
        return self.place(steps, key=True)[0]

    def sorted(self) -> tuple[Complaint, ...]:
        """All mistakes: the programme's own first, then other files', each from top to bottom."""
        return self._in_order(self.mistakes)

    def sorted_warnings(self) -> tuple[Complaint, ...]:
        """All warnings, in the same order."""
        return self._in_order(self.warnings)

    def _in_order(self, found: list[Complaint]) -> tuple[Complaint, ...]:
        return tuple(sorted(set(found), key=lambda complaint: (complaint.file != self._document.file, complaint)))


def validated(document: Document, complaints: Complaints) -> WrittenProgramme:
    """Read the data into the model; what is wrong becomes complaints, and None in the data and the model."""
    while True:
        try:
            return WrittenProgramme.model_validate(document.data)
        except ValidationError as error:
            for detail in error.errors(include_url=False, include_input=False):
                _complain(document, complaints, detail)


def _complain(document: Document, complaints: Complaints, detail: ErrorDetails) -> None:
    steps: Steps = tuple(detail["loc"])
    while steps and steps not in document.places:
        steps = steps[:-1]  # a text for all languages has a step of ours in its place
    around = at(document.data, steps[:-1])
    if detail["type"] == "extra_forbidden":
        known = names(model_at(steps[:-1]))
        message = f"there is no key `{shown(steps[-1], quotes=False)}` here"
        complaints.add(steps, message, guess(str(steps[-1]), known), key=True)
        del around[steps[-1]]
        if likely := meant(str(steps[-1]), known):
            around.setdefault(likely, None)  # one mistake, one complaint: the key it should be is not missed as well
        return
    message, remedy = _reworded(detail, around[steps[-1]], steps)
    complaints.add(steps, message, remedy)
    around[steps[-1]] = None


def _reworded(detail: ErrorDetails, value: Any, steps: Steps) -> tuple[str, str]:
    context = detail.get("ctx", {})
    if detail["type"] == "wrong":
        return str(context["message"]), str(context["remedy"])
    name = f"`{shown(steps[-1], quotes=False)}`" if isinstance(steps[-1], str) else "an entry of this list"
    if detail["type"] == "list_type":
        example = f"[{shown(value, quotes=False)}]" if isinstance(value, str) else "a line “- …” for each"
        if item := model_at((*steps, 0)):
            example = f"a line for each, which begins with “- ” and goes on with {_shape(item, value)}"
        return f"{name} must be a list", f"write {example}"
    if detail["type"] in {"model_type", "dict_type"}:
        return f"{name} must be a group of keys", f"write {_shape(model_at(steps), value)}"
    return f"{name}: {detail['msg']}", ""


def _shape(model: type[Written] | None, value: Any) -> str:
    if model is WrittenAttachment and isinstance(value, str):
        kind = "link" if "://" in value else "file"
        return f"`{kind}: {shown(value, quotes=False)}`"
    return model.shape if model else "a key for each, with a colon after it"


def names(model: type[Written] | None) -> tuple[str, ...]:
    """Return the keys that may be written in a group, in the order of the model."""
    return tuple(field.alias or name for name, field in model.model_fields.items()) if model else ()


def model_at(steps: Steps) -> type[Written] | None:
    """Return the model of the group that stands at that place; None where no group of known keys can stand."""
    current: Any = WrittenProgramme
    for step in steps:
        current = _bare(_below(current, step))
    return current if isinstance(current, type) and issubclass(current, Written) else None


def _below(kind: Any, step: str | int) -> Any:
    if get_origin(kind) in {dict, list}:
        return get_args(kind)[-1]
    if isinstance(kind, type) and issubclass(kind, Written):
        fields = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        return fields.get(str(step))
    return None


def _bare(kind: Any) -> Any:
    """Strip ``Annotated`` and ``| None``."""
    while get_origin(kind) in {Annotated, UnionType, Union}:
        kind = next(inner for inner in get_args(kind) if inner is not type(None))
    return kind
