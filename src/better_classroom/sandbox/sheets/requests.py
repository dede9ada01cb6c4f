"""``spreadsheets.batchUpdate``: many requests, all or none (google-apis.md E.1: one bad request fails all)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import metadata
from better_classroom.sandbox.errors import ApiError, invalid_argument
from better_classroom.sandbox.handler import Body, Handler, Params
from better_classroom.sandbox.sheets import (
    cellrequests,
    dimensionrequests,
    masks,
    opening,
    protection,
    sheetrows,
    spreadsheets,
)
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.refusals import at, not_reproduced
from better_classroom.sandbox.store import Store

Carry = Callable[[Book, Caller, dict[str, Any]], dict[str, Any]]


def batch_update(store: Store, caller: Caller, params: Params, body: Body) -> dict[str, Any]:
    """Carry out requests in their order; a refusal names the request at fault, and undoes those before it."""
    book = opening.to_write(store, caller, params["spreadsheetId"])
    requests = body.get("requests", [])
    if not requests:
        raise invalid_argument("Must specify at least one request.")  # seen: google-api-nodejs-client#1001
    replies = []
    for position, request in enumerate(requests):
        kind = _kind(request, position)
        try:
            reply = _carry_out(kind)(book, caller, request[kind])
        except ApiError as error:
            raise at(f"requests[{position}].{kind}", error) from error
        replies.append({kind: reply} if reply else {})
    opening.count_change(book, caller)
    answer: dict[str, Any] = {"spreadsheetId": book.id, "replies": replies}
    if body.get("includeSpreadsheetInResponse"):
        answer["updatedSpreadsheet"] = spreadsheets.shown(
            book, caller, asked=body.get("responseRanges", []), data=body.get("responseIncludeGridData", False)
        )
    return answer


def _kind(request: dict[str, Any], position: int) -> str:
    kinds = list(request)
    if not kinds:
        raise invalid_argument(f"Invalid requests[{position}]: No request set.")
    if len(kinds) > 1:
        place = f"requests[{position}]"
        raise invalid_argument(
            f"Invalid value at '{place}' (oneof), oneof field 'kind' is already set. Cannot set '{kinds[1]}'"
        )
    return kinds[0]


def _carry_out(kind: str) -> Carry:
    if kind not in _REQUESTS:
        raise not_reproduced(f"the request {kind} of sheets.spreadsheets.batchUpdate")
    return _REQUESTS[kind]


def _update_properties(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request updateSpreadsheetProperties; the title is the name of the file in Drive."""
    mask = masks.parse(request.get("fields", ""), "SpreadsheetProperties")
    given = request.get("properties", {})
    settings = {"locale", "timeZone", "autoRecalc"}
    named = {"title", *settings} & given.keys() if "*" in mask else mask.keys()
    unknown = sorted(named - settings - {"title"})
    if unknown:
        raise not_reproduced(f"a change of the property {unknown[0]} of a spreadsheet")
    missing = sorted(name for name in named if not given.get(name))
    if missing:
        raise invalid_argument(f"The property {missing[0]} cannot be cleared.")
    if "title" in named:
        metadata.check_change({"name": given["title"]})
        opening.count_change(book, caller, name=given["title"])
    book.put(**spreadsheets.check_settings({name: given[name] for name in named & settings}))
    return {}


_REQUESTS: dict[str, Carry] = {
    "addProtectedRange": protection.add,
    "addSheet": sheetrows.add,
    "appendCells": cellrequests.append_cells,
    "appendDimension": dimensionrequests.append,
    "clearBasicFilter": cellrequests.clear_basic_filter,
    "deleteDimension": dimensionrequests.delete,
    "deleteProtectedRange": protection.delete,
    "deleteSheet": sheetrows.delete,
    "insertDimension": dimensionrequests.insert,
    "repeatCell": cellrequests.repeat_cell,
    "setBasicFilter": cellrequests.set_basic_filter,
    "setDataValidation": cellrequests.set_data_validation,
    "sortRange": cellrequests.sort_range,
    "updateCells": cellrequests.update_cells,
    "updateDimensionProperties": dimensionrequests.update_properties,
    "updateProtectedRange": protection.update,
    "updateSheetProperties": sheetrows.update,
    "updateSpreadsheetProperties": _update_properties,
}

HANDLERS: dict[str, Handler] = {"sheets.spreadsheets.batchUpdate": batch_update}
