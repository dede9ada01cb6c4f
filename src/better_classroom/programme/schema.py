"""The JSON Schema of what people write, so that an editor checks a programme while it is typed."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from better_classroom.programme.attachments import MOST_ATTACHMENTS
from better_classroom.programme.complaints import names
from better_classroom.programme.written import Written, WrittenFile, WrittenProgramme, WrittenText
from better_classroom.texts import LANGUAGES


class _AsWritten(GenerateJsonSchema):
    """Leaves out what only we know: that a value may be None once it was complained about."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a programme as it is written."""
    schema = WrittenProgramme.model_json_schema(schema_generator=_AsWritten)
    groups = {kind.__name__: kind for kind in kinds(Written)}
    parts: dict[str, dict[str, Any]] = schema["$defs"]
    for name, part in (*parts.items(), (WrittenProgramme.__name__, schema)):
        if name in groups:
            part["required"] = list(groups[name].needed)
            part["properties"] = {key: part["properties"][key] for key in names(groups[name])}
    parts[WrittenText.__name__] = _one_or_each({"type": ["string", "number", "boolean"]}, "A text for participants")
    parts[WrittenFile.__name__] = _one_or_each({"type": "string", "pattern": r"^[^/\\]"}, "A path")
    for name in ("courses", "seminars"):
        schema["properties"][name]["minProperties"] = 1
    schema["properties"]["languages"] |= {"minItems": 1, "uniqueItems": True}
    parts["WrittenMaterial"]["properties"]["attachments"]["maxItems"] = MOST_ATTACHMENTS
    parts["WrittenAttachment"] |= {"minProperties": 1, "maxProperties": 1}
    parts["WrittenCourse"]["oneOf"] = [{"required": ["alias"]}, {"required": ["id"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **_tidied(schema),
        "title": "A programme of seminars (better_classroom, version 1)",
    }


def kinds(kind: type[Written]) -> list[type[Written]]:
    """Return every kind of group that a programme is made of."""
    return [deeper for below in kind.__subclasses__() for deeper in (below, *kinds(below))]


def _one_or_each(one: dict[str, Any], what: str) -> dict[str, Any]:
    each = {"type": "object", "properties": dict.fromkeys(LANGUAGES, one), "additionalProperties": False}
    return {
        "description": f"{what}: one for all languages, or one per language.",
        "anyOf": [one, {**each, "minProperties": 1}],
    }


def _tidied(part: Any) -> Any:
    """Drop pydantic's titles and our class names' first word, which mean nothing to a reader; allow no other keys."""
    if isinstance(part, list):
        return [_tidied(item) for item in part]
    if not isinstance(part, dict):
        return part.replace("#/$defs/Written", "#/$defs/") if isinstance(part, str) else part
    if "patternProperties" in part:
        part = {**part, "additionalProperties": False}
    kept = {key: value for key, value in part.items() if key != "title" or isinstance(value, dict)}
    return {key.removeprefix("Written"): _tidied(value) for key, value in kept.items()}
