"""Bodies held against the schemas of a discovery document.

A schema becomes a function once, when first needed. Google's front end refuses what it cannot read before anything
looks at it: unknown names, wrong types, wrong enums (google-apis.md B.1: "Invalid JSON payload received. Unknown name
…: Cannot find field."). Fields that the document marks read-only are read and then left out, so that no handler takes
them for input.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from datetime import datetime
from typing import Any

from better_classroom.sandbox.errors import ApiError, invalid_argument

Problems = list[tuple[str, str]]  # the field and what is wrong with it
Check = Callable[[Any, str, Problems], Any]

_INT64 = re.compile(r"-?[0-9]{1,20}")
_RANGES = {"int32": (-(2**31), 2**31 - 1), "uint32": (0, 2**32 - 1)}
_RANGES_64 = {"int64": (-(2**63), 2**63 - 1), "uint64": (0, 2**64 - 1)}
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")

# Marked read-only, though permissions.create cannot do without them (google-apis.md D.3).
_WRITTEN_ALL_THE_SAME = {"Permission": frozenset({"emailAddress", "domain"})}


class Schemas:
    """The schemas of one document. ``keeps_nulls``: in maps, a null removes the key (google-apis.md D.2, Drive)."""

    def __init__(self, declared: dict[str, Any], *, keeps_nulls: bool) -> None:
        self.declared = declared
        self._keeps_nulls = keeps_nulls
        self._checks: dict[str, Check] = {}

    def read(self, name: str, body: Any) -> dict[str, Any]:
        """The body without its read-only fields and nulls; raises the 400 that names everything wrong with it."""
        problems: Problems = []
        clean = self._named(name)(body, "", problems)
        if problems:
            raise _unreadable(problems)
        return clean if isinstance(clean, dict) else {}

    def _named(self, name: str) -> Check:
        check = self._checks.get(name)
        if check is None:
            check = self._checks[name] = self._compile(_as_it_is(name, self.declared[name]))
        return check

    def _later(self, name: str) -> Check:
        """The check of a schema that may contain itself: looked up when first used."""

        def check(value: Any, path: str, problems: Problems) -> Any:
            return self._named(name)(value, path, problems)

        return check

    def _compile(self, schema: dict[str, Any]) -> Check:
        if "$ref" in schema:
            return self._later(schema["$ref"])
        kind = schema.get("type", "any")
        if kind == "object":
            if "additionalProperties" in schema:
                return _map(self._compile(schema["additionalProperties"]), keeps_nulls=self._keeps_nulls)
            return _object(
                {
                    name: (self._compile(one), bool(one.get("readOnly")))
                    for name, one in schema.get("properties", {}).items()
                }
            )
        if kind == "array":
            return _list(self._compile(schema["items"]))
        if kind == "string":
            return _string(schema)
        return _SIMPLE.get(kind, _anything)(schema)


def _as_it_is(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A schema as Google acts on it, where its document says otherwise."""
    written = _WRITTEN_ALL_THE_SAME.get(name)
    if not written:
        return schema
    properties = {
        key: one | {"readOnly": bool(one.get("readOnly")) and key not in written}
        for key, one in schema["properties"].items()
    }
    return schema | {"properties": properties}


def _object(properties: dict[str, tuple[Check, bool]]) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not dict:
            problems.append(_misfit(value, path, "an object"))
            return None
        clean = {}
        for name, one in value.items():
            known = properties.get(name)
            if known is None:
                at = f" at '{path}'" if path else ""
                problems.append((path, f'Invalid JSON payload received. Unknown name "{name}"{at}: Cannot find field.'))
            elif one is not None:
                checked = known[0](one, f"{path}.{name}" if path else name, problems)
                if not known[1]:
                    clean[name] = checked
        return clean

    return check


def _map(values: Check, *, keeps_nulls: bool) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not dict:
            problems.append(_misfit(value, path, "an object"))
            return None
        clean = {}
        for name, one in value.items():
            if one is not None:
                clean[name] = values(one, f"{path}[{name!r}]", problems)
            elif keeps_nulls:
                clean[name] = None
        return clean

    return check


def _list(items: Check) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not list:
            problems.append(_misfit(value, path, "a list"))
            return None
        return [items(one, f"{path}[{position}]", problems) for position, one in enumerate(value)]

    return check


def _string(schema: dict[str, Any]) -> Check:
    if "enum" in schema:
        return _enum(frozenset(schema["enum"]))
    form = schema.get("format")
    if form in _RANGES_64:
        return _int64(*_RANGES_64[form])
    if form in {"date-time", "google-datetime"}:
        return _timestamp

    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not str:
            problems.append(_misfit(value, path, "TYPE_STRING"))
        return value

    return check


def _enum(names: frozenset[str]) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not str or value not in names:
            problems.append(_misfit(value, path, "TYPE_ENUM"))
        return value

    return check


def _int64(least: int, most: int) -> Check:
    """64-bit numbers travel as strings (google-apis.md D.2); a JSON number is read as well."""

    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is int:
            value = str(value)
        if type(value) is not str or not _INT64.fullmatch(value) or not least <= int(value) <= most:
            problems.append(_misfit(value, path, "TYPE_INT64"))
        return value

    return check


def _timestamp(value: Any, path: str, problems: Problems) -> Any:
    """google-apis.md A: RFC 3339; other offsets than Z are accepted on input."""
    if type(value) is not str:
        problems.append(_misfit(value, path, "TYPE_STRING"))
        return value
    found = _TIMESTAMP.fullmatch(value)
    try:
        readable = found and datetime.fromisoformat((value[:19] + found[2]).upper())
    except ValueError:
        readable = None
    if not readable:
        kind = "type.googleapis.com/google.protobuf.Timestamp"
        remedy = "timestamps must end with 'Z' or have a valid timezone offset."
        problems.append((path, f"Invalid value at '{path}' ({kind}), Illegal timestamp format; {remedy}"))
    return value


def _integer(schema: dict[str, Any]) -> Check:
    least, most = _RANGES[schema.get("format", "int32")]

    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is float and value.is_integer():
            value = int(value)
        if type(value) is not int or not least <= value <= most:
            problems.append(_misfit(value, path, "TYPE_INT32"))
        return value

    return check


def _number(_schema: dict[str, Any]) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) not in {int, float} or not abs(value) <= sys.float_info.max:  # an int may be larger
            problems.append(_misfit(value, path, "TYPE_DOUBLE"))
        return value

    return check


def _boolean(_schema: dict[str, Any]) -> Check:
    def check(value: Any, path: str, problems: Problems) -> Any:
        if type(value) is not bool:
            problems.append(_misfit(value, path, "TYPE_BOOL"))
        return value

    return check


def _anything(_schema: dict[str, Any]) -> Check:
    return lambda value, _path, _problems: value


_SIMPLE: dict[str, Callable[[dict[str, Any]], Check]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
}


def _misfit(value: Any, path: str, wanted: str) -> tuple[str, str]:
    shown = f'"{value}"' if isinstance(value, str) else _shown(value)
    if not path:
        return path, f"Invalid JSON payload received. The body must be {wanted}."
    return path, f"Invalid value at '{path}' ({wanted}), {shown}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "a structure"
    if isinstance(value, bool):
        return str(value).lower()
    return "null" if value is None else str(value)


def _unreadable(problems: Problems) -> ApiError:
    violations = [{"field": path, "description": text} if path else {"description": text} for path, text in problems]
    return invalid_argument(
        "\n".join(text for _, text in problems),
        details=[{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}],
    )
