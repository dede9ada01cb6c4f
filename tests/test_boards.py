"""Experts' boards: made once, shared with their expert alone, read by key, and never written over."""

from __future__ import annotations

import pytest

from better_classroom import board
from board_world import EXPERT, SECOND, Place, a_board_programme, two_experts
from builders import ACCOUNT, a_seminar


def test_an_expert_s_first_question_makes_a_board_that_the_expert_alone_may_write_to(place: Place) -> None:
    assert place.boards() == []
    place.asks("Kas andmed on avatud?")
    assert place.syncs()["board_rows"] == 1
    (made,) = place.boards()
    shared = [(one["emailAddress"], one["role"]) for one in made["permissions"]]
    assert sorted(shared) == [(EXPERT, "writer"), (ACCOUNT, "owner")]
    assert made["name"] == "Questions for Lauri Sock: BETTER: a test"
    (row,) = place.at().named()
    assert row["question"] == "Kas andmed on avatud?"
    assert row["key"] == row["again"]
    assert row["key"].endswith("/1")
    assert (row["status"], row["answer"], row["visibility"]) == ("", "", "")


def test_an_answer_on_the_board_is_published_in_the_same_run(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.at().answers("Kas andmed on avatud?", "Jah, kõik.")
    assert place.syncs()["answers"] == 1
    assert "Jah, kõik." in place.published()
    assert place.answers() == [("lauri-sock", "publish", "public", "Jah, kõik.")]
    assert place.syncs()["answers"] == 0


# What it looks like


def test_a_board_is_readable_at_once(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    found = place.at().books.get(spreadsheetId=place.board_id(), includeGridData=True).execute()
    (sheet,) = found["sheets"]
    assert sheet["properties"]["gridProperties"]["frozenRowCount"] == 1
    header, row = (part["values"] for part in sheet["data"][0]["rowData"][:2])
    called = [cell["formattedValue"] for cell in header]
    for word in ("key", "seminar", "city", "asked at", "asker", "question", "status", "answer", "public or private"):
        assert word in called  # design §6
    cells = dict(zip(board.layout(called), row, strict=False))
    assert [one["userEnteredValue"] for one in cells["status"]["dataValidation"]["condition"]["values"]] == [
        "publish",
        "decline",
        "take back",
        "draft",
    ]
    assert not cells["status"]["dataValidation"].get("strict")
    assert len(cells["visibility"]["dataValidation"]["condition"]["values"]) == 2
    assert cells["answer"]["userEnteredFormat"]["numberFormat"] == {"type": "TEXT", "pattern": "@"}
    assert all(cell["userEnteredFormat"]["wrapStrategy"] == "WRAP" for cell in cells.values())
    widths = [one["pixelSize"] for one in sheet["data"][0]["columnMetadata"]]
    by_name = dict(zip(board.COLUMNS, widths, strict=False))
    assert by_name["question"] == by_name["answer"] == 420
    assert by_name["again"] < by_name["status"]


def test_our_columns_are_protected_by_a_warning_and_the_expert_s_are_free(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    (sheet,) = place.at().books.get(spreadsheetId=place.board_id(), includeGridData=True).execute()["sheets"]
    assert all(guard["warningOnly"] for guard in sheet["protectedRanges"])
    spans = [guard["range"] for guard in sheet["protectedRanges"]]
    assert [(span["startColumnIndex"], span["endColumnIndex"]) for span in spans if span["startRowIndex"] == 0] == [
        (0, len(board.COLUMNS))
    ]
    below = [span for span in spans if span["startRowIndex"] == 1]
    assert not [span for span in below if "endRowIndex" in span], "new rows are to be protected too"
    ours = [name for span in below for name in board.COLUMNS[span["startColumnIndex"] : span["endColumnIndex"]]]
    assert sorted({*board.COLUMNS} - {*ours}) == ["answer", "status", "visibility"]


def test_everything_on_a_board_is_in_its_expert_s_language(place: Place) -> None:
    place.declare(two_experts())
    place.asks("Kas andmed on avatud?")
    place.syncs()
    italian = place.at(SECOND, "henrik-mazzanti")
    assert italian.rows()[0][1:6] == ["seminario", "città", "chiesto il", "chi chiede", "domanda"]
    (row,) = italian.named()
    assert row["asker"].startswith("Partecipante ")
    assert italian.title() == "Domande"
    italian.answers("Kas andmed on avatud?", "Sì.", status="pubblicare", visibility="per tutti")
    assert place.syncs()["answers"] == 1
    assert place.answers() == [("henrik-mazzanti", "publish", "public", "Sì.")]


@pytest.mark.parametrize("status", ["publish", "PUBLISH", "avaldada", "közzététel", " publicera "])
def test_a_status_is_understood_in_every_language(place: Place, status: str) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.at().answers("Kas andmed on avatud?", "Jah.", status=status, visibility="kõigile")
    assert place.syncs()["answers"] == 1


def test_what_participants_write_is_text_and_never_a_formula(place: Place) -> None:
    texts = ("=HYPERLINK(1)", "+372 555", "<b>õ</b> \u202e 🦉")
    place.asks(*texts)
    place.syncs()
    rows = place.at().named()
    assert [row["question"] for row in rows] == list(texts)


# When it is read and written


def calls(place: Place) -> list[str]:
    """What was asked of Sheets since the calls were last forgotten."""
    return [call["method"] for call in place.control.calls() if call["method"].startswith("sheets.")]


def test_a_board_is_read_only_when_it_moved_and_once_a_day(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.syncs()
    place.control.delete("calls")
    place.syncs()
    assert calls(place) == []
    place.control.post("clock", {"now": "2020-06-11T09:30:00Z"})
    place.syncs()
    assert calls(place) == ["sheets.spreadsheets.get"]
    place.control.delete("calls")
    place.at().answers("Kas andmed on avatud?", "Jah.")
    place.control.delete("calls")
    place.syncs()
    assert calls(place) == ["sheets.spreadsheets.get"]


def test_a_run_reads_and_writes_a_board_at_most_once(place: Place) -> None:
    place.asks("Esimene?")
    place.control.delete("calls")
    place.syncs()
    assert calls(place) == ["sheets.spreadsheets.get", "sheets.spreadsheets.batchUpdate"]
    for asked in (("Esimene?", "Teine?"), ("Esimene?", "Teine?", "Kolmas?")):
        place.asks(*asked)
        place.control.delete("calls")
        assert place.syncs()["board_rows"] == 1
        assert calls(place) == ["sheets.spreadsheets.get", "sheets.spreadsheets.batchUpdate"]


def test_a_busy_run_of_two_experts_reads_and_writes_each_board_once(place: Place) -> None:
    place.declare(two_experts())
    place.asks("Esimene?", "Teine?")
    place.syncs()
    place.syncs()
    desk = place.at()
    desk.answers("Esimene?", "Jah.")
    desk.deletes("ROWS", desk.place("Teine?"))
    desk.deletes("ROWS", 3, 90)
    place.at(SECOND, "henrik-mazzanti").types(5, 14, "i miei appunti")
    place.asks("Esimene?", "Teine, teisiti?", "Kolmas?")
    place.control.delete("calls")
    done = place.syncs()
    assert (done["new_questions"], done["edited_questions"], done["answers"]) == (1, 1, 1)
    assert sorted(calls(place)) == ["sheets.spreadsheets.batchUpdate"] * 2 + ["sheets.spreadsheets.get"] * 2


def test_a_quiet_run_lists_each_drive_once(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.syncs()
    place.control.delete("calls")
    place.syncs()
    assert [call["method"] for call in place.control.calls()].count("drive.files.list") == 1
    assert len(place.control.calls()) == 8


def test_an_edited_question_is_a_new_row_that_names_the_one_before(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.asks("Kas andmed on avatud? Ja kellele?")
    assert place.syncs()["board_rows"] == 1
    first, second = place.at().named()
    assert first["question"] == "Kas andmed on avatud?"
    assert first["key"] in second["note"]
    assert second["key"] == first["key"].replace("/1", "/2")
    place.at().answers(second["question"], "Kõigile.")
    assert place.syncs()["answers"] == 1
    with place.ledger() as ledger:
        assert [answer.revision for answer in ledger.questions.find()[0].answers] == [2]


def test_many_questions_make_the_sheet_grow_with_drop_downs_for_each(place: Place) -> None:
    place.asks("Esimene?")
    place.syncs()
    desk = place.at()
    desk.deletes("ROWS", 5, 95)
    desk.types(4, 15, "märkmed")  # the last row there is
    place.asks("Esimene?", "Teine?")
    place.syncs()
    row = desk.place("Teine?")
    assert row == 5
    found = desk.books.get(spreadsheetId=desk.id, includeGridData=True).execute()["sheets"][0]["data"][0]["rowData"]
    assert "dataValidation" in found[row]["values"][desk.column("status")]


# What an expert may do


def test_the_whole_sheet_may_be_sorted_whichever_way(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    desk.sorts("key", "visibility", by="question", down=True)
    assert three.syncs()["answers"] == 1
    assert _answer_to(three, "Teine?") == "Teine vastus."
    assert len(desk.named()) == 3


def _answer_to(place: Place, text: str) -> str:
    with place.ledger() as ledger:
        (found,) = (question for question in ledger.questions.find() if question.texts[-1].text == text)
        return found.answers[-1].text if found.answers else ""


def test_an_expert_s_columns_sorted_alone_send_no_answer_to_another_s_question(three: Place) -> None:
    desk = three.at()
    for name in ("Esimene?", "Teine?", "Kolmas?"):
        desk.answers(name, f"Vastus: {name}")
    desk.sorts("status", "visibility", by="answer", down=True)
    stood = [(row["question"], row["answer"]) for row in desk.named()]
    said = three.sync("--json")
    assert said.code != 0
    assert said.err.count("This answer belongs to") == sum(f"Vastus: {asked}" != told for asked, told in stood) > 0
    assert "board of Lauri Sock (lauri-sock)" in said.err
    for asked, told in stood:
        assert _answer_to(three, asked) == (told if told == f"Vastus: {asked}" else "")
    assert [(row["question"], row["answer"]) for row in desk.named()] == stood, "the board was written to"


def test_where_the_repeated_key_was_emptied_the_row_s_own_counts(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    desk.writes(desk.place("Teine?"), again="")
    assert three.syncs()["answers"] == 1
    assert _answer_to(three, "Teine?") == "Teine vastus."


def test_columns_may_be_added_among_ours_and_keep_what_stands_in_them(three: Place) -> None:
    desk = three.at()
    desk.inserts("COLUMNS", desk.column("question"))
    mine = desk.column("question") - 1
    desk.types(0, mine, "minu märkmed")
    desk.types(1, mine, "vaata üle")
    desk.answers("Teine?", "Teine vastus.")
    three.asks("Esimene?", "Teine?", "Kolmas, teisiti?")
    assert three.syncs()["answers"] == 1
    rows = desk.named()
    assert [row["minu märkmed"] for row in rows] == ["vaata üle", "", "", ""]
    assert rows[-1]["question"] == "Kolmas, teisiti?"
    assert rows[-1]["again"] == rows[-1]["key"]


def test_rows_may_be_inserted_and_filled_with_anything(three: Place) -> None:
    desk = three.at()
    desk.inserts("ROWS", 2, 2)
    desk.types(2, desk.column("question"), "minu vaherida")
    desk.answers("Kolmas?", "Kolmas vastus.")
    three.syncs()
    assert _answer_to(three, "Kolmas?") == "Kolmas vastus."
    assert "minu vaherida" in desk.rows()[2]


def test_a_deleted_row_comes_back_with_what_was_decided(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.", visibility="private")
    three.syncs()
    desk.deletes("ROWS", desk.place("Teine?"))
    assert three.syncs()["board_rows"] == 1
    back = desk.named()[-1]
    assert (back["question"], back["answer"]) == ("Teine?", "Teine vastus.")
    assert (back["status"], back["visibility"]) == ("publish", "private")
    assert three.syncs()["answers"] == 0


def test_a_filter_hides_nothing_from_us(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    criteria = {str(desk.column("question")): {"hiddenValues": ["Teine?"]}}
    desk.does({"setBasicFilter": {"filter": {"range": {"sheetId": board.SHEET}, "criteria": criteria}}})
    three.syncs()
    assert _answer_to(three, "Teine?") == "Teine vastus."


def test_the_tab_may_be_renamed_and_others_added(three: Place) -> None:
    desk = three.at()
    properties = {"sheetId": board.SHEET, "title": "minu küsimused"}
    desk.does(
        {"updateSheetProperties": {"properties": properties, "fields": "title"}},
        {"addSheet": {"properties": {"title": "Questions", "index": 0}}},
    )
    desk.answers("Teine?", "Teine vastus.")
    assert three.syncs()["answers"] == 1


def test_a_deleted_tab_comes_back_and_leaves_the_expert_s_own(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    three.syncs()
    desk.does({"addSheet": {"properties": {"title": "Questions 2"}}}, {"deleteSheet": {"sheetId": board.SHEET}})
    assert three.syncs()["board_rows"] == 3
    assert [row["answer"] for row in desk.named()] == ["", "Teine vastus.", ""]
    titles = desk.books.get(spreadsheetId=desk.id, fields="sheets(properties)").execute()["sheets"]
    assert len(titles) == 2


def test_a_blank_choice_of_readers_is_asked_about_and_not_guessed(three: Place) -> None:
    three.at().answers("Teine?", "Teine vastus.", visibility="")
    said = three.sync()
    assert said.code == 3
    assert "board of Lauri Sock (lauri-sock):3:" in said.err
    assert "Who may read this answer?" in said.err
    assert three.answers() == []


def test_an_answer_without_publish_waits(three: Place) -> None:
    three.at().answers("Teine?", "Veel mõtlen.", status="draft")
    assert three.syncs()["answers"] == 0
    assert three.answers() == []


def test_an_emptied_answer_is_asked_about_and_stays_published(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    three.syncs()
    desk.writes(desk.place("Teine?"), answer="")
    said = three.sync()
    assert "There is nothing to publish" in said.err
    assert "Teine vastus." in three.published()


def test_an_answer_is_corrected_declined_and_taken_back_on_the_board(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Esimene mõte.")
    three.syncs()
    desk.answers("Teine?", "Teine mõte.")
    three.syncs()
    assert "Teine mõte." in three.published()
    desk.writes(desk.place("Teine?"), status="take back")
    three.syncs()
    assert "Teine mõte." not in three.published()


def test_a_broken_key_is_reported_and_the_question_comes_in_a_new_row(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    row = desk.place("Teine?")
    desk.writes(row, key="tartu-vale/1", again="")
    said = three.sync("--json")
    assert said.data["board_rows"] == 1
    assert "There is no question “tartu-vale”" in said.err
    assert desk.named()[-1]["question"] == "Teine?"
    assert desk.rows()[row][desk.column("answer")] == "Teine vastus."
    assert three.answers() == []


def test_an_answer_pasted_beside_another_question_is_reported(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    three.syncs()
    desk.answers("Kolmas?", "Teine vastus.")
    assert "already answers" in three.sync().err
    assert _answer_to(three, "Kolmas?") == ""


def test_a_header_that_is_gone_is_reported_until_it_is_back(three: Place) -> None:
    desk = three.at()
    desk.answers("Teine?", "Teine vastus.")
    at = desk.column("answer")
    desk.types(0, at, "mis iganes")
    for _ in range(2):
        said = three.sync()
        assert "There is no column “answer”" in said.err
        assert three.answers() == []
    desk.types(0, at, "vastus")  # in any of our languages
    assert three.syncs()["answers"] == 1


def test_with_two_experts_a_second_answer_is_reported(place: Place) -> None:
    place.declare(two_experts())
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.at().answers("Kas andmed on avatud?", "Jah.")
    place.syncs()
    place.at(SECOND, "henrik-mazzanti").answers("Kas andmed on avatud?", "No.", status="publish")
    said = place.sync()
    assert "lauri-sock has answered this question already" in said.err
    assert "board of Henrik Mazzanti (henrik-mazzanti)" in said.err
    assert [answer[0] for answer in place.answers()] == ["lauri-sock"]


def test_an_answer_of_an_expert_whom_the_seminar_names_no_more_is_reported_with_what_takes_it(place: Place) -> None:
    place.asks("Kas andmed on avatud?")
    place.syncs()
    place.at().answers("Kas andmed on avatud?", "Jah.")
    programme = a_board_programme()
    del programme["seminars"]["seminar-1"]["experts"]
    place.declare(programme)
    said = place.sync()
    assert "This question was put to nobody, not to “lauri-sock”." in said.err
    advice = said.err.partition("Where it is theirs to answer: ")[2].partition(".")[0]
    assert place.organiser.types(*advice.split()).code == 0
    assert place.syncs()["answers"] == 1
    assert place.answers() == [("lauri-sock", "publish", "public", "Jah.")]


@pytest.mark.parametrize(("aside", "back"), [("hide", "unhide"), ("merge", "split")])
def test_an_answer_to_a_question_that_was_set_aside_is_taken_once_it_is_brought_back(
    place: Place, aside: str, back: str
) -> None:
    place.asks("Kas andmed on avatud?", "Mis on avaandmed?")
    place.syncs()
    key, into = (row["key"] for row in place.at().named())  # as an organiser copies them from there
    assert place.organiser.types("questions", aside, key, *(("--into", into) if aside == "merge" else ())).code == 0
    place.at().answers("Kas andmed on avatud?", "Jah.")
    place.sync()
    assert place.answers() == []
    assert place.organiser.types("questions", back, key).code == 0
    assert place.syncs()["answers"] == 1
    assert place.answers() == [("lauri-sock", "publish", "public", "Jah.")]


def test_an_expert_whose_board_is_a_file_gets_no_sheet(place: Place) -> None:
    programme = two_experts()
    programme["experts"]["lauri-sock"]["board"] = "file"
    place.declare(programme)
    place.asks("Kas andmed on avatud?")
    place.syncs()
    assert [made["appProperties"]["bc_board"] for made in place.boards()] == ["henrik-mazzanti"]


def test_presentations_and_boards_are_never_taken_for_each_other(three: Place) -> None:
    programme = a_board_programme(seminars={"seminar-1": a_seminar(1)})
    three.declare(programme)
    three.syncs()
    assert three.organiser.plans()["changes"] == []
    with three.ledger() as ledger:
        (entry,) = (entry for entry in ledger.entries().values() if entry.key.startswith("file:"))
    assert entry.remote_id != three.board_id()
