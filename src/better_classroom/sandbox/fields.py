"""Partial responses: ``fields=nextPageToken,courses(id,name,courseMaterialSets/title)``.

google-apis.md A.11: it works on every response; a name that the response does not have is a 400 "Invalid field
selection a/b"; on a list, ``nextPageToken`` must be asked for like anything else. Google's guide to field masks in Sheets
(https://developers.google.com/sheets/api/guides/field-masks) writes paths with dots, and lets names be
``separated_by_underscores``; taken to hold for all, since one front end reads the parameter.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from better_classroom.sandbox.discovery import Method
from better_classroom.sandbox.errors import ApiError, invalid_argument

Selection = dict[str, Any]  # name → Selection, or None for the whole of it

_DEEPEST = 50
_PATH = frozenset("/.")
_ENDS = frozenset(",()") | _PATH


def chosen(body: dict[str, Any], method: Method, selector: str) -> dict[str, Any]:
    """The part of a response body that the selector asks for; raises 400 for a selector that makes no sense."""
    if not method.response:
        return body
    part = _part(body, selection(method, selector))
    return part if isinstance(part, dict) else {}


@lru_cache(maxsize=2048)
def selection(method: Method, selector: str) -> Selection | None:
    """The selector as a tree, held against the response schema; None selects everything."""
    reader = _Reader(selector.replace(" ", ""))
    tree = reader.items(0)
    if reader.rest():
        raise _invalid(reader.rest())
    _hold_against(tree, {"$ref": method.response}, method.api.schemas.declared, "")
    return None if "*" in tree and tree["*"] is None else tree


class _Reader:
    """Reads the grammar: items separated by commas; an item is a path, with a list in brackets at its end or not."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def rest(self) -> str:
        return self._text[self._at :]

    def items(self, depth: int) -> Selection:
        tree: Selection = {}
        while True:
            self._item(tree, depth)
            if self._next() != ",":
                return tree
            self._at += 1

    def _item(self, tree: Selection, depth: int) -> None:
        names = [self._name()]
        while self._next() in _PATH:
            self._at += 1
            names.append(self._name())
        inner: Selection | None = None
        if self._next() == "(":
            if depth > _DEEPEST:
                raise _invalid(self._text)
            self._at += 1
            inner = self.items(depth + 1)
            if self._next() != ")":
                raise _invalid(self._text)
            self._at += 1
        if len(names) > _DEEPEST:
            raise _invalid(self._text)
        for name in reversed(names[1:]):
            inner = {name: inner}
        _merge(tree, names[0], inner)

    def _name(self) -> str:
        start = self._at
        while self._at < len(self._text) and self._text[self._at] not in _ENDS:
            self._at += 1
        name = self._text[start : self._at]
        if not name:
            raise _invalid(self._text)
        return name

    def _next(self) -> str:
        return self._text[self._at : self._at + 1]


def _merge(tree: Selection, name: str, inner: Selection | None) -> None:
    """Two items of one name select what either does."""
    known = tree.get(name, inner)
    if known is None or inner is None:
        tree[name] = None
        return
    for key, value in inner.items():
        _merge(known, key, value)
    tree[name] = known


def _hold_against(tree: Selection, schema: dict[str, Any], declared: dict[str, Any], path: str) -> None:
    """Refuse names that the schema does not have; a map has any name, and so has what is of any type."""
    while "$ref" in schema or "items" in schema:
        schema = declared[schema["$ref"]] if "$ref" in schema else schema["items"]
    if "additionalProperties" in schema or schema.get("type") == "any":
        return
    properties = schema.get("properties", {})
    for given, inner in list(tree.items()):
        name = given if given in properties else _in_camel_case(given)
        here = f"{path}/{given}" if path else given
        if name in properties and name != given:
            _merge(tree, name, tree.pop(given))
        if name == "*":
            if inner:
                _hold_star_against(inner, list(properties.values()), declared, here)
        elif name not in properties:
            raise _invalid(here)
        elif inner:
            _hold_against(inner, properties[name], declared, here)


def _in_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def _hold_star_against(tree: Selection, schemas: list[Any], declared: dict[str, Any], path: str) -> None:
    """What stands below a star must fit one at least of the fields that the star stands for."""
    refused: ApiError | None = None
    for schema in schemas:
        try:
            _hold_against(tree, schema, declared, path)
        except ApiError as error:
            refused = refused or error
        else:
            return
    raise refused or _invalid(path)


def _part(value: Any, tree: Selection | None) -> Any:
    if tree is None:
        return value
    if isinstance(value, list):
        return [_part(one, tree) for one in value]
    if not isinstance(value, dict):
        return value
    part = {}
    every = tree.get("*", tree)
    for name, one in value.items():
        if name in tree:
            part[name] = _part(one, tree[name])
        elif every is not tree and (every is None or isinstance(one, dict | list)):
            part[name] = _part(one, every)
    return part


def _invalid(what: str) -> ApiError:
    return invalid_argument(f"Invalid field selection {what}")
