"""Protected ranges: who may edit what lies in them.

google-apis.md E.1: ``warningOnly`` warns people and stops no program, and its editors are ignored; ``editors`` are
visible only to those who may edit; ``unprotectedRanges`` are for whole sheets. The owner may always edit.
"""

from __future__ import annotations

from typing import Any

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.drive import access
from better_classroom.sandbox.errors import invalid_argument
from better_classroom.sandbox.people import domain_of, user_by
from better_classroom.sandbox.sheets import gridranges, masks
from better_classroom.sandbox.sheets.books import Book
from better_classroom.sandbox.sheets.ranges import Block
from better_classroom.sandbox.sheets.refusals import not_reproduced, protected
from better_classroom.sandbox.store import Row

_WRITABLE = ("range", "description", "warningOnly", "editors", "unprotectedRanges")
_LAST_ID = 2**31


def require(book: Book, caller: Caller, block: Block) -> None:
    """Raise 400 if the block touches what this caller may not edit."""
    sheet = gridranges.find_sheet(book, block.sheet_id)
    for one in sheet["protected"]:
        if not one.get("warningOnly") and not _edits(book, caller, one) and _stands_before(book, one, block):
            raise protected()


def _stands_before(book: Book, one: Row, block: Block) -> bool:
    if not gridranges.block(book, one["range"]).meets(block):
        return False
    free = [gridranges.block(book, spared) for spared in one.get("unprotectedRanges", ())]
    return not any(block.within(spared) for spared in free)


def _edits(book: Book, caller: Caller, one: Row) -> bool:
    if book.file["owner"] == caller.user_id:
        return True
    editors = one.get("editors", {})
    if caller.email.lower() in (address.lower() for address in editors.get("users", ())):
        return True
    if any(caller.user_id in access.members(book.store, group) for group in editors.get("groups", ())):
        return True
    owner = book.store.get("users", "", book.file["owner"])
    same_domain = bool(owner and caller.domain and domain_of(owner["email"]) == caller.domain)
    return same_domain and bool(editors.get("domainUsersCanEdit"))


def shown(book: Book, caller: Caller, one: Row) -> dict[str, Any]:
    """A protected range as this caller sees it."""
    writes = access.at_least(access.role_of(book.store, book.id, caller.user_id), "writer")
    edits = writes and (bool(one.get("warningOnly")) or _edits(book, caller, one))
    visible = {name: value for name, value in one.items() if name != "editors" or edits}
    return visible | {"requestingUserCanEdit": edits}


def add(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request addProtectedRange."""
    given = request.get("protectedRange", {})
    chosen = given.get("protectedRangeId")
    if chosen is not None and _find(book, chosen):
        raise invalid_argument(f"Protected range with id {chosen} already exists.")
    one: Row = {"protectedRangeId": chosen if chosen is not None else int(book.store.new_id()) % _LAST_ID}
    one |= _checked(book, given)
    sheet = gridranges.find_sheet(book, one["range"].get("sheetId", 0))
    book.put_sheet(sheet | {"protected": [*sheet["protected"], one]})
    return {"protectedRange": shown(book, caller, one)}


def update(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request updateProtectedRange."""
    given = request.get("protectedRange", {})
    sheet, former = _held(book, caller, given.get("protectedRangeId", 0))
    mask = masks.parse(request.get("fields", ""), "ProtectedRange")
    changed = masks.applied(mask, given, former, writable=_WRITABLE)
    if former.get("warningOnly") and not changed.get("warningOnly") and "editors" not in mask:
        changed.pop("editors", None)  # the document: then all editors of the spreadsheet are
    one = {"protectedRangeId": former["protectedRangeId"]} | _checked(book, changed)
    target = gridranges.find_sheet(book, one["range"].get("sheetId", 0))
    if target["sheetId"] != sheet["sheetId"]:
        raise invalid_argument("A protected range cannot move to another sheet.")
    kept = [one if each is former else each for each in sheet["protected"]]
    book.put_sheet(sheet | {"protected": kept})
    return {}


def delete(book: Book, caller: Caller, request: dict[str, Any]) -> dict[str, Any]:
    """The request deleteProtectedRange."""
    sheet, former = _held(book, caller, request.get("protectedRangeId", 0))
    book.put_sheet(sheet | {"protected": [one for one in sheet["protected"] if one is not former]})
    return {}


def _held(book: Book, caller: Caller, range_id: int) -> tuple[Row, Row]:
    found = _find(book, range_id)
    if found is None:
        raise invalid_argument(f"No protected range with id: {range_id}")
    if not found[1].get("warningOnly") and not _edits(book, caller, found[1]):
        raise protected()
    return found


def _find(book: Book, range_id: int) -> tuple[Row, Row] | None:
    for sheet in book.sheets():
        for one in sheet["protected"]:
            if one["protectedRangeId"] == range_id:
                return sheet, one
    return None


def _checked(book: Book, given: dict[str, Any]) -> dict[str, Any]:
    """The fields to keep; raises 400 for those that contradict each other."""
    if given.get("namedRangeId") or given.get("tableId"):
        raise not_reproduced("protected ranges backed by a named range or a table")
    one = {name: given[name] for name in _WRITABLE if given.get(name)}
    gridranges.block(book, one.get("range"))
    spared = one.get("unprotectedRanges", ())
    if spared and one["range"].keys() - {"sheetId"}:
        raise invalid_argument("Unprotected ranges are only supported on protected sheets.")
    for free in spared:
        if free.get("sheetId", 0) != one["range"].get("sheetId", 0):
            raise invalid_argument("Unprotected ranges must be on the protected sheet.")
        gridranges.block(book, free)
    if one.get("warningOnly"):
        one.pop("editors", None)
    else:
        one["editors"] = _editors(book, given.get("editors"))
    return one


def _editors(book: Book, given: dict[str, Any] | None) -> dict[str, Any]:
    """Those that were named, else all editors of the spreadsheet, at this time (seen: google-api-php-client#1943)."""
    if given is not None:
        unknown = [one for one in given.get("users", ()) if "@" not in one or not user_by(book.store, one)]
        if unknown:
            raise invalid_argument(f"The email address {unknown[0]} does not belong to a user.")
        return given
    grants = [one for one in access.grants(book.store, book.file) if access.at_least(one.role, "writer")]
    named = [(one.permission["type"], one.permission.get("emailAddress", "")) for one in grants]
    return {
        "users": [address for kind, address in named if kind == "user"],
        "groups": [address for kind, address in named if kind == "group"],
    }
