"""Questions asked in the online session itself, from the files in which Webex, Zoom or a person keeps them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import END, KEY, START, opened, programme, pull
from better_classroom import questions
from better_classroom.errors import UsageError
from better_classroom.ledger import Ledger, Question
from better_classroom.questions import organising, session, sessionfile
from better_classroom.questions.session import Imported

HOUR = timedelta(hours=1)

ZOOM = """\
Q&A Report,
Report Generated:,"Jun 16, 2020 01:05 PM"
Topic,Webinar ID
"Avaandmed, osa 1",123 456 789
Question Details,
#,Question,Asker Name,Asker Email,Answer(s),Question Time,Answered Time
1,Mis on avaandmed?,Osaleja Üks,osaleja.uks@tartu.example,live answered,"Jun 16, 2020 11:42:07 AM",
2,Kes maksab?,Anonymous Attendee,,,"Jun 16, 2020 11:50:00 AM",
"""
WEBEX = """\
Sender\tReceiver\tMessage\tTime
Osaleja Üks\tEveryone\tMis on avaandmed?\t06/16/2020 11:42:07
Osaleja Kaks\tKorraldaja\tKas ma saan homme helistada?\t06/16/2020 11:43:00
Osaleja Kaks\tEveryone\tOsaleja Kaks has joined the meeting.\t06/16/2020 11:44:00
Osaleja Kaks\tEveryone\t👍\t06/16/2020 11:45:00
Osaleja Kaks\tEveryone\tReacted to "Mis on avaandmed?" with 👍\t06/16/2020 11:45:30
Osaleja Kaks\tEveryone\t   \t06/16/2020 11:46:00
"""


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as found:
        yield found


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "vestlus.csv"


def take(ledger: Ledger, path: Path, content: str | bytes, *, course: str = "tartu", key: bytes = KEY) -> Imported:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return session.take(
        path,
        programme=programme(courses=("tartu", "gavle")),
        ledger=ledger,
        seminar="partnership",
        course=course,
        now=END + HOUR,
        key=key,
    )


def by_text(ledger: Ledger) -> dict[str, Question]:
    return {question.texts[-1].text: question for question in ledger.questions.find()}


class TestExports:
    def test_a_question_and_answer_report_of_zoom(self, ledger: Ledger, path: Path) -> None:
        done = take(ledger, path, ZOOM)
        assert (done.new, done.complaints) == (2, ())
        question = by_text(ledger)["Mis on avaandmed?"]
        assert (question.phase, question.slot, question.late, question.status) == (
            "during",
            "during",
            False,
            "assigned",
        )
        assert question.asked_at == datetime(2020, 6, 16, 8, 42, 7, tzinfo=UTC)
        assert question.spoken == "live answered"
        assert question.key.startswith("tartu-partnership-during-")

    def test_a_chat_of_webex_without_what_is_no_question(self, ledger: Ledger, path: Path) -> None:
        done = take(ledger, path, WEBEX)
        assert set(by_text(ledger)) == {"Mis on avaandmed?"}
        assert by_text(ledger)["Mis on avaandmed?"].asked_at == datetime(2020, 6, 16, 8, 42, 7, tzinfo=UTC)
        assert done.left_out == {"private messages": 1, "people coming and going": 1, "reactions": 2, "blank": 1}

    def test_one_column_of_questions_is_enough(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, "question\nMis?\nKas?\n")
        assert {question.asked_at for question in ledger.questions.find()} == {START}
        assert len({question.asker for question in ledger.questions.find()}) == 2

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_any_common_encoding_and_delimiter(self, tmp_path: Path, encoding: str, delimiter: str) -> None:
        path = tmp_path / "vestlus.csv"
        lines = [("question", "asker"), ("Miks nii äge?", "Osaleja Üks")]
        path.write_bytes("\r\n".join(map(delimiter.join, lines)).encode(encoding))
        (said,) = sessionfile.read(path, starts=START, zone=UTC).said
        assert (said.text, said.asker, said.number) == ("Miks nii äge?", "Osaleja Üks", 2)

    @pytest.mark.parametrize(
        ("written", "hour", "minute"),
        [
            ("2020-06-16 11:42", 8, 42),
            ("2020-06-16T08:42:00Z", 8, 42),
            ("16.06.2020 11:42", 8, 42),
            ("16/06/2020 11:42:00", 8, 42),
            ("6/16/2020 11:42 AM", 8, 42),
            ("Jun 16, 2020 11:42 AM", 8, 42),
            ("11:42:07", 8, 42),
            ("1:10 PM", 10, 10),
            ("", 8, 30),
        ],
    )
    def test_times_as_they_are_written(self, ledger: Ledger, path: Path, written: str, hour: int, minute: int) -> None:
        take(ledger, path, f"question;time\nMis?;{written}\n")
        assert by_text(ledger)["Mis?"].asked_at.strftime("%d %H:%M") == f"16 {hour:02}:{minute:02}"

    def test_of_two_ways_to_read_a_date_the_one_nearer_to_the_session_is_meant(self, path: Path) -> None:
        path.write_text("question;time\nMis?;06/07/2020 11:42\nKas?;07/06/2020 11:42\n", encoding="utf-8")
        read = sessionfile.read(path, starts=datetime(2020, 7, 6, 8, 30, tzinfo=UTC), zone=UTC)
        assert {said.at for said in read.said} == {datetime(2020, 7, 6, 11, 42, tzinfo=UTC)}


class TestAgain:
    def test_the_same_file_twice_is_one_import(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, ZOOM)
        before = ledger.questions.find()
        done = take(ledger, path, ZOOM)
        assert (done.new, done.known) == (0, 2)
        assert ledger.questions.find() == before

    def test_a_longer_export_in_another_form_adds_only_what_is_new(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, "question,asker,time\nMis?,Osaleja Üks,11:42\n")
        longer = "asker;time;question;answer\nOsaleja Kaks;2020-06-16 11:50;Kas?;\nosaleja üks;;Mis?;Jah.\n"
        done = take(ledger, path, longer)
        assert (done.new, done.known) == (1, 1)
        assert by_text(ledger)["Mis?"].spoken == "Jah."

    def test_who_says_the_same_twice_has_asked_twice(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, "question,asker\nMiks?,Osaleja Üks\nMiks?,Osaleja Üks\nMiks?,Osaleja Kaks\n")
        assert len(ledger.questions.find()) == 3

    def test_a_pull_leaves_them_as_they_are(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, ZOOM)
        before = ledger.questions.find()
        pull(ledger, now=END + HOUR)
        assert ledger.questions.find() == before

    def test_they_are_merged_with_those_of_a_box_and_none_is_edited_by_the_next_import(
        self, ledger: Ledger, path: Path
    ) -> None:
        take(ledger, path, ZOOM)
        mis, kes = (by_text(ledger)[text].key for text in ("Mis on avaandmed?", "Kes maksab?"))
        organising.merge(ledger, [kes], mis, END)
        take(ledger, path, ZOOM)
        assert by_text(ledger)["Kes maksab?"].status == "merged"


class TestAskers:
    def test_one_name_is_one_asker_in_its_course_and_another_in_another(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, "question,asker\nMis?,Osaleja Üks\nKas?,  osaleja üks \n")
        take(ledger, path, "question,asker\nKes?,Osaleja Üks\n", course="gavle")
        numbers = {text: question.asker for text, question in by_text(ledger).items()}
        assert numbers["Mis?"] == numbers["Kas?"] != numbers["Kes?"]

    def test_no_name_is_kept(self, ledger: Ledger, path: Path, tmp_path: Path) -> None:
        take(ledger, path, ZOOM)
        ledger.close()
        kept = b"".join(file.read_bytes() for file in tmp_path.glob("ledger.db*"))
        assert b"Mis on avaandmed?" in kept
        assert "Osaleja Üks".encode() not in kept
        assert "osaleja üks".encode() not in kept
        assert b"osaleja.uks" not in kept

    def test_who_gives_no_name_is_nobody_else(self, ledger: Ledger, path: Path) -> None:
        take(ledger, path, "question,asker\nMis?,Anonymous Attendee\nKas?,Anonymous Attendee\nKes?,\n")
        assert len({question.asker for question in ledger.questions.find()}) == 3

    def test_without_a_key_nothing_is_recorded(self, ledger: Ledger, path: Path) -> None:
        with pytest.raises(UsageError, match="pseudonym_key"):
            take(ledger, path, ZOOM, key=b"")
        assert ledger.questions.find() == ()


class TestComplaints:
    def test_all_come_at_once_with_their_place_and_the_good_lines_are_taken(self, ledger: Ledger, path: Path) -> None:
        done = take(ledger, path, "question,time\nMis?,hiljem\nKas?,11:42\nKes, kus?,11:43\nMiks?,0001-01-01\n")
        places = [str(complaint).partition("\n")[0] for complaint in done.complaints]
        assert places == [
            f"{path}:2:2: “hiljem” is no time.",
            f"{path}:4:3: This row has more cells than the header.",
            f"{path}:5:2: 1 January 1 is years away from the session, which was on 16 June 2020.",
        ]
        assert set(by_text(ledger)) == {"Kas?"}

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"time,asker\n11:42,Osaleja\n", "no column that holds questions"),
            (b"", "no column that holds questions"),
            (b"PK\x03\x04...", "Excel workbook"),
        ],
    )
    def test_what_is_no_such_file_says_so(self, ledger: Ledger, path: Path, content: bytes, said: str) -> None:
        (complaint,) = take(ledger, path, content).complaints
        assert said in complaint.message
        assert complaint.remedy

    def test_a_missing_file_says_so(self, path: Path) -> None:
        (complaint,) = sessionfile.read(path, starts=START, zone=UTC).complaints
        assert "cannot be read" in complaint.message

    @settings(max_examples=100, deadline=None)
    @given(raw=st.binary(max_size=200) | st.text(max_size=200).map(lambda text: f"question,time\n{text}".encode()))
    def test_no_bytes_bring_it_down(self, tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
        path = tmp_path_factory.getbasetemp() / "any.csv"
        path.write_bytes(raw)
        sessionfile.read(path, starts=START, zone=UTC)


HOSTILE = {
    "enormous": "Miks? " + "x" * 100_000,
    "emoji": "Kas 👩‍👩‍👧 ja 🇪🇪 sobivad?",
    "right to left": "מה זה? \u202eabc",
    "control": "Mis\x07 on\x1b[2J see?",
    "formula": "=HYPERLINK('http://ebavajalik.example','vajuta')",
    "html": "<script>alert(1)</script> miks?",
    "zero": "Mis\x00 on?",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_kept_whole_and_once_and_shown_harmless(
    ledger: Ledger, path: Path, tmp_path: Path, text: str
) -> None:
    written = text.replace('"', '""')
    for _ in range(2):
        take(ledger, path, f'question,asker\n"{written}",Osaleja Üks\n')
    (question,) = ledger.questions.find()
    assert question.texts[-1].text == text.replace("\x00", "\ufffd")
    of = programme()
    questions.export(questions.find(ledger, of), programme=of, folder=tmp_path / "out")
    shown = (tmp_path / "out" / "lauri-sock.csv").read_text(encoding="utf-8-sig")
    assert not any(mark in shown for mark in ("\x07", "\x1b", "\x00", ",=HYPERLINK"))
