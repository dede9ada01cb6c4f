"""Boards found again, lost, shared, refused; lost ledgers; and what an organiser reads of each."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from better_classroom import board
from board_world import EXPERT, HENRIK, LAURI, PEOPLE, SECOND, Place, a_board_programme, two_experts
from builders import ACCOUNT, a_seminar
from postbox import Postbox
from worlds import PROJECT, Organiser, listed

QUESTION = "Kas andmed on avatud?"


@pytest.fixture
def place(place: Place) -> Place:
    place.asks(QUESTION)
    return place


@pytest.fixture
def answered(place: Place) -> Place:
    """The question is on the board, answered and published."""
    place.syncs()
    place.at().answers(QUESTION, "Jah, kõik.")
    place.syncs()
    return place


def quiet(place: Place) -> int:
    """How many answers are recorded as no news."""
    with closing(sqlite3.connect(place.organiser.ledger)) as database:
        return int(database.execute("SELECT count(*) FROM quiet_answers").fetchone()[0])


def lose_ledger(place: Place) -> None:
    for file in place.organiser.ledger.parent.glob(f"{place.organiser.ledger.name}*"):
        if not file.name.endswith(".key"):
            file.unlink()


# Found again


def test_after_the_loss_of_the_ledger_the_board_is_found_and_its_answers_are_no_news(answered: Place) -> None:
    before = answered.board_id()
    lose_ledger(answered)
    # The boxes are known again only after a plan has met them, and the questions with the pull after it.
    for _ in range(3):
        answered.syncs()
    assert answered.board_id() == before
    assert [row["answer"] for row in answered.at().named()] == ["Jah, kõik."]
    assert answered.answers() == [("lauri-sock", "publish", "public", "Jah, kõik.")]
    assert quiet(answered) == 1


def test_a_board_that_is_found_again_is_made_anew_where_it_shows_what_was_forgotten_meanwhile(place: Place) -> None:
    place.asks(QUESTION, "Teine?")
    place.syncs()
    lose_ledger(place)
    for _ in range(2):  # the courses are known again, and nothing of the boards or the questions is
        place.organiser.types("apply", "--yes")
    before = place.board_id()
    said = place.organiser.types("people", "forget", PEOPLE[0], "--yes")
    assert said.code == 7
    assert "It shows questions that the ledger does not know yet, so nothing was taken from it." in said.err
    assert place.board_id() == before
    for _ in range(2):
        place.syncs()
    assert place.board_id() != before
    assert [row["question"] for row in place.at().named()] == ["Teine?"]
    assert place.organiser.types("people", "forget", PEOPLE[0], "--yes").code == 0


def test_who_is_forgotten_right_after_a_rebuild_leaves_the_board_at_once(place: Place) -> None:
    place.asks(QUESTION, "Teine?")
    place.syncs()
    place.at().answers("Teine?", "Teine vastus.")
    lose_ledger(place)
    assert place.organiser.types("ledger", "rebuild").code == 0
    before = place.board_id()
    assert place.organiser.types("people", "forget", PEOPLE[0], "--yes").code == 0
    assert place.board_id() != before
    assert [(row["question"], row["answer"]) for row in place.at().named()] == [("Teine?", "Teine vastus.")]


def test_a_board_found_again_is_not_made_anew_before_all_that_it_shows_is_known(place: Place) -> None:
    place.asks(QUESTION)
    place.syncs()
    copy = place.folder / "copy.db"
    assert place.organiser.types("ledger", "backup", str(copy)).code == 0
    place.asks("", "Teine?")
    place.syncs()
    place.at().answers("Teine?", "Teine vastus.")
    assert place.organiser.types("ledger", "restore", str(copy)).code == 0
    before = place.board_id()
    assert place.organiser.types("people", "forget", PEOPLE[0], "--yes").code == 7
    assert place.board_id() == before
    place.syncs()
    assert place.board_id() != before
    assert [(row["question"], row["answer"]) for row in place.at().named()] == [("Teine?", "Teine vastus.")]


def by_text(place: Place) -> list[tuple[str, list[str]]]:
    """Every text that the ledger knows, and what was answered to it."""
    with place.ledger() as ledger:
        return [
            (text.text, [answer.text for answer in question.answers if answer.revision == text.n])
            for question in ledger.questions.find()
            for text in question.texts
        ]


@pytest.mark.parametrize("second", ["Hoopis midagi muud?", f"{QUESTION}\nJa midagi veel?"])
def test_after_the_loss_of_the_ledger_each_answer_stands_beside_the_text_that_it_was_given_to(
    answered: Place, second: str
) -> None:
    answered.asks(second)
    answered.syncs()
    answered.at().writes(2, status="publish", answer="Teine vastus.", visibility="public")
    answered.syncs()
    published, told = answered.published(), by_text(answered)
    rows = answered.at().named()
    lose_ledger(answered)
    for _ in range(3):
        answered.syncs()
    assert by_text(answered) == told == [(QUESTION, ["Jah, kõik."]), (second, ["Teine vastus."])]
    assert answered.published() == published
    assert answered.at().named() == rows


def test_an_expert_s_file_tells_a_rebuilt_ledger_which_text_was_answered(answered: Place) -> None:
    answered.asks(f"{QUESTION}\nJa midagi veel?")
    answered.syncs()
    assert answered.organiser.types("questions", "export").code == 0
    told = by_text(answered)
    assert answered.organiser.types("ledger", "rebuild", "--set-aside").code == 0
    file = str(answered.organiser.programme.parent / "questions" / "lauri-sock.csv")
    for _ in range(2):
        assert answered.organiser.types("answers", "import", file, "--again").code == 0
        assert by_text(answered) == told


def test_a_text_that_was_written_while_the_ledger_was_lost_is_not_answered_by_what_was_said_before(
    answered: Place,
) -> None:
    lose_ledger(answered)
    answered.asks("Hoopis midagi muud?")
    for _ in range(3):
        answered.syncs()
    assert by_text(answered) == [(QUESTION, ["Jah, kõik."]), ("Hoopis midagi muud?", [])]
    assert [row["question"] for row in answered.at().named()] == [QUESTION, "Hoopis midagi muud?"]


def test_a_board_that_is_found_again_waits_for_the_comments_that_it_shows(place: Place) -> None:
    programme = a_board_programme(questions={"slide_comments": True})
    programme["seminars"]["seminar-1"]["materials"] = a_seminar(1)["materials"]
    place.begin(programme, name="slides")
    with place.ledger() as ledger:
        slides = ledger.entries()[f"file:{ACCOUNT}/slides/1.pdf//tartu"].remote_id
    place.control.post("comments", {"fileId": slides, "userId": PEOPLE[0], "content": QUESTION, "quoted": ""})
    place.syncs()
    place.at().answers(QUESTION, "Jah, kõik.")
    lose_ledger(place)
    for _ in range(2):
        place.organiser.types("apply", "--yes")
    place.control.post("faults", {"method": "drive.comments.list", "when": "before", "do": 403, "times": 1})
    said = place.sync()
    assert "comments on slides/1.pdf in tartu" in said.err
    assert "There is no question" not in said.err
    place.syncs()
    assert place.answers() == [("lauri-sock", "publish", "public", "Jah, kõik.")]
    assert quiet(place) == 1


def test_an_answer_given_once_the_board_was_read_is_news(answered: Place) -> None:
    assert quiet(answered) == 0
    lose_ledger(answered)
    for _ in range(3):
        answered.sync()
    answered.at().answers(QUESTION, "Parandatud vastus.")
    answered.syncs()
    assert quiet(answered) == 1
    assert len(answered.answers()) == 2


def test_a_ledger_put_back_takes_what_stands_on_the_boards_for_known(place: Place) -> None:
    place.syncs()
    copy = place.folder / "copy.db"
    assert place.organiser.types("ledger", "backup", str(copy)).code == 0
    place.at().answers(QUESTION, "Jah, kõik.")
    place.syncs()
    assert place.organiser.types("ledger", "restore", str(copy)).code == 0
    place.sync()
    assert place.answers() == [("lauri-sock", "publish", "public", "Jah, kõik.")]
    assert quiet(place) == 1


@pytest.mark.parametrize("way", ["trashed", "deleted"])
def test_a_board_that_was_thrown_away_is_made_anew_with_what_is_recorded(answered: Place, way: str) -> None:
    before, files = answered.board_id(), answered.by(ACCOUNT, "drive").files()
    if way == "trashed":
        files.update(fileId=before, body={"trashed": True}).execute()
    else:
        files.delete(fileId=before).execute()
    answered.asks(QUESTION, "Teine?")
    answered.syncs()
    assert answered.board_id() != before
    rows = [(row["question"], row["answer"], row["status"]) for row in answered.at().named()]
    assert rows == [(QUESTION, "Jah, kõik.", "publish"), ("Teine?", "", "")]


def test_two_boards_with_something_on_both_are_left_to_the_organiser(answered: Place) -> None:
    first = answered.board_id()
    files = answered.by(ACCOUNT, "drive").files()
    copy = files.copy(fileId=first, body={"name": "koopia"}).execute()["id"]
    said = answered.sync()
    assert "There is a second board, and something stands on it" in said.err
    assert copy in said.err
    assert {made["id"] for made in answered.boards()} == {first, copy}


# Shared


def test_a_changed_address_moves_the_board_to_it_and_closes_it_to_the_former(answered: Place) -> None:
    answered.declare(a_board_programme(experts={"lauri-sock": LAURI | {"email": SECOND}}))
    answered.asks(QUESTION, "Teine?")
    answered.syncs()
    (made,) = answered.boards()
    assert sorted(one["emailAddress"] for one in made["permissions"]) == [SECOND, ACCOUNT]


def test_access_that_was_taken_away_is_reported_and_not_given_back(answered: Place) -> None:
    (made,) = answered.boards()
    (given,) = (one["id"] for one in made["permissions"] if one["role"] == "writer")
    answered.by(ACCOUNT, "drive").permissions().delete(fileId=made["id"], permissionId=given).execute()
    said = answered.sync()
    assert "taken the expert's access away" in said.err
    assert EXPERT not in said.err, "a log holds no address of an expert's"
    assert len(answered.boards()[0]["permissions"]) == 1


@pytest.mark.parametrize(
    ("method", "fault", "words"),
    [
        (
            "drive.permissions.create",
            {"do": 400, "reason": "invalidSharingRequest"},
            ("board of Lauri Sock", "cannot be shared with its expert", "“board: file” for an expert without Google"),
        ),
        (
            "drive.permissions.create",
            {"do": 403, "reason": "insufficientFilePermissions"},
            ("Admin console → Apps → Drive",),
        ),
        ("drive.files.create", {"do": 403, "reason": "storageQuotaExceeded"}, (f"the Drive of {ACCOUNT} is full",)),
        ("sheets.spreadsheets.get", {"do": 403}, ("move it into the trash: the next run makes it anew",)),
        ("sheets.spreadsheets.batchUpdate", {"do": 404}, ("move it into the trash: the next run makes it anew",)),
        ("sheets.spreadsheets.get", {"do": 429, "times": 1000}, ("quota is used up",)),
    ],
)
def test_what_google_refuses_is_told_with_what_to_do(
    place: Place, method: str, fault: dict[str, Any], words: tuple[str, ...]
) -> None:
    place.control.post("faults", {"method": method, "when": "before", "times": 1} | fault)
    said = place.sync("--json")
    assert said.data["failures"] == 1
    assert said.code in {5, 9}
    for word in words:
        assert word in said.err
    place.control.delete("faults")
    place.syncs()
    assert len(place.at().named()) == 1


def test_an_api_that_is_switched_off_is_told_once_and_by_doctor_too(place: Place) -> None:
    place.declare(two_experts())
    fault = {"method": "sheets.spreadsheets.get", "when": "before", "do": 403, "reason": "SERVICE_DISABLED", "times": 9}
    place.control.post("faults", fault)
    said = place.sync("--json")
    assert said.data["failures"] == 1
    assert "console.cloud.google.com/apis/library" in said.err
    told = place.organiser.types("doctor")
    assert "✗ the boards of 2 experts" in told.out
    assert f"API is switched off for the Cloud project {PROJECT}" in told.out
    place.control.delete("faults")
    assert "may use Google Sheets" in place.organiser.types("doctor").out


def test_a_board_that_fails_holds_up_neither_the_others_nor_the_answers(place: Place) -> None:
    place.declare(two_experts())
    place.syncs()
    place.syncs()
    for who, expert in ((EXPERT, "lauri-sock"), (SECOND, "henrik-mazzanti")):
        place.at(who, expert).answers(QUESTION, "Jah.")
    place.control.post("faults", {"method": "sheets.spreadsheets.get", "when": "before", "do": 403, "times": 1})
    said = place.sync("--json")
    assert said.code == 7
    assert (said.data["answers"], said.data["failures"]) == (1, 1)
    assert "Jah." in place.published()


def test_what_keeps_the_plan_from_being_made_keeps_no_question_from_its_expert(place: Place) -> None:
    fault = {"method": "classroom.courses.topics.list", "when": "before", "do": 503, "times": 1000}
    place.control.post("faults", fault)
    said = place.sync("--json")
    assert (said.code, said.data["failures"], said.data["board_rows"]) == (9, 1, 1)
    assert len(place.at().named()) == 1


def test_where_other_accounts_teach_the_boards_are_in_the_programme_s_own_drive(
    empty_place: Place,
) -> None:
    place = empty_place
    programme = a_board_programme(account=SECOND)
    programme["courses"]["tartu"]["account"] = ACCOUNT
    place.begin(programme)
    place.asks(QUESTION)
    place.syncs()
    assert place.boards() == []
    found = listed(place.by(SECOND, "drive").files().list, "files", fields="nextPageToken,files(appProperties)")
    assert [file["appProperties"]["bc_board"] for file in found] == ["lauri-sock"]


def test_an_organiser_who_is_an_expert_too_has_a_board_without_sharing(empty_place: Place) -> None:
    place = empty_place
    place.begin(a_board_programme(experts={"lauri-sock": LAURI | {"email": ACCOUNT}}))
    place.asks(QUESTION)
    place.syncs()
    place.at(ACCOUNT).answers(QUESTION, "Jah.")
    assert place.syncs()["answers"] == 1
    assert [one["role"] for one in place.boards()[0]["permissions"]] == ["owner"]


# Who left, and who is forgotten


def test_the_board_of_an_expert_who_left_is_left_alone_and_listed(answered: Place) -> None:
    before = answered.boards()
    answered.declare(a_board_programme("henrik-mazzanti", experts={"henrik-mazzanti": HENRIK}))
    answered.syncs()
    assert next(made for made in answered.boards() if made["id"] == before[0]["id"]) == before[0]
    assert "not in the programme any more; the board is left alone" in answered.organiser.types("board", "list").out


def forget(place: Place, text: str) -> None:
    """What ``people forget`` does to a question before its boards: its text goes from the ledger, and they are marked."""
    with place.ledger() as ledger:
        (key,) = (found.key for found in ledger.questions.find() if found.texts[-1].text == text)
    with closing(sqlite3.connect(place.organiser.ledger)) as database, database:
        database.execute("UPDATE texts SET text = '' WHERE question = ?", (key,))
    with place.ledger() as ledger:
        ledger.boards.mark_for_renewal([key])
        assert [one.expert for one in ledger.boards.all().values() if one.renew] == ["lauri-sock"]


def test_a_board_made_anew_keeps_all_but_what_is_forgotten(place: Place) -> None:
    place.asks(QUESTION, "Teine?", "Kolmas?")
    place.syncs()
    desk = place.at()
    desk.inserts("COLUMNS", 2)
    desk.types(0, 2, "minu märkmed")
    cell = {"userEnteredValue": {"formulaValue": "=1+1"}}
    at = {"sheetId": board.SHEET, "rowIndex": desk.place("Teine?"), "columnIndex": 2}
    fields = "userEnteredValue,userEnteredFormat"
    desk.does({"updateCells": {"start": at, "rows": [{"values": [cell]}], "fields": fields}})
    desk.answers("Teine?", "Teine vastus.", visibility="private")
    desk.writes(len(desk.rows()), key="vale", question=f"Kopeeritud: {QUESTION}")
    desk.does({"addSheet": {"properties": {"sheetId": 7, "title": "minu leht"}}})
    body = {"values": [["jääb alles"]]}
    desk.books.values().update(
        spreadsheetId=desk.id, range="'minu leht'!B2", valueInputOption="RAW", body=body
    ).execute()
    place.syncs()
    before = place.board_id()
    forget(place, QUESTION)
    place.syncs()
    place.syncs()
    assert place.board_id() != before
    new = place.at()
    rows = {row["question"]: row for row in new.named()}
    assert set(rows) == {"Teine?", "Kolmas?"}
    assert rows["Teine?"]["answer"] == "Teine vastus."
    assert rows["Teine?"]["minu märkmed"] == "2"
    titles = {sheet["properties"]["title"] for sheet in new.books.get(spreadsheetId=new.id).execute()["sheets"]}
    assert titles == {"Questions", "minu leht"}
    assert new.books.values().get(spreadsheetId=new.id, range="'minu leht'!B2").execute()["values"] == [["jääb alles"]]
    whole = new.books.get(spreadsheetId=new.id, includeGridData=True).execute()
    assert QUESTION not in str(whole)
    place.asks("", "Teine?", "Kolmas, teisiti?")
    place.syncs()
    assert new.named()[-1]["question"] == "Kolmas, teisiti?"
    assert place.answers() == [("lauri-sock", "publish", "private", "Teine vastus.")]


def test_a_board_in_the_trash_that_holds_what_is_forgotten_is_deleted_for_good(answered: Place) -> None:
    before, files = answered.board_id(), answered.by(ACCOUNT, "drive").files()
    answered.asks(QUESTION, "Teine?")
    answered.syncs()
    forget(answered, QUESTION)
    files.update(fileId=before, body={"trashed": True}).execute()
    answered.asks("", "Teine?", "Kolmas?")
    answered.syncs()
    found = listed(files.list, "files", fields="nextPageToken,files(id)")
    assert before not in {file["id"] for file in found}
    assert {row["question"] for row in answered.at().named()} == {"Teine?", "Kolmas?"}


def test_an_answer_typed_just_before_a_board_is_made_anew_is_not_lost(place: Place) -> None:
    place.asks(QUESTION, "Teine?")
    place.syncs()
    forget(place, QUESTION)
    place.at().answers("Teine?", "Viimasel hetkel.")
    place.syncs()
    place.syncs()
    assert [row["answer"] for row in place.at().named()] == ["Viimasel hetkel."]
    assert place.answers()[-1][3] == "Viimasel hetkel."


def test_nobody_can_write_into_a_board_while_it_is_made_anew(place: Place) -> None:
    place.syncs()
    anyone = {"type": "anyone", "role": "writer"}
    place.by(ACCOUNT, "drive").permissions().create(fileId=place.board_id(), body=anyone).execute()
    forget(place, QUESTION)
    place.asks("", "Teine?")
    place.control.delete("calls")
    place.syncs()
    methods = [call["method"] for call in place.control.calls()]
    closed = [number for number, method in enumerate(methods) if method == "drive.permissions.delete"]
    assert len(closed) == 2
    assert max(closed) < methods.index("drive.files.create")


def test_a_forgotten_question_on_the_board_of_an_expert_who_left_is_reported(answered: Place) -> None:
    forget(answered, QUESTION)
    answered.declare(a_board_programme("henrik-mazzanti", experts={"henrik-mazzanti": HENRIK}))
    said = answered.sync()
    assert "It holds what was to be forgotten" in said.err


# What people read of it


def test_boards_are_listed_with_link_rows_and_what_is_unanswered(place: Place) -> None:
    assert "the first question makes a board" in place.organiser.types("board", "list").out
    place.syncs()
    (line,) = place.organiser.types("board", "list", "--json").data
    assert line["link"] == place.boards()[0]["webViewLink"]
    assert (line["rows"], len(line["unanswered"]), line["state"]) == (1, 1, f"shared with {EXPERT}")
    said = place.organiser.types("board", "list").out
    assert "1 row, read 2020-06-10 12:00" in said
    place.at().answers(QUESTION, "Jah.")
    place.syncs()
    assert place.organiser.types("board", "list", "--json").data[0]["unanswered"] == []


def mailing(organiser: Organiser, box: Postbox) -> None:
    settings = f'smtp_host = "127.0.0.1"\nsmtp_port = {box.port}\nsmtp_security = "none"\nmail_from = "{ACCOUNT}"\n'
    organiser.programme.with_name("better-classroom.toml").write_text(settings, encoding="utf-8")


def test_the_digest_leads_to_the_board_and_attaches_no_file(place: Place, box: Postbox) -> None:
    mailing(place.organiser, box)
    place.syncs()
    (mail,) = box.to(EXPERT)
    assert place.boards()[0]["webViewLink"] in mail.body("plain")
    assert list(mail.message.iter_attachments()) == []


def test_while_there_is_no_board_the_digest_brings_the_file(place: Place, box: Postbox) -> None:
    mailing(place.organiser, box)
    place.control.post("faults", {"method": "drive.files.create", "when": "before", "do": 403, "times": 1})
    place.sync()
    (mail,) = box.to(EXPERT)
    assert len(list(mail.message.iter_attachments())) == 1


def test_headers_and_words_mean_one_thing_in_every_language() -> None:
    from better_classroom import texts

    for name in board.COLUMNS:
        for language in texts.LANGUAGES:
            assert board.layout([board.header(name, language).upper()]) == (name,)
    for column, words in (("status", board.STATUSES), ("visibility", board.VISIBILITIES)):
        for meant in words:
            for language in texts.LANGUAGES:
                assert board.meant(column, f" {board.word(meant, language).upper()} ") == meant
