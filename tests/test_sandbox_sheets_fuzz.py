"""Whatever fits the schemas of Sheets is carried out or refused, never stumbled over; and a refusal changes nothing."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest
from googleapiclient.discovery_cache import get_static_doc
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import fuzzing
from fuzzing import Shot
from talking import Control, Wire

ORGANISER = "korraldaja@tartu.example"
SCHEMAS: dict[str, Any] = json.loads(get_static_doc("sheets", "v4"))["schemas"]
REPRODUCED = (
    "addProtectedRange",
    "addSheet",
    "appendCells",
    "appendDimension",
    "clearBasicFilter",
    "deleteDimension",
    "deleteProtectedRange",
    "deleteSheet",
    "insertDimension",
    "repeatCell",
    "setBasicFilter",
    "setDataValidation",
    "sortRange",
    "updateCells",
    "updateDimensionProperties",
    "updateProtectedRange",
    "updateSheetProperties",
    "updateSpreadsheetProperties",
)
MASKS = {
    "CellData": (
        "*",
        "userEnteredValue",
        "userEnteredFormat(textFormat.bold,numberFormat)",
        "note,dataValidation",
        "x",
    ),
    "DimensionProperties": ("*", "pixelSize", "hidden_by_user", "developerMetadata"),
    "ProtectedRange": ("*", "range", "editors.users", "warningOnly,description"),
    "SheetProperties": ("*", "title", "index,hidden", "gridProperties.rowCount", "gridProperties(frozenRowCount)"),
    "SpreadsheetProperties": ("*", "title", "locale,timeZone", "defaultFormat"),
}
TEXTS = (
    "",
    "a",
    "=1+2",
    "=SUM(A1:C9)",
    "=A1",
    "=B1&A2",
    "-",
    "+x",
    "@",
    "'",
    "12%",
    "2020-06-16",
    "11:30",
    "1e999",
    "õ",
)
RANGES = (
    "Sheet1",
    "A1",
    "B2:C3",
    "A:B",
    "2:3",
    "A2:C",
    "Sheet1!A1:Z9",
    "'T'!A1",
    "T",
    "R1C2",
    "Z999:AA1001",
    "A1:",
    "!",
    "",
)
STATUSES = {400, 403, 404, 501}
few = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


def texts() -> st.SearchStrategy[str]:
    # a lone surrogate is no character, and refused before anything looks at it
    free = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
    return st.sampled_from(TEXTS) | free | st.text("=+-*/^&()%,;:.$!'\"AB12#", max_size=14).map(lambda one: f"={one}")


def message(schema: dict[str, Any], depth: int, name: str = "") -> st.SearchStrategy[Any]:
    """Something that fits a schema."""
    if "$ref" in schema:
        return message(SCHEMAS[schema["$ref"]], depth, schema["$ref"])
    kind = schema.get("type", "any")
    if kind == "array":
        return st.lists(message(schema["items"], depth + 1), max_size=3)
    if kind == "object":
        return _object(schema, depth, name)
    return st.sampled_from(schema["enum"]) if "enum" in schema else SIMPLE.get(kind, ANYTHING)


def _object(schema: dict[str, Any], depth: int, name: str) -> st.SearchStrategy[Any]:
    if "additionalProperties" in schema:
        values = message(schema["additionalProperties"], depth + 1)
        return st.dictionaries(st.sampled_from("01"), values, max_size=2)
    fields = {
        key: _field(key, one, depth, name)
        for key, one in schema.get("properties", {}).items()
        if (depth < 4 or "$ref" not in one) and key not in NOT_REPRODUCED
    }
    # mostly with what the sandbox asks for first, so that something comes after it
    first = {key: one for key, one in fields.items() if key in ASKED_FOR}
    rest = {key: one for key, one in fields.items() if key not in ASKED_FOR}
    free = st.fixed_dictionaries({}, optional=fields)
    likely = st.fixed_dictionaries(first, optional=rest)
    return st.one_of(LIKELY[name], likely, free) if name in LIKELY else st.one_of(likely, likely, free)


def _field(key: str, schema: dict[str, Any], depth: int, name: str) -> st.SearchStrategy[Any]:
    if key == "fields" and schema.get("format") == "google-fieldmask":
        told = {"cell": "CellData", "rows": "CellData", "properties": "", "protectedRange": "ProtectedRange"}
        declared = SCHEMAS[name]["properties"]
        kinds = [told[other] or declared[other]["$ref"] for other in declared if other in told]
        return st.sampled_from(MASKS[kinds[0]])
    return message(schema, depth + 1)


def requests() -> st.SearchStrategy[Any]:
    properties = SCHEMAS["Request"]["properties"]
    return st.one_of([st.fixed_dictionaries({kind: message(properties[kind], 0)}) for kind in REPRODUCED])


ANYTHING: st.SearchStrategy[Any] = st.none() | st.booleans() | texts()
SIMPLE: dict[str, st.SearchStrategy[Any]] = {
    "boolean": st.booleans(),
    "string": texts(),
    "integer": st.sampled_from((0, 0, 0, 1, 1, 2, 3, 5, 7, 26, 1000, -1, 2**31 - 1)),
    "number": st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from((0, 1, 43998)),
}


ASKED_FOR = frozenset({"fields", "range", "dimension", "length", "protectedRange", "sortSpecs", "rows", "properties"})
NOT_REPRODUCED = frozenset(
    {"pivotTable", "dataSourceTable", "dataSourceFormula", "chipRuns", "developerMetadata", "dataSourceSheetRange"}
    | {"namedRangeId", "tableId", "dataSourceColumnReference", "backgroundColorStyle", "foregroundColorStyle"}
)
_PLACES = ((0, 1), (0, 2), (1, 3), (2, 1000), (998, 1000), (3, 26))
_BLOCKS = [
    {
        "sheetId": sheet,
        "startRowIndex": row[0],
        "endRowIndex": row[1],
        "startColumnIndex": at[0],
        "endColumnIndex": at[1],
    }
    for sheet in (0, 1)
    for row in _PLACES
    for at in ((0, 1), (0, 3), (1, 2), (2, 26))
]
_SPANS = [
    {"sheetId": sheet, "dimension": dimension, "startIndex": start, "endIndex": end}
    for sheet in (0, 1)
    for dimension in ("ROWS", "COLUMNS")
    for start, end in _PLACES
]
LIKELY: dict[str, st.SearchStrategy[Any]] = {
    "GridRange": st.sampled_from([*_BLOCKS, {"sheetId": 0}, {"sheetId": 1, "startRowIndex": 1}]),
    "DimensionRange": st.sampled_from(_SPANS),
    "BooleanCondition": st.sampled_from(
        [{"type": "ONE_OF_LIST", "values": [{"userEnteredValue": "a"}]}, {"type": "BOOLEAN"}, {"type": "NOT_BLANK"}]
    ),
    "ExtendedValue": st.fixed_dictionaries({"stringValue": texts()})
    | st.sampled_from(("=1+2", "=A1", "=SUM(A1:C9)", "=B2&A1", "=")).map(lambda one: {"formulaValue": one}),
    "SortSpec": st.fixed_dictionaries({"dimensionIndex": st.integers(0, 2), "sortOrder": st.just("DESCENDING")}),
}


def _names(pattern: str, path: str) -> bool:
    """Whether a path is that of a method."""
    expression = re.sub(r"\\{\w+\\}", "[^/:]+", re.escape(pattern))
    return re.fullmatch(expression, path.partition("?")[0]) is not None


class Range:
    """A spreadsheet to shoot at."""

    def __init__(self, url: str, control: Control) -> None:
        control.post("reset")
        self._wire = Wire(url, control.token(ORGANISER, "drive"))
        sheets = [{"properties": {"title": "Sheet1", "sheetId": 0}}, {"properties": {"title": "T", "sheetId": 1}}]
        made = self._wire.ask("POST", "/v4/spreadsheets", {"sheets": sheets})
        self.id = made.json["spreadsheetId"]
        self.path = f"/v4/spreadsheets/{self.id}"
        self.fire("PUT", f"{self.path}/values/A1?valueInputOption=RAW", {"values": [["a", 1], [2, True], ["b"]]})

    def fire(self, verb: str, path: str, body: Any = None) -> int:
        """Send a call; what is refused must have changed nothing, and what is there must still be shown."""
        before = self._version()
        answer = self._wire.ask(verb, path, body)
        assert answer.status == 200 or answer.status in STATUSES, (verb, path, body, answer)
        method = next(one for one in fuzzing.methods() if one.verb == verb and _names(one.path, path))
        assert not fuzzing.complaints(Shot(method, verb, path), answer), (verb, path, body, answer)
        if answer.status != 200:
            assert self._version() == before, (verb, path, body)
        else:
            shown = self._wire.ask("GET", f"{self.path}?includeGridData=true")
            assert shown.status == 200, (verb, path, body, shown)
            json.loads(shown.body, parse_constant=pytest.fail)
        return answer.status

    def _version(self) -> str:
        return str(self._wire.ask("GET", f"/drive/v3/files/{self.id}?fields=version").json["version"])

    def close(self) -> None:
        self._wire.close()


@few
@given(bodies=st.lists(st.lists(requests(), min_size=1, max_size=2), max_size=4))
def test_requests_that_fit_the_schema_never_break_it(sandbox_url: str, control: Control, bodies: list[Any]) -> None:
    target = Range(sandbox_url, control)
    for body in bodies:
        target.fire("POST", f"{target.path}:batchUpdate", {"requests": body})
    target.close()


@few
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(("update", "append", "clear", "get")),
            st.sampled_from(RANGES) | texts(),
            st.lists(
                st.lists(st.none() | st.booleans() | st.floats(allow_nan=False) | texts(), max_size=4), max_size=3
            ),
            st.sampled_from(("RAW", "USER_ENTERED")),
            st.sampled_from(("FORMATTED_VALUE", "UNFORMATTED_VALUE", "FORMULA")),
            st.sampled_from(("ROWS", "COLUMNS")),
        ),
        max_size=8,
    )
)
def test_values_of_any_kind_never_break_it(sandbox_url: str, control: Control, steps: list[Any]) -> None:
    target = Range(sandbox_url, control)
    for what, at, values, how, render, dimension in steps:
        path = f"{target.path}/values/{quote(at, safe='') or 'A1'}"
        body = {"values": values, "majorDimension": dimension}
        shown = f"includeValuesInResponse=true&responseValueRenderOption={render}"
        if what == "get":
            target.fire("GET", f"{path}?valueRenderOption={render}&majorDimension={dimension}")
        elif what == "clear":
            target.fire("POST", f"{path}:clear", {})
        elif what == "append":
            insert = "INSERT_ROWS" if dimension == "ROWS" else "OVERWRITE"
            target.fire("POST", f"{path}:append?valueInputOption={how}&insertDataOption={insert}&{shown}", body)
        else:
            target.fire("PUT", f"{path}?valueInputOption={how}&{shown}", body)
    target.close()


@few
@given(given=message({"$ref": "Spreadsheet"}, 1))
def test_any_spreadsheet_can_be_asked_for(sandbox_url: str, control: Control, given: Any) -> None:
    wire = Wire(sandbox_url, control.token(ORGANISER, "drive"))
    answer = wire.ask("POST", "/v4/spreadsheets", given)
    assert answer.status == 200 or answer.status in STATUSES, (given, answer)
    wire.close()
