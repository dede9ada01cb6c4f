"""What forgetting does to the ledger itself, row by row and byte by byte."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, event, insert, select

import asking
from asking import EARLIER, KEY, asked, programme, pull
from better_classroom.course import Action, Kind
from better_classroom.ledger import Answer, Ledger, Marks, engine
from better_classroom.ledger.tables import approvals, asker_names, board_rows, boards, metadata, notices, quiet_answers
from better_classroom.memory import Entry, Pending
from better_classroom.programme import Programme
from better_classroom.questions import forgetting
from better_classroom.questions.forgetting import Desk

NOW = EARLIER + timedelta(days=1)
MARKS = Marks("better-2020", KEY)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with asking.opened(tmp_path) as found:
        asking.publish_boxes(found, programme())
        yield found


@pytest.fixture
def beside(tmp_path: Path, ledger: Ledger) -> Iterator[Connection]:
    """A second way into the ledger's tables, which other parts of the program fill."""
    assert ledger.entries()
    with engine.create(str(tmp_path / "ledger.db")).connect() as connection:
        yield connection


def rows(beside: Connection, table: Table) -> list[Any]:
    with engine.transaction(beside, writing=False, where="") as connection:
        return list(connection.execute(select(table)).mappings())


def put(beside: Connection, table: Table, **values: Any) -> None:
    with engine.transaction(beside, writing=True, where="") as connection:
        connection.execute(insert(table).values(**values))


def answer(ledger: Ledger, key: str, outcome: str = "publish", *, text: str = "Vastus") -> None:
    ledger.questions.answer(key, Answer(0, 1, "lauri-sock", outcome, "public", text, NOW), status="answered")


def forget(ledger: Ledger, asker: str = "1001", of: Programme | None = None, **more: Any) -> None:
    desk = Desk(ledger, of or programme(), MARKS, NOW)
    forgetting.forget(ledger, forgetting.removal(desk, asker_ids=[asker], **more))


def test_every_row_about_a_deleted_question_goes_and_other_people_s_stay(ledger: Ledger, beside: Connection) -> None:
    pull(ledger, asked("Mis?"), asked("Kas?", submission="s2", asker="1002"))
    mine, other = (question.key for question in ledger.questions.find())
    for key in (mine, other):
        answer(ledger, key, "take back", text="")
        put(beside, approvals, question=key, n=1, decision="approved", reason="", decided_at=NOW)
        put(beside, quiet_answers, question=key, n=1)
        put(beside, notices, recipient="organiser", kind="new", about=key, version="1", told_at=NOW)
    for asker in ("1001", "1002"):
        put(beside, asker_names, asker_id=asker, name="Osaleja")
    before = {table: rows(beside, table) for table in metadata.sorted_tables}
    forget(ledger)
    for table in ("questions", "texts", "assignments", "answers", "approvals", "quiet_answers", "notices", "askers"):
        (left,) = rows(beside, metadata.tables[table])
        assert left in before[metadata.tables[table]], table
    assert [row["asker_id"] for row in rows(beside, asker_names)] == ["1002"]
    assert len(rows(beside, metadata.tables["tombstones"])) == 5


def test_an_answered_question_keeps_what_was_decided_about_it(ledger: Ledger, beside: Connection) -> None:
    pull(ledger, asked("Mis?"))
    (key,) = (question.key for question in ledger.questions.find())
    answer(ledger, key)
    put(beside, approvals, question=key, n=1, decision="approved", reason="", decided_at=NOW)
    forget(ledger)
    (kept,) = rows(beside, metadata.tables["questions"])
    assert (kept["asker_id"], kept["link"], kept["digest"]) == ("forgotten", "", "")
    assert kept["source_id"] in {row["mark"] for row in rows(beside, metadata.tables["tombstones"])}
    (text,) = rows(beside, metadata.tables["texts"])
    assert (text["text"], text["updated_at"]) == ("", None)
    assert len(rows(beside, approvals)) == 1
    (question,) = ledger.questions.find()
    assert (question.asker, question.experts, question.status) == (0, ("lauri-sock",), "answered")


def test_marks_lead_nowhere_without_the_key(ledger: Ledger) -> None:
    pull(ledger, asked("Mis?"))
    forget(ledger, addresses=["osaleja.uks@tartu.example"])
    made = {row["mark"] for row in ledger.forgetting.kept()["tombstones"]}
    assert {MARKS.person("1001"), MARKS.address(" Osaleja.Uks@Tartu.example"), MARKS.own} <= made
    assert not made & {Marks("better-2020", b"another").person("1001"), Marks("better-2021", KEY).person("1001")}
    assert all(len(mark) == 64 and set(mark) <= set("0123456789abcdef") for mark in made)


def test_boards_that_hold_a_question_of_theirs_are_to_be_made_anew(ledger: Ledger, beside: Connection) -> None:
    pull(ledger, asked("Mis?"), asked("Kas?", submission="s2", asker="1002"))
    by_text = {question.texts[0].text: question.key for question in ledger.questions.find()}
    for expert, key in (("lauri-sock", by_text["Mis?"]), ("henrik-mazzanti", by_text["Kas?"])):
        blank = {"account": "a", "remote_id": "r", "shared_with": "", "version": "1", "link": "", "renew": False}
        put(beside, boards, expert=expert, begun_at=NOW, read_at=None, **blank)
        put(beside, board_rows, expert=expert, question=key, version=1)
    forget(ledger)
    assert {row["expert"]: row["renew"] for row in rows(beside, boards)} == {
        "lauri-sock": True,
        "henrik-mazzanti": False,
    }


