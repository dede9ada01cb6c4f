"""Google's discovery documents, as the client ships them, made into a table of methods.

Nothing of the client is imported: its documents are data files, found beside it. Whatever version of them is
installed is the version that is emulated.
"""

from __future__ import annotations

import importlib.util
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from better_classroom.sandbox.schemas import Schemas

DOCUMENTS = ("classroom.v1", "drive.v3", "sheets.v4")

_VARIABLE = re.compile(r"\{\+?(\w+)\}(:\w+)?")


class DocumentsMissing(Exception):
    """Google's discovery documents are not installed."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One path or query parameter as its document declares it; ``kind`` is string, integer or boolean."""

    name: str
    location: str
    kind: str
    repeated: bool
    required: bool
    enum: frozenset[str]
    minimum: int | None
    maximum: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Method:
    """One method of Google's; ``id`` is its lasting name, such as ``classroom.courses.topics.create``."""

    id: str
    api: Api
    verb: str
    path: str
    parameters: dict[str, Parameter]
    request: str
    response: str
    scopes: frozenset[str]
    takes_media: bool
    gives_media: bool

    @property
    def service(self) -> str:
        """``classroom``, ``drive`` or ``sheets``."""
        return self.api.name


@dataclass(frozen=True, slots=True, eq=False)
class Api:
    """One API: its schemas, and the parameters that every method takes."""

    name: str
    batch_path: str
    schemas: Schemas
    parameters: dict[str, Parameter]


@dataclass(slots=True)
class _Node:
    """A segment of a path: what may follow it, and the methods, by verb, of the path that ends here."""

    fixed: dict[str, _Node] = field(default_factory=dict)
    variable: _Node | None = None
    with_action: dict[str, _Node] = field(default_factory=dict)
    methods: dict[str, tuple[Method, tuple[str, ...]]] = field(default_factory=dict)


class Methods:
    """Every method of the documents, by id and by verb and path."""

    def __init__(self, documents: Iterator[dict[str, Any]]) -> None:
        self.by_id: dict[str, Method] = {}
        self._root = _Node()
        self._uploads = _Node()
        for document in documents:
            for method, upload_paths in _methods(document):
                self.by_id[method.id] = method
                self._add(self._root, method, method.path)
                for upload_path in upload_paths:
                    self._add(self._uploads, method, upload_path)

    def _add(self, node: _Node, method: Method, path: str) -> None:
        names: list[str] = []
        for segment in path.strip("/").split("/"):
            variable = _VARIABLE.fullmatch(segment)
            if variable is None:
                node = node.fixed.setdefault(segment, _Node())
                continue
            names.append(variable[1])
            if variable[2]:
                node = node.with_action.setdefault(variable[2], _Node())
            else:
                node.variable = node.variable or _Node()
                node = node.variable
        node.methods[method.verb] = (method, tuple(names))

    def find(self, verb: str, raw_path: str) -> tuple[Method, dict[str, str]] | None:
        """The method of a request line and its path parameters, or None; ``raw_path`` is still percent-encoded.

        google-apis.md F.4: the client encodes an alias as ``p%3Aa%2Fb``, so the path is split before it is decoded.
        Raises UnicodeDecodeError if what was encoded is no UTF-8.
        """
        return _find(self._root, verb, raw_path)

    def find_upload(self, verb: str, raw_path: str) -> tuple[Method, dict[str, str]] | None:
        """As ``find``, among the upload paths. A PUT goes to the session that a POST or PATCH began there."""
        if verb != "PUT":
            return _find(self._uploads, verb, raw_path)
        return _find(self._uploads, "POST", raw_path) or _find(self._uploads, "PATCH", raw_path)


def _find(root: _Node, verb: str, raw_path: str) -> tuple[Method, dict[str, str]] | None:
    node = root
    values: list[str] = []
    for segment in raw_path.removeprefix("/").split("/"):
        following = node.fixed.get(segment)
        if following is None:
            following, value = _variable(node, segment)
            if following is None:
                return None
            values.append(unquote(value, errors="strict") if "%" in value else value)
        node = following
    found = node.methods.get(verb)
    if found is None:
        return None
    method, names = found
    return method, dict(zip(names, values, strict=True))


def _variable(node: _Node, segment: str) -> tuple[_Node | None, str]:
    if node.with_action and ":" in segment:
        value, _, action = segment.rpartition(":")
        following = node.with_action.get(f":{action}")
        if following is not None and value:
            return following, value
    return (node.variable, segment) if segment else (None, "")


@cache
def load() -> Methods:
    """All methods of the documents that are installed, read once a process."""
    spec = importlib.util.find_spec("googleapiclient")
    if spec is None or not spec.submodule_search_locations:
        raise DocumentsMissing("google-api-python-client is not installed; its discovery documents are needed")
    folder = Path(spec.submodule_search_locations[0]) / "discovery_cache" / "documents"
    return Methods(json.loads((folder / f"{name}.json").read_bytes()) for name in DOCUMENTS)


def _methods(document: dict[str, Any]) -> Iterator[tuple[Method, list[str]]]:
    api = Api(
        name=document["name"],
        batch_path=document["batchPath"],
        schemas=Schemas(document["schemas"], keeps_nulls=document["name"] == "drive"),
        parameters=_parameters(document["parameters"]),
    )
    for entry in _entries(document):
        path = entry["flatPath"] if "{+" in entry["path"] else entry["path"]
        method = Method(
            id=entry["id"],
            api=api,
            verb=entry["httpMethod"],
            path=document["servicePath"] + path,
            parameters=_parameters(entry.get("parameters", {})),
            request=entry.get("request", {}).get("$ref", ""),
            response=entry.get("response", {}).get("$ref", ""),
            scopes=frozenset(entry.get("scopes", ())),
            takes_media="mediaUpload" in entry,
            gives_media=entry.get("supportsMediaDownload", False),
        )
        media = entry.get("mediaUpload", {}).get("protocols", {})
        yield method, [protocol["path"] for protocol in media.values()]


def _entries(resource: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from resource.get("methods", {}).values()
    for nested in resource.get("resources", {}).values():
        yield from _entries(nested)


def _parameters(declared: dict[str, Any]) -> dict[str, Parameter]:
    return {
        name: Parameter(
            name=name,
            location=one["location"],
            kind=one["type"],
            repeated=one.get("repeated", False),
            required=one.get("required", False),
            enum=frozenset(one.get("enum", ())),
            minimum=int(one["minimum"]) if "minimum" in one else None,
            maximum=int(one["maximum"]) if "maximum" in one else None,
        )
        for name, one in declared.items()
    }
