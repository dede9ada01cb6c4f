"""Requests of ``spreadsheets.batchUpdate`` in the sandbox, held against google-apis.md E.1."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_drive import Google
from sandbox_sheets import EXPERT, LOOKER, ORGANISER, SPREADSHEET, STRANGER, Sheets, refused
from talking import Control


@pytest.fixture
def sheets(control: Control, google: Google) -> Sheets:
    return Sheets(control, google)


def area(top: int, left: int, bottom: int, right: int, sheet: int = 0) -> dict[str, int]:
    return {
        "sheetId": sheet,
        "startRowIndex": top,
        "endRowIndex": bottom,
        "startColumnIndex": left,
        "endColumnIndex": right,
    }


def rows(start: int, end: int, dimension: str = "ROWS") -> dict[str, Any]:
    return {"sheetId": 0, "dimension": dimension, "startIndex": start, "endIndex": end}


def text(value: str) -> dict[str, Any]:
    return {"userEnteredValue": {"stringValue": value}}


# --- the spreadsheet


def test_e1_a_spreadsheet_is_created_with_one_sheet(sheets: Sheets) -> None:
    made = sheets.made
    assert made["properties"]["title"] == "Küsimused: Ekspert Üks"
    assert (made["properties"]["locale"], made["properties"]["timeZone"]) == ("en_US", "Etc/GMT")
    assert made["spreadsheetUrl"] == f"https://docs.google.com/spreadsheets/d/{sheets.id}/edit"
    assert [one["properties"] for one in made["sheets"]] == [
        {
            "sheetId": 0,
            "title": "Sheet1",
            "index": 0,
            "sheetType": "GRID",
            "gridProperties": {"rowCount": 1000, "columnCount": 26},
        }
    ]
    assert sheets.get() == made


def test_e1_a_spreadsheet_can_be_created_with_sheets_and_cells(sheets: Sheets) -> None:
    data = [{"startRow": 1, "rowData": [{"values": [text("a"), {"userEnteredValue": {"numberValue": 2}}]}]}]
    body = {
        "properties": {"title": "Tahvel", "locale": "et_EE", "timeZone": "Europe/Tallinn"},
        "sheets": [
            {"properties": {"title": "Küsimused", "sheetId": 7, "gridProperties": {"rowCount": 9, "columnCount": 3}}},
            {"properties": {"title": "Juhend"}, "data": data},
        ],
    }
    made = sheets.book().create(body=body).execute()
    assert [one["properties"]["title"] for one in made["sheets"]] == ["Küsimused", "Juhend"]
    assert made["sheets"][0]["properties"]["sheetId"] == 7
    assert (made["properties"]["locale"], made["properties"]["timeZone"]) == ("et_EE", "Europe/Tallinn")
    found = sheets.values().get(spreadsheetId=made["spreadsheetId"], range="Juhend!A1:C3").execute()
    assert found["values"] == [[], ["a", "2"]]
    with refused(400, "INVALID_ARGUMENT", "already exists"):
        twice = [{"properties": {"title": "Tahvel"}}, {"properties": {"title": "tahvel"}}]
        sheets.book().create(body={"sheets": twice}).execute()


def test_a_spreadsheet_is_a_file_of_drive(sheets: Sheets) -> None:
    file = sheets.file()
    assert (file["name"], file["mimeType"]) == ("Küsimused: Ekspert Üks", SPREADSHEET)
    assert "md5Checksum" not in file  # google-apis.md D.2: only for binary content
    body = {"name": "Teine", "mimeType": SPREADSHEET}
    made = sheets.drive().files().create(body=body).execute()
    shown = sheets.book().get(spreadsheetId=made["id"]).execute()
    assert shown["properties"]["title"] == "Teine"
    assert [one["properties"]["title"] for one in shown["sheets"]] == ["Sheet1"]
    sheets.drive().files().update(fileId=made["id"], body={"name": "Kolmas"}).execute()
    assert sheets.book().get(spreadsheetId=made["id"], fields="properties/title").execute() == {
        "properties": {"title": "Kolmas"}
    }


def test_every_write_counts_in_drive(sheets: Sheets) -> None:
    before = sheets.file()
    sheets.put("A1", ["a"], who=EXPERT)
    written = sheets.file()
    assert int(written["version"]) > int(before["version"])
    assert written["modifiedTime"] > before["modifiedTime"]
    assert written["lastModifyingUser"]["emailAddress"] == EXPERT
    sheets.batch({"addSheet": {}})
    assert int(sheets.file()["version"]) > int(written["version"])
    after = sheets.file()["version"]
    sheets.read("A1")
    sheets.get()
    assert sheets.file()["version"] == after


def test_a_copy_holds_the_cells_and_goes_its_own_way(sheets: Sheets) -> None:
    sheets.put("A1", ["a"])
    copy = sheets.drive().files().copy(fileId=sheets.id, body={}).execute()["id"]
    sheets.put("A1", ["b"])
    assert sheets.values().get(spreadsheetId=copy, range="A1").execute()["values"] == [["a"]]


def test_a_deleted_spreadsheet_is_gone(sheets: Sheets) -> None:
    sheets.drive().files().delete(fileId=sheets.id).execute()
    with refused(404, "NOT_FOUND", "Requested entity was not found."):
        sheets.get()


def test_only_who_it_is_shared_with_opens_it(sheets: Sheets) -> None:
    with refused(403, "PERMISSION_DENIED", "The caller does not have permission"):
        sheets.get(STRANGER)
    with refused(403, "PERMISSION_DENIED"):
        sheets.batch({"addSheet": {}}, who=LOOKER)
    assert sheets.get(LOOKER)["spreadsheetId"] == sheets.id


def test_f1_drive_file_opens_what_the_app_made_and_nothing_else(sheets: Sheets) -> None:
    own = sheets.by(ORGANISER, "drive.file")
    assert own.spreadsheets().get(spreadsheetId=sheets.id).execute()["spreadsheetId"] == sheets.id
    foreign = sheets.by(ORGANISER, "drive.file", project="another")
    with refused(404, "NOT_FOUND"):
        foreign.spreadsheets().get(spreadsheetId=sheets.id).execute()


def test_g17_scopes_are_checked_by_method(sheets: Sheets) -> None:
    looking = sheets.by(ORGANISER, "spreadsheets.readonly")
    assert looking.spreadsheets().get(spreadsheetId=sheets.id).execute()["spreadsheetId"] == sheets.id
    with refused(403, "PERMISSION_DENIED", "Request had insufficient authentication scopes."):
        looking.spreadsheets().batchUpdate(spreadsheetId=sheets.id, body={"requests": []}).execute()


def test_what_is_no_spreadsheet_is_not_supported(sheets: Sheets) -> None:
    other = sheets.drive().files().create(body={"name": "Ettekanne.pdf"}).execute()
    with refused(400, "FAILED_PRECONDITION", "This operation is not supported for this document"):
        sheets.book().get(spreadsheetId=other["id"]).execute()


def test_grid_data_come_when_asked_for(sheets: Sheets) -> None:
    sheets.type("B2", ["=1+1", "2020-06-16"])
    assert "data" not in sheets.get()["sheets"][0]
    shown = sheets.get(ranges=["Sheet1!B2:C3"], includeGridData=True)["sheets"][0]["data"][0]
    assert (shown["startRow"], shown["startColumn"]) == (1, 1)
    formula, day = shown["rowData"][0]["values"]
    assert formula["userEnteredValue"] == {"formulaValue": "=1+1"}
    assert formula["effectiveValue"] == {"numberValue": 2}
    assert (formula["formattedValue"], day["formattedValue"]) == ("2", "2020-06-16")
    assert day["userEnteredFormat"]["numberFormat"]["type"] == "DATE"
    assert shown["columnMetadata"] == [{"pixelSize": 100}, {"pixelSize": 100}]
    fields = "sheets(properties(title,index),data/rowData/values/formattedValue)"
    chosen = sheets.get(fields=fields)["sheets"][0]
    assert chosen["properties"] == {"title": "Sheet1", "index": 0}
    assert chosen["data"][0]["rowData"][1]["values"][1] == {"formattedValue": "2"}
    assert "data" not in sheets.get(fields="sheets/properties", includeGridData=True)["sheets"][0]


# --- all or none


def test_e1_one_bad_request_fails_all_and_is_named(sheets: Sheets) -> None:
    before = sheets.file()["version"]
    with refused(400, "INVALID_ARGUMENT", "Invalid requests[1].deleteSheet: No grid with id: 99"):
        sheets.batch({"addSheet": {"properties": {"title": "Uus"}}}, {"deleteSheet": {"sheetId": 99}})
    assert len(sheets.get()["sheets"]) == 1
    assert sheets.file()["version"] == before


def test_at_least_one_request_and_one_kind_in_each(sheets: Sheets) -> None:
    with refused(400, "INVALID_ARGUMENT", "Must specify at least one request."):
        sheets.batch()
    with refused(400, "INVALID_ARGUMENT", "requests[0]"):
        sheets.batch({})
    with refused(400, "INVALID_ARGUMENT", "oneof field 'kind' is already set"):
        sheets.batch({"addSheet": {}, "deleteSheet": {"sheetId": 0}})


def test_a_request_that_is_not_reproduced_names_itself(sheets: Sheets) -> None:
    with refused(501, "UNIMPLEMENTED", "the request addChart of sheets.spreadsheets.batchUpdate"):
        sheets.batch({"addChart": {}})


def test_the_answer_can_hold_the_spreadsheet(sheets: Sheets) -> None:
    answer = sheets.update({"addSheet": {}}, includeSpreadsheetInResponse=True)
    assert [one["properties"]["title"] for one in answer["updatedSpreadsheet"]["sheets"]] == ["Sheet1", "Sheet2"]
    assert answer["replies"][0]["addSheet"]["properties"]["title"] == "Sheet2"


# --- sheets


def test_sheets_are_added_moved_renamed_and_deleted(sheets: Sheets) -> None:
    frozen = {"rowCount": 10, "columnCount": 4, "frozenRowCount": 1}
    properties = {"title": "Tahvel", "sheetId": 5, "index": 0, "gridProperties": frozen}
    reply = sheets.batch({"addSheet": {"properties": properties}})[0]["addSheet"]
    assert reply["properties"]["gridProperties"] == frozen
    sheets.batch(
        {"updateSheetProperties": {"properties": {"sheetId": 5, "title": "Uus"}, "fields": "title"}},
        {"updateSheetProperties": {"properties": {"sheetId": 5, "index": 2}, "fields": "index"}},
    )
    assert [one["properties"]["title"] for one in sheets.get()["sheets"]] == ["Sheet1", "Uus"]
    sheets.batch({"deleteSheet": {"sheetId": 0}})
    with refused(400, "INVALID_ARGUMENT", "You can't remove all the sheets in a document."):
        sheets.batch({"deleteSheet": {"sheetId": 5}})


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"title": "Sheet1"}, 'A sheet with the name "Sheet1" already exists. Please enter another name.'),
        ({"sheetId": 0}, "already exists"),
        ({"gridProperties": {"rowCount": 10_000_000}}, "above the limit of 10000000 cells"),
        ({"gridProperties": {"rowCount": 2, "frozenRowCount": 2}}, "You can't freeze all visible rows"),
    ],
)
def test_a_sheet_that_cannot_be_is_refused(sheets: Sheets, properties: dict[str, Any], words: str) -> None:
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.batch({"addSheet": {"properties": properties}})


def test_a_deleted_sheets_cells_do_not_come_back(sheets: Sheets) -> None:
    sheets.batch({"addSheet": {"properties": {"sheetId": 5, "title": "T"}}})
    sheets.put("T!A1", ["a"])
    sheets.batch({"deleteSheet": {"sheetId": 5}}, {"addSheet": {"properties": {"sheetId": 5, "title": "T"}}})
    assert sheets.read("T") == []


def test_a_field_mask_is_required_and_held_against_the_document(sheets: Sheets) -> None:
    words = "At least one field must be listed in 'fields'. (Use '*' to indicate all fields.)"
    with refused(400, "INVALID_ARGUMENT", f"Invalid requests[0].updateSheetProperties: {words}"):
        sheets.batch({"updateSheetProperties": {"properties": {"sheetId": 0, "title": "A"}}})
    with refused(400, "INVALID_ARGUMENT", "Invalid field: pealkiri"):
        sheets.batch({"updateSheetProperties": {"properties": {"sheetId": 0}, "fields": "pealkiri"}})
    with refused(400, "INVALID_ARGUMENT", "cannot be changed"):
        sheets.batch({"updateSheetProperties": {"properties": {"sheetId": 0}, "fields": "sheetId"}})


def test_a_sheet_shrinks_and_grows_by_its_properties(sheets: Sheets) -> None:
    sheets.put("A1", ["a"], ["b"], ["c"])
    small = {"rowCount": 2, "columnCount": 1}
    changed = {"properties": {"sheetId": 0, "gridProperties": small}, "fields": "gridProperties(rowCount,columnCount)"}
    sheets.batch({"updateSheetProperties": changed})
    assert sheets.read("Sheet1") == [["a"], ["b"]]
    assert sheets.get()["sheets"][0]["properties"]["gridProperties"] == small


# --- cells


def test_cells_are_updated_by_mask_from_a_start_or_in_a_range(sheets: Sheets) -> None:
    bold = {"userEnteredFormat": {"textFormat": {"bold": True}}}
    given = [{"values": [text("a") | bold, text("b")]}]
    start = {"sheetId": 0, "rowIndex": 1, "columnIndex": 1}
    sheets.batch({"updateCells": {"start": start, "rows": given, "fields": "*"}})
    assert sheets.read("A1:D3") == [[], ["", "a", "b"]]
    only = {"range": area(1, 1, 2, 4), "rows": [{"values": [text("c")]}], "fields": "userEnteredValue"}
    sheets.batch({"updateCells": only})
    assert sheets.read("A1:D3") == [[], ["", "c"]]
    assert sheets.cells("B2")[0][0]["userEnteredFormat"] == {"textFormat": {"bold": True}}
    sheets.batch({"updateCells": {"range": area(1, 1, 2, 2), "fields": "userEnteredFormat"}})
    assert sheets.cells("B2")[0][0] == {
        "userEnteredValue": {"stringValue": "c"},
        "effectiveValue": {"stringValue": "c"},
        "formattedValue": "c",
    }


def test_rich_text_is_kept_until_the_value_changes(sheets: Sheets) -> None:
    runs = {"textFormatRuns": [{"format": {}}, {"startIndex": 3, "format": {"bold": True}}]}
    given = {"start": {"sheetId": 0}, "rows": [{"values": [text("kas see?") | runs]}], "fields": "*"}
    sheets.batch({"updateCells": given})
    assert len(sheets.cells("A1")[0][0]["textFormatRuns"]) == 2
    assert sheets.read("A1") == [["kas see?"]]
    sheets.put("A1", ["muu"])
    assert "textFormatRuns" not in sheets.cells("A1")[0][0]


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"fields": "*"}, "Exactly one of 'range' and 'start'"),
        ({"start": {"rowIndex": 1000}, "rows": [{"values": [text("a")]}], "fields": "*"}, "exceeds grid limits"),
        ({"range": area(0, 0, 1, 1), "rows": [{"values": [text("a")] * 2}], "fields": "*"}, "beyond the last"),
        ({"range": area(0, 0, 1001, 1), "fields": "*"}, "exceeds grid limits. Max rows: 1000, max columns: 26"),
        ({"range": area(0, 0, 1, 1, sheet=9), "fields": "*"}, "No grid with id: 9"),
        ({"range": area(0, 0, 1, 1), "fields": "effectiveValue"}, "read-only"),
        ({"start": {}, "rows": [{"values": [{"userEnteredValue": {"formulaValue": "1"}}]}], "fields": "*"}, "formula"),
        ({"start": {}, "rows": [{"values": [text("a" * 50_001)]}], "fields": "*"}, "maximum of 50000 characters"),
    ],
)
def test_cells_that_cannot_be_written_are_refused(sheets: Sheets, request_: dict[str, Any], words: str) -> None:
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.batch({"updateCells": request_})


def test_a_cell_is_repeated_over_a_range_by_mask(sheets: Sheets) -> None:
    sheets.put("A1", ["a", "b"])
    wrapped = {"userEnteredFormat": {"wrapStrategy": "WRAP", "textFormat": {"bold": True}}}
    fields = "userEnteredFormat(wrapStrategy,textFormat.bold)"
    sheets.batch({"repeatCell": {"range": area(0, 0, 1, 2), "cell": wrapped, "fields": fields}})
    shown = sheets.cells("A1:B1")[0]
    assert [one["userEnteredFormat"] for one in shown] == [wrapped["userEnteredFormat"]] * 2
    assert sheets.read("A1:B1") == [["a", "b"]]


def test_cells_are_appended_below_the_last_row(sheets: Sheets) -> None:
    sheets.put("C5", ["a"])
    sheets.batch({"appendCells": {"sheetId": 0, "rows": [{"values": [text("b")]}], "fields": "userEnteredValue"}})
    assert sheets.read("A6") == [["b"]]


def test_a_strict_drop_down_takes_only_what_it_lists(sheets: Sheets) -> None:
    values = [{"userEnteredValue": one} for one in ("uus", "avaldada")]
    rule = {"condition": {"type": "ONE_OF_LIST", "values": values}, "strict": True, "showCustomUi": True}
    sheets.batch({"setDataValidation": {"range": area(1, 0, 9, 1), "rule": rule}})
    assert sheets.cells("A2")[0][0]["dataValidation"] == rule
    sheets.put("A2", ["avaldada"])
    with refused(400, "INVALID_ARGUMENT", "violates the data validation rules"):
        sheets.put("A2", ["midagi"])
    sheets.put("A2", [""])
    rule["strict"] = False
    sheets.batch({"setDataValidation": {"range": area(1, 0, 9, 1), "rule": rule}})
    sheets.put("A2", ["midagi"])
    sheets.batch({"setDataValidation": {"range": area(1, 0, 9, 1)}})
    assert "dataValidation" not in sheets.cells("A2")[0][0]
    with refused(400, "INVALID_ARGUMENT"):
        sheets.batch({"setDataValidation": {"range": area(1, 0, 9, 1), "rule": {"strict": True}}})


# --- rows and columns


def test_rows_and_columns_are_inserted_and_deleted_with_what_is_in_them(sheets: Sheets) -> None:
    sheets.put("A1", ["a1", "b1"], ["a2", "b2"], ["a3", "b3"])
    sheets.batch({"insertDimension": {"range": rows(1, 3)}}, {"insertDimension": {"range": rows(1, 2, "COLUMNS")}})
    assert sheets.read("Sheet1") == [["a1", "", "b1"], [], [], ["a2", "", "b2"], ["a3", "", "b3"]]
    sheets.batch({"deleteDimension": {"range": rows(0, 2)}}, {"deleteDimension": {"range": rows(0, 1, "COLUMNS")}})
    assert sheets.read("Sheet1") == [[], ["", "b2"], ["", "b3"]]
    grid = sheets.get()["sheets"][0]["properties"]["gridProperties"]
    assert (grid["rowCount"], grid["columnCount"]) == (1000, 26)
    sheets.batch({"appendDimension": {"sheetId": 0, "dimension": "ROWS", "length": 5}})
    assert sheets.get()["sheets"][0]["properties"]["gridProperties"]["rowCount"] == 1005


@pytest.mark.parametrize(
    ("request_", "words"),
    [
        ({"deleteDimension": {"range": rows(0, 1000)}}, "You can't delete all the rows on the sheet."),
        ({"deleteDimension": {"range": rows(1000, 1001)}}, "Cannot delete a row that doesn't exist."),
        ({"deleteDimension": {"range": rows(3, 3)}}, "requests[0].deleteDimension"),
        ({"insertDimension": {"range": {"dimension": "ROWS", "startIndex": 1}}}, "must be bounded"),
        ({"insertDimension": {"range": rows(0, 1), "inheritFromBefore": True}}, "inheritFromBefore"),
        ({"insertDimension": {"range": rows(0, 1, "DIMENSION_UNSPECIFIED")}}, "No dimension specified"),
        ({"insertDimension": {"range": rows(0, 10_000_000)}}, "above the limit of 10000000 cells"),
        ({"appendDimension": {"sheetId": 0, "dimension": "ROWS"}}, "positive"),
    ],
)
def test_rows_that_cannot_come_or_go_are_refused(sheets: Sheets, request_: dict[str, Any], words: str) -> None:
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.batch(request_)


def test_widths_are_kept_and_move_with_their_columns(sheets: Sheets) -> None:
    wide = {"range": rows(1, 2, "COLUMNS"), "properties": {"pixelSize": 400}, "fields": "pixelSize"}
    sheets.batch({"updateDimensionProperties": wide}, {"insertDimension": {"range": rows(0, 1, "COLUMNS")}})
    shown = sheets.get(ranges=["A1:D1"], includeGridData=True)["sheets"][0]["data"][0]["columnMetadata"]
    assert [one["pixelSize"] for one in shown] == [100, 100, 400, 100]


def test_an_expert_sorts_the_sheet_or_some_columns_alone(sheets: Sheets) -> None:
    sheets.put("A1", ["võti", "vastus"], ["k1", "b"], ["k2"], ["k3", 10], ["k4", "A"])
    by_answer = {"range": area(1, 0, 1000, 2), "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "ASCENDING"}]}
    sheets.batch({"sortRange": by_answer}, who=EXPERT)
    assert sheets.read("A2:B9") == [["k3", "10"], ["k4", "A"], ["k1", "b"], ["k2"]]
    alone = {"range": area(1, 1, 5, 2), "sortSpecs": [{"dimensionIndex": 1, "sortOrder": "DESCENDING"}]}
    sheets.batch({"sortRange": alone}, who=EXPERT)
    assert sheets.read("A2:B9") == [["k3", "b"], ["k4", "A"], ["k1", "10"], ["k2"]]
    with refused(400, "INVALID_ARGUMENT"):
        sheets.batch({"sortRange": {"range": area(1, 1, 5, 2), "sortSpecs": [{"dimensionIndex": 0}]}})


def test_a_filter_hides_nothing_from_programs(sheets: Sheets) -> None:
    sheets.put("A1", ["võti"], ["k1"], ["k2"])
    held = {"range": area(0, 0, 3, 1), "criteria": {"0": {"hiddenValues": ["k1"]}}}
    sheets.batch({"setBasicFilter": {"filter": held}}, who=EXPERT)
    assert sheets.read("A1:A3") == [["võti"], ["k1"], ["k2"]]
    assert sheets.get()["sheets"][0]["basicFilter"]["criteria"] == {"0": {"hiddenValues": ["k1"]}}
    sheets.batch({"clearBasicFilter": {"sheetId": 0}}, who=EXPERT)
    assert "basicFilter" not in sheets.get()["sheets"][0]


# --- protected ranges


def protect(**more: Any) -> dict[str, Any]:
    return {"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1000, 2)} | more}}


def test_e1_a_range_protected_by_a_warning_stops_no_program(sheets: Sheets) -> None:
    reply = sheets.batch(protect(warningOnly=True, description="meie veerud", editors={"users": [ORGANISER]}))
    made = reply[0]["addProtectedRange"]["protectedRange"]
    assert made["requestingUserCanEdit"] is True
    assert "editors" not in made  # google-apis.md E.1: warningOnly ignores editors
    sheets.put("A1", ["a"], who=EXPERT)
    shown = sheets.get(EXPERT)["sheets"][0]["protectedRanges"]
    assert shown == [made]


def test_e1_a_protected_range_is_for_its_editors_and_the_owner(sheets: Sheets) -> None:
    sheets.batch(protect(editors={"users": [ORGANISER]}))
    words = "You are trying to edit a protected cell or object."
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.put("B2", ["a"], who=EXPERT)
    with refused(400, "INVALID_ARGUMENT", f"Invalid requests[0].deleteDimension: {words}"):
        sheets.batch({"deleteDimension": {"range": rows(3, 4)}}, who=EXPERT)
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.append("A1", ["a"], who=EXPERT)
    with refused(400, "INVALID_ARGUMENT", words):
        sheets.values(EXPERT).clear(spreadsheetId=sheets.id, range="A:C", body={}).execute()
    sheets.put("C2", ["a"], who=EXPERT)
    sheets.put("B2", ["a"])


def test_e1_editors_are_visible_to_those_who_may_edit(sheets: Sheets) -> None:
    sheets.batch(protect(editors={"users": [ORGANISER]}))
    assert sheets.get()["sheets"][0]["protectedRanges"][0]["editors"] == {"users": [ORGANISER]}
    others = sheets.get(EXPERT)["sheets"][0]["protectedRanges"][0]
    assert "editors" not in others
    assert others["requestingUserCanEdit"] is False


def test_a_range_protected_without_editors_is_for_all_editors(sheets: Sheets) -> None:
    sheets.get(EXPERT)
    sheets.batch(protect())
    sheets.put("A1", ["a"], who=EXPERT)
    assert set(sheets.get()["sheets"][0]["protectedRanges"][0]["editors"]["users"]) == {ORGANISER, EXPERT}


def test_e1_a_protected_sheet_can_spare_ranges(sheets: Sheets) -> None:
    whole = {"range": {"sheetId": 0}, "unprotectedRanges": [area(0, 3, 1000, 4)], "editors": {"users": [ORGANISER]}}
    sheets.batch({"addProtectedRange": {"protectedRange": whole}})
    sheets.put("D2", ["a"], who=EXPERT)
    with refused(400, "INVALID_ARGUMENT"):
        sheets.put("E2", ["a"], who=EXPERT)
    with refused(400, "INVALID_ARGUMENT", "only supported on protected sheets"):
        sheets.batch(protect(unprotectedRanges=[area(0, 0, 1, 1)]))


def test_a_protected_range_is_changed_moved_along_and_deleted(sheets: Sheets) -> None:
    reply = sheets.batch(protect(warningOnly=True, protectedRangeId=77))
    assert reply[0]["addProtectedRange"]["protectedRange"]["protectedRangeId"] == 77
    with refused(400, "INVALID_ARGUMENT", "already exists"):
        sheets.batch(protect(protectedRangeId=77))
    changed = {"protectedRange": {"protectedRangeId": 77, "description": "uus"}, "fields": "description"}
    sheets.batch({"updateProtectedRange": changed}, {"insertDimension": {"range": rows(0, 1, "COLUMNS")}})
    (shown,) = sheets.get()["sheets"][0]["protectedRanges"]
    assert (shown["description"], shown["warningOnly"]) == ("uus", True)
    assert (shown["range"]["startColumnIndex"], shown["range"]["endColumnIndex"]) == (1, 3)
    sheets.batch({"deleteProtectedRange": {"protectedRangeId": 77}})
    assert "protectedRanges" not in sheets.get()["sheets"][0]
    with refused(400, "INVALID_ARGUMENT", "No protected range with id: 77"):
        sheets.batch({"deleteProtectedRange": {"protectedRangeId": 77}})


# --- an expert at work


def test_an_expert_edits_the_board_by_hand(sheets: Sheets) -> None:
    sheets.put("A1", ["võti", "küsimus", "olek", "vastus"], ["k1", "Miks?", "", ""], ["k2", "Kuidas?", "", ""])
    plain = {"userEnteredFormat": {"numberFormat": {"type": "TEXT"}}}
    fields = "userEnteredFormat.numberFormat"
    sheets.batch(
        {"repeatCell": {"range": area(1, 3, 1000, 4), "cell": plain, "fields": fields}},
        {"addProtectedRange": {"protectedRange": {"range": area(0, 0, 1000, 2), "warningOnly": True}}},
    )
    sheets.type("C2:D2", ["avaldada", "=nii on"], who=EXPERT)
    sheets.batch(
        {"insertDimension": {"range": rows(1, 2), "inheritFromBefore": False}},
        {"insertDimension": {"range": rows(2, 3, "COLUMNS"), "inheritFromBefore": True}},
        {"deleteDimension": {"range": rows(3, 4)}},
        who=EXPERT,
    )
    assert sheets.read("Sheet1") == [
        ["võti", "küsimus", "", "olek", "vastus"],
        [],
        ["k1", "Miks?", "", "avaldada", "=nii on"],
    ]
    # an empty row and an empty column part one table into four: who appends to A1 fills the gap below the header
    assert sheets.append("Sheet1!A1", ["k3", "Millal?"])["updates"]["updatedRange"] == "Sheet1!A2:B2"
    sheets.values(EXPERT).clear(spreadsheetId=sheets.id, range="E3", body={}).execute()
    assert sheets.read("A3:E3") == [["k1", "Miks?", "", "avaldada"]]


def test_c_reads_travel_in_a_batch(sheets: Sheets) -> None:
    sheets.put("A1", ["a", "b"])
    answers: dict[str, Any] = {}
    batch = sheets.by().new_batch_http_request(
        callback=lambda name, answer, error: answers.update({name: error or answer})
    )
    for name in ("A1", "B1", "Puudub"):
        batch.add(sheets.values().get(spreadsheetId=sheets.id, range=name), request_id=name)
    batch.execute()
    assert [answers[name]["values"] for name in ("A1", "B1")] == [[["a"]], [["b"]]]
    assert answers["Puudub"].status_code == 400


# --- what is not here


def test_methods_that_are_not_reproduced_name_themselves(sheets: Sheets) -> None:
    with refused(501, "UNIMPLEMENTED", "sheets.spreadsheets.developerMetadata.search"):
        sheets.book().developerMetadata().search(spreadsheetId=sheets.id, body={}).execute()
