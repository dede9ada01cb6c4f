from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from better_classroom.reports.questions import (
    Asked,
    Reply,
    Told,
    additions,
    beginning,
    data,
    printable,
    rewritten,
    story,
    table,
)
from better_classroom.reports.rows import rows
from better_classroom.reports.spreadsheet import CELL, harmless, neutral, plain

AT = datetime(2020, 6, 9, 9, 0, tzinfo=UTC)
ZONE = ZoneInfo("Europe/Tallinn")
HOSTILE = st.text(
    alphabet=st.sampled_from("=+-@'\"\t\r\n ;,|abcä\u200b\u200e\ufeff\uff1d\uff0b\uff0d\uff20\xa0\x85"), max_size=12
)


def told(*texts: str) -> tuple[Told, ...]:
    return tuple(Told(n, text, AT + timedelta(hours=n)) for n, text in enumerate(texts, start=1))


def reply(version: int = 1, **changed: Any) -> Reply:
    values = {"expert": "lauri-sock", "name": "Lauri Sock", "outcome": "publish", "visibility": "public"}
    return Reply(version=version, **{**values, "text": "Jah.", "at": AT + timedelta(days=1), **changed})


def question(*texts: str, **changed: Any) -> Asked:
    values: dict[str, Any] = {
        "key": "tartu-partnership-before-3f9a1c",
        "seminar": "partnership",
        "topic": "Seminar 1: Partnerlus",
        "course": "tartu",
        "city": "Tartu",
        "phase": "before",
        "late": False,
        "asker": 4827,
        "asked_at": AT,
        "status": "assigned",
        "withdrawn_at": None,
        "experts": ("lauri-sock",),
        "texts": told(*(texts or ("Mis?",))),
        "replies": (),
    }
    return Asked(**values | changed)