def test_what_no_plan_will_write_anew_is_not_remembered(ledger: Ledger) -> None:
    pull(ledger, asked("Mis?"))
    number = ledger.questions.numbers()["1001"]
    alone = f"tartu/partnership/private.3f9a1c-{number}-aaaaaa"
    for key in ("gone/partnership/answers", "tartu/partnership/answers", alone):
        entry = Entry(
            key, Kind.MATERIAL, key.partition("/")[0], "a", "1", {"title": "T", "text": "Mis?"}, {"text": "Mis?"}
        )
        ledger.settle(key, entry)
        ledger.begin(Pending(key, entry.kind, entry.course, "a", Action.UPDATE, "1", {"text": "Mis?"}, NOW))
    forget(ledger)
    sent = {key: (entry.sent.get("text"), entry.answered.get("text")) for key, entry in ledger.entries().items()}
    assert sent["gone/partnership/answers"] == sent[alone] == ("", "")
    assert sent["tartu/partnership/answers"] == ("Mis?", "Mis?")  # the plan compares with it, then writes another
    assert ledger.pendings()["gone/partnership/answers"].sent == {"text": ""}
    assert ledger.entries()["gone/partnership/answers"].sent["title"] == "T"


@pytest.mark.parametrize("scrubbed", [False, True])
def test_no_byte_stays_in_the_files(tmp_path: Path, scrubbed: bool) -> None:
    with asking.opened(tmp_path) as ledger:
        asking.publish_boxes(ledger, programme())
        # Many, so that rows lie on pages of their own, and on pages that are shared with those that stay.
        own = [asked(f"Salajane {n} " * 200, submission=f"a{n}") for n in range(40)]
        pull(ledger, *own, *(asked(f"Muu {n} " * 150, submission=f"b{n}", asker="1002") for n in range(40)))
        forget(ledger)
        if scrubbed:
            ledger.forgetting.scrub()
            assert (tmp_path / "ledger.db-wal").stat().st_size == 0
            assert not holding(tmp_path, b"Salajane")
    # A run that was killed leaves its log behind, and the next one that opens the ledger clears it away.
    assert not holding(tmp_path, b"Salajane")
    assert holding(tmp_path, b"Muu 39")


def holding(folder: Path, word: bytes) -> list[str]:
    return [file.name for file in folder.glob("ledger.db*") if word in file.read_bytes()]


def test_a_pull_looks_for_marks_only_of_what_the_ledger_does_not_know(ledger: Ledger, beside: Connection) -> None:
    known = [asked(f"Mis {n}?", submission=f"k{n}", asker=str(2000 + n)) for n in range(50)]
    pull(ledger, asked("Mis?"), *known)
    forget(ledger)
    held = {row["mark"] for row in rows(beside, metadata.tables["tombstones"])}
    looked: list[Sequence[str]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
        if "tombstones" in statement and "mark IN" in statement:
            looked.append(values)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        report = pull(ledger, asked("Mis?"), *known)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert (report.total("forgotten"), report.total("unchanged")) == (1, 50)
    # Whether the key is the right one; then the question and its asker.
    assert [len(values) for values in looked] == [1, 2]
    assert {value for values in looked for value in values} <= held


def test_nobody_forgotten_nothing_looked_for_and_no_key_needed(ledger: Ledger, beside: Connection) -> None:
    pull(ledger, asked("Mis?"))
    assert not ledger.tombstones.exist()
    assert rows(beside, metadata.tables["tombstones"]) == []


def test_who_asked_anew_stays_an_asker_when_a_backup_of_both_is_cleared(ledger: Ledger) -> None:
    pull(ledger, asked("Mis?"))
    ledger.tombstones.set({MARKS.own, MARKS.person("1001")}, EARLIER)
    later = asked("Kas?", submission="s2", at=EARLIER + timedelta(days=2), box_id=asking.box(slot="after"))
    pull(ledger, later, now=EARLIER + timedelta(days=2))
    forgetting.again(Desk(ledger, programme(), MARKS, EARLIER + timedelta(days=3)))
    (left,) = ledger.questions.find()
    assert left.texts[0].text == "Kas?"
    assert ledger.tombstones.found([MARKS.person("1001")]) == {MARKS.person("1001"): EARLIER}


def test_a_chosen_question_of_nobody_is_no_longer_asked_about(ledger: Ledger) -> None:
    pull(ledger, asked("Mis?"))
    (key,) = (question.key for question in ledger.questions.find())
    answer(ledger, key, "decline", text="Pole minu teema")
    assert ledger.notices.declined()
    forget(ledger)
    assert not ledger.notices.declined()
    assert not ledger.notices.waiting()


def test_what_was_withdrawn_and_then_forgotten_is_no_news(ledger: Ledger) -> None:
    pull(ledger, asked("Mis?"))
    (key,) = (question.key for question in ledger.questions.find())
    answer(ledger, key)
    pull(ledger, asked("Mis?", withdrawn=True))
    assert ledger.notices.withdrawn_after_answer()
    forget(ledger)
    assert not ledger.notices.withdrawn_after_answer()
