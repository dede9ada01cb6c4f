"""What a request line and a body must be before a handler sees them, from the discovery documents alone."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any, NoReturn

from better_classroom.sandbox.discovery import Method, Parameter
from better_classroom.sandbox.errors import ApiError, invalid_argument
from better_classroom.sandbox.handler import Body, Params
from better_classroom.sandbox.wire import Call, pairs

_GLOBALS_FOR_HANDLERS = frozenset({"fields", "alt", "uploadType"})
_ONLY_COERCED = frozenset({"pageSize"})  # google-apis.md D.2: a larger pageSize is coerced, not refused


def read_params(
    method: Method, path: dict[str, str], query: str, also: frozenset[str] = frozenset()
) -> tuple[Params, bool]:
    """Path and query parameters by their discovery name, converted; and whether the reply is to be indented.

    ``also`` names query parameters that no document declares (``upload_id``), handed on as they are.

    ``fields``, ``alt=media`` and ``uploadType`` are handed on with them, the other parameters that every method takes
    are not. Raises 400 for unknown names, wrong types, wrong enums and missing ones.
    """
    read, pretty = _query(method, query, also)
    params = {name: list(value) if isinstance(value, list) else value for name, value in read.items()}
    for name, value in path.items():
        params[name] = _value(method.parameters[name], value)
    return params, pretty


@lru_cache(maxsize=4096)
def _query(method: Method, query: str, also: frozenset[str]) -> tuple[Params, bool]:
    params: Params = {}
    for name, text in pairs(query):
        parameter = method.parameters.get(name)
        if name in also:
            params[name] = text
            continue
        if parameter is None or parameter.location != "query":
            parameter = method.api.parameters.get(name)
        if parameter is None:
            raise _unknown(name)
        value = _value(parameter, text)
        if parameter.repeated:
            params.setdefault(name, []).append(value)
        elif name in params and params[name] != value:
            raise invalid_argument(f"Invalid value at '{name}': it is given more than once.")
        else:
            params[name] = value
    _complete(method, params)
    pretty = params.pop("prettyPrint", False)
    kept = {name: value for name, value in params.items() if name in method.parameters or name in _GLOBALS_FOR_HANDLERS}
    if kept.get("alt") == "json":
        del kept["alt"]
    return kept, pretty


def _complete(method: Method, params: Params) -> None:
    alt = params.get("alt", "json")
    if alt == "proto" or (alt == "media" and not method.gives_media):
        raise invalid_argument(f"Unsupported value for 'alt': {alt}")
    for parameter in method.parameters.values():
        if parameter.required and parameter.location == "query" and parameter.name not in params:
            raise ApiError(
                400,
                "INVALID_ARGUMENT",
                f"Required parameter: {parameter.name}",
                location=parameter.name,
                drive_reason="required",
            )


def _unknown(name: str) -> ApiError:
    text = (
        f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter. '
        f"Field '{name}' could not be found in request message."
    )
    violations = [{"description": text}]
    return invalid_argument(
        text, details=[{"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": violations}]
    )


def _value(parameter: Parameter, text: str) -> Any:
    if parameter.kind == "integer":
        return _integer(parameter, text)
    if parameter.kind == "boolean":
        if text not in {"true", "false"}:
            raise _misfit(parameter, "TYPE_BOOL", text)
        return text == "true"
    if parameter.enum and text not in parameter.enum:
        raise _misfit(parameter, "TYPE_ENUM", text)
    return text


def _integer(parameter: Parameter, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10 and abs(int(text)) < 2**31):  # noqa: PLR2004 - int32
        raise _misfit(parameter, "TYPE_INT32", text)
    value = int(text)
    too_small = parameter.minimum is not None and value < parameter.minimum
    too_great = parameter.maximum is not None and value > parameter.maximum and parameter.name not in _ONLY_COERCED
    if too_small or too_great:
        within = f"[{parameter.minimum}, {parameter.maximum}]"
        raise invalid_argument(f"Invalid value '{text}'. Values must be within the range: {within}")
    return value


def _misfit(parameter: Parameter, kind: str, text: str) -> ApiError:
    return ApiError(
        400,
        "INVALID_ARGUMENT",
        f"Invalid value at '{parameter.name}' ({kind}), \"{text}\"",
        location=parameter.name,
        drive_reason="invalidParameter",
    )


def read_body(method: Method, call: Call) -> Body:
    """The body of a call, held against the schema of its method; an empty one is an empty message."""
    raw = call.body
    if not raw:
        return {}
    if call.verb == "GET":
        raise invalid_argument("A GET takes no body.")
    kind = call.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind == "application/x-www-form-urlencoded":
        # What curl sends unless told otherwise: the front end reads it as more of the query.
        _refuse_form(method, raw)
    if kind != "application/json":
        raise invalid_argument(f"Invalid content type: {kind}. The body must be application/json.")
    return read_message(method, raw)


def read_message(method: Method, raw: bytes) -> Body:
    """JSON bytes, held against the request schema of the method (also the metadata part of an upload)."""
    body = _parsed(raw)
    if not method.request:
        if body != {}:
            raise invalid_argument("Invalid JSON payload received. This method takes no body.")
        return {}
    return method.api.schemas.read(method.request, body)


def _refuse_form(method: Method, raw: bytes) -> NoReturn:
    try:
        names = [name for name, _ in pairs(raw.decode())]
    except UnicodeDecodeError:
        names = []
    unknown = [name for name in names if name not in method.parameters]
    raise _unknown(unknown[0]) if unknown else invalid_argument("The body must be application/json.")


def _parsed(raw: bytes) -> Any:
    try:
        text = raw.decode()
        body = json.loads(text, parse_constant=_no_constant)
        if "\\ud" in text or "\\uD" in text:
            json.dumps(body, ensure_ascii=False).encode()  # half a surrogate pair is no character
    except RecursionError:
        raise invalid_argument("Invalid JSON payload received. Message too deep.") from None
    except ValueError as error:
        raise invalid_argument(f"Invalid JSON payload received. {_complaint(error)}") from None
    return body


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"Unexpected token. {name}")


def _complaint(error: ValueError) -> str:
    if isinstance(error, UnicodeError):
        return "Invalid UTF-8."
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at line {error.lineno}, column {error.colno}."
    return str(error)