class TestFormulas:
    @pytest.mark.parametrize(
        "cell",
        [
            "=1+1",
            "+372 5555",
            "-5 kraadi",
            "@mainimine",
            " =1",
            "\xa0\u200b\ufeff=cmd|' /C calc'!A0",
            "\uff1d1",
            "\uff0b1",
            "\uff0d1",
            "\uff20a",
            "\tx",
            "\rx",
            "\nx",
            "'=1",
            "''=1",
            "\u200f-x",
        ],
    )
    def test_what_may_be_taken_for_a_formula_gets_an_apostrophe_and_loses_it_again(self, cell: str) -> None:
        assert neutral(cell) == f"'{cell}"
        assert plain(neutral(cell)) == cell

    @pytest.mark.parametrize("cell", ["", "Mis on 1+1?", "'tere'", "a=b", "–5", "5-3", "Jah – nii on."])
    def test_any_other_cell_stays_as_it_is(self, cell: str) -> None:
        assert neutral(cell) == plain(cell) == cell

    @given(cell=HOSTILE)
    def test_every_cell_comes_back_as_it_was(self, cell: str) -> None:
        assert plain(neutral(cell)) == cell

    @given(cell=HOSTILE)
    def test_no_cell_begins_like_a_formula(self, cell: str) -> None:
        assert neutral(cell).lstrip("\xa0 \u200b\u200e\ufeff")[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n")

    @settings(max_examples=1000)
    @given(text=HOSTILE, delimiter=st.sampled_from(";\t"))
    def test_no_participant_s_text_makes_a_formula_even_when_read_with_another_delimiter(
        self, text: str, delimiter: str
    ) -> None:
        written = io.StringIO(newline="")
        csv.writer(written).writerow(["key", neutral(harmless(text))])
        # As a spreadsheet that knows nothing of our quotes would cut it.
        for cell in written.getvalue().replace('"', "").replace("\n", delimiter).replace("\r", "").split(delimiter):
            assert cell.strip("\xa0 \u200b\u200e\ufeff")[:1] not in set("=+-@\uff1d\uff0b\uff0d\uff20")


class TestHostileText:
    def test_what_steers_a_terminal_is_taken_out_and_lines_stay_lines(self) -> None:
        assert printable("\x1b[31mpunane\x07\r\nkaks\rkolm\x9b2J\u202egnp\u2069") == "[31mpunane\nkaks\nkolm2Jgnp"

    def test_right_to_left_and_emoji_stay(self) -> None:
        assert printable("האם? 👩🏽‍💻\u200f") == "האם? 👩🏽‍💻\u200f"

    def test_a_list_keeps_one_line_for_each_question_whatever_was_asked(self) -> None:
        shown = table([question("üks\nkaks\x1b[2J" + "x" * 500), question("kolm")], ZONE)
        assert len(shown.splitlines()) == 3
        assert "\x1b" not in shown

    def test_a_story_shows_no_control_character(self) -> None:
        shown = story(question("a\x1b]0;x\x07", replies=(reply(text="b\x1b[1m"),)), ZONE)
        assert all(character.isprintable() or character == "\n" for character in shown)

    def test_a_cell_holds_no_control_character_and_no_more_than_a_cell_takes(self) -> None:
        cell = harmless("\x00\x1b[1mMis?\r\nJa\tmiks?\x7f" + "x" * 100_000)
        assert cell.startswith("[1mMis?\nJa\tmiks?xxx")
        assert CELL < len(cell) < 32_767
        assert "questions show" in cell

    def test_first_words_are_one_short_line(self) -> None:
        assert beginning("  üks\n\nkaks  ") == "üks kaks"
        assert (len(beginning("x" * 500)), beginning("x" * 500)[-1]) == (60, "…")


class TestGrowth:
    def test_what_was_added_is_told_from_what_was_there(self) -> None:
        parts = additions(told("Mis?", "Mis?\nJa miks?", "Mis?\nJa miks?\n\nJa kes?"))
        assert [(part.version, part.text) for part in parts] == [(1, "Mis?"), (2, "Ja miks?"), (3, "Ja kes?")]

    def test_a_rewritten_text_begins_anew_and_the_earlier_ones_are_named(self) -> None:
        texts = told("Mis?", "Mis? Ja miks?", "Kes?", "Kes? Kus?")
        assert [part.text for part in additions(texts)] == ["Kes?", "Kus?"]
        assert [text.text for text in rewritten(texts)] == ["Mis?", "Mis? Ja miks?"]

    def test_spaces_alone_are_no_addition(self) -> None:
        assert [part.text for part in additions(told("Mis?", "Mis?  \n"))] == ["Mis?"]

    @given(texts=st.lists(st.sampled_from(["a", "a b", "a b c", "b", "b ", "a\nb"]), min_size=1, max_size=6))
    def test_the_parts_hold_all_words_of_the_latest_text(self, texts: list[str]) -> None:
        parts = additions(told(*texts))
        assert " ".join(part.text for part in parts).split() == texts[-1].split()
        assert {part.version for part in parts} | {old.version for old in rewritten(told(*texts))} <= set(
            range(1, len(texts) + 1)
        )


class TestRows:
    def test_a_question_is_one_row_with_our_columns_full_and_theirs_empty(self) -> None:
        (row,) = rows(question("Mis?"), expert="lauri-sock", zone=ZONE)
        assert row == {
            "key": "tartu-partnership-before-3f9a1c",
            "version": "1",
            "expert": "lauri-sock",
            "seminar": "Seminar 1: Partnerlus",
            "city": "Tartu",
            "asked_at": "2020-06-09 12:00",
            "phase": "before",
            "asker": "Participant 4827",
            "question": "Mis?",
            "earlier": "",
            "note": "",
            "status": "",
            "answer": "",
            "visibility": "",
        }

    def test_an_addition_is_marked_with_its_time(self) -> None:
        (row,) = rows(question("Mis?", "Mis? Ja miks?"), expert="lauri-sock", zone=ZONE)
        assert (row["version"], row["question"]) == ("2", "Mis?\n\n[added 2020-06-09 14:00] Ja miks?")

    def test_a_rewritten_text_stands_beside_the_new_one(self) -> None:
        (row,) = rows(question("Mis?", "Kes?"), expert="lauri-sock", zone=ZONE)
        assert (row["question"], row["earlier"]) == ("Kes?", "[2020-06-09 13:00] Mis?")

    def test_an_answered_version_keeps_its_row_beside_the_later_one(self) -> None:
        asked = question("Mis?", "Mis? Ja miks?", status="follow-up", replies=(reply(1),), late=True)
        first, second = rows(asked, expert="lauri-sock", zone=ZONE)
        assert (first["version"], first["question"], first["answer"], first["status"]) == (
            "1",
            "Mis?",
            "Jah.",
            "publish",
        )
        assert (second["version"], second["answer"], second["phase"]) == ("2", "", "before, late")
        assert "see the next row" in first["note"]
        assert "wrote more" in second["note"]

    def test_an_answer_taken_back_leaves_an_empty_row(self) -> None:
        (row,) = rows(question(replies=(reply(outcome="take back", text=""),)), expert="lauri-sock", zone=ZONE)
        assert (row["status"], row["answer"], row["visibility"]) == ("", "", "")

    def test_another_expert_s_answer_is_named_and_not_shown(self) -> None:
        other = reply(expert="henrik-mazzanti", name="Henrik Mazzanti", text="Nej.")
        (row,) = rows(question(replies=(other,)), expert="lauri-sock", zone=ZONE)
        assert (row["answer"], row["note"]) == ("", "answered by Henrik Mazzanti")


class TestShown:
    def test_the_list(self) -> None:
        many = [
            question("Mis on avaandmed?"),
            question("Kes?", key="genoa-data-after-1", city="Genoa", experts=(), status="new", late=True),
        ]
        assert table(many, ZONE) == (
            "KEY                              SEMINAR      CITY   EXPERT      STATUS     ASKED             QUESTION\n"
            "tartu-partnership-before-3f9a1c  partnership  Tartu  lauri-sock  assigned   2020-06-09 12:00  Mis on avaandmed?\n"
            "genoa-data-after-1               partnership  Genoa  -           new, late  2020-06-09 12:00  Kes?\n"
        )

    def test_an_empty_list_says_so(self) -> None:
        assert table([], ZONE) == "No questions.\n"

    def test_the_story_of_a_question(self) -> None:
        asked = question("Mis?", "Mis?\nJa miks?", replies=(reply(),), status="follow-up")
        assert story(asked, ZONE) == (
            "tartu-partnership-before-3f9a1c\n"
            "Participant 4827, Tartu, before “Seminar 1: Partnerlus”\n"
            "Status: follow-up. To be answered by: lauri-sock.\n"
            "\n"
            "2020-06-09 13:00  Text 1\n"
            "    Mis?\n"
            "\n"
            "2020-06-09 14:00  Text 2\n"
            "    Mis?\n"
            "    Ja miks?\n"
            "\n"
            "2020-06-10 12:00  Answered by Lauri Sock, to text 1 (public)\n"
            "    Jah.\n"
        )

    def test_data_is_json_and_leads_to_nobody(self) -> None:
        shown = json.loads(json.dumps(data(question("Mis?", replies=(reply(),), withdrawn_at=AT))))
        assert (shown["asker"], shown["texts"][0]["text"], shown["answers"][0]["text"]) == (4827, "Mis?", "Jah.")
        assert not {"asker_id", "link", "source_id"} & set(shown)
