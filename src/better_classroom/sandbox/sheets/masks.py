"""Field masks as Sheets reads them: ``userEnteredFormat(textFormat.bold,wrapStrategy),note``, or ``*`` for everything.

A field that the mask names and the request leaves out is cleared. At least one field must be named (seen:
node-google-spreadsheet#308 for the words).
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache
from typing import Any

from better_classroom.sandbox import discovery
from better_classroom.sandbox.errors import invalid_argument

Mask = dict[str, Any]  # name → Mask, or None for the whole of it

_TOKEN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|[*.,()]")
_DEEPEST = 12
_SNAKE = re.compile(r"_([a-z])")


@lru_cache(maxsize=1024)
def parse(text: str, schema: str) -> Mask:
    """The mask as a tree, held against a schema of the document; raises 400 for none, and for names it does not have."""
    if not text.strip():
        raise invalid_argument("At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)")
    tokens = _TOKEN.findall(text)
    if "".join(tokens) != "".join(text.split()):
        raise _invalid(text)
    tree, at = _items(tokens, 0, text, 0)
    if at != len(tokens):
        raise _invalid(text)
    _hold_against(tree, {"$ref": schema}, "")
    return tree


def applied(mask: Mask, given: dict[str, Any], former: dict[str, Any], *, writable: Collection[str]) -> dict[str, Any]:
    """``former`` with the fields of the mask as ``given`` has them; ``*`` stands for all that is writable."""
    names = dict.fromkeys(writable) if "*" in mask else mask
    return _merged(names, given, former)


def _merged(mask: Mask, given: dict[str, Any], former: dict[str, Any]) -> dict[str, Any]:
    merged = dict(former)
    for name, inner in mask.items():
        if inner is not None and "*" not in inner:
            nested = _merged(inner, given.get(name) or {}, former.get(name) or {})
            merged[name] = nested
            if not nested:
                del merged[name]
        elif name in given:
            merged[name] = given[name]
        else:
            merged.pop(name, None)
    return merged


def _items(tokens: list[str], at: int, text: str, depth: int) -> tuple[Mask, int]:
    tree: Mask = {}
    while True:
        path: list[str] = []
        while True:
            if at >= len(tokens) or tokens[at] in "().,":
                raise _invalid(text)
            path.append(_SNAKE.sub(lambda found: found[1].upper(), tokens[at]))
            at += 1
            if at < len(tokens) and tokens[at] == ".":
                at += 1
                continue
            break
        inner: Mask | None = None
        if at < len(tokens) and tokens[at] == "(":
            if depth > _DEEPEST:
                raise _invalid(text)
            inner, at = _items(tokens, at + 1, text, depth + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise _invalid(text)
            at += 1
        if len(path) > _DEEPEST:
            raise _invalid(text)
        _add(tree, path, inner)
        if at < len(tokens) and tokens[at] == ",":
            at += 1
            continue
        return tree, at


def _add(tree: Mask, path: list[str], inner: Mask | None) -> None:
    for name in reversed(path[1:]):
        inner = {name: inner}
    name = path[0]
    if name not in tree or inner is None:
        tree[name] = inner
    elif tree[name] is not None:
        for key, value in inner.items():
            _add(tree[name], [key], value)


def _hold_against(tree: Mask, schema: dict[str, Any], path: str) -> None:
    declared = discovery.load().by_id["sheets.spreadsheets.get"].api.schemas.declared
    while "$ref" in schema:
        schema = declared[schema["$ref"]]
    if "additionalProperties" in schema:
        return
    properties = schema.get("properties", {})
    for name, inner in tree.items():
        if name == "*" and inner is None:
            continue
        if name not in properties:
            raise _invalid(f"{path}{name}")
        if inner:
            _hold_against(inner, properties[name], f"{path}{name}.")


def _invalid(what: str) -> Exception:
    return invalid_argument(f"Invalid field: {what[:200]}")
