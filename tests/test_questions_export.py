from __future__ import annotations

import csv
import io
import stat
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asking import EARLIER, asked, box, opened, programme, publish_boxes, pull
from better_classroom import questions
from better_classroom.errors import ProgrammeInvalid, UsageError
from better_classroom.ledger import Answer, Ledger
from better_classroom.questions import files, sheet
from better_classroom.reports.rows import COLUMNS, THEIRS
from better_classroom.reports.spreadsheet import neutral

HOUR = timedelta(hours=1)
BOTH = programme(experts=("lauri-sock", "henrik-mazzanti"))


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as found:
        publish_boxes(found, programme())
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "questions"


def export(ledger: Ledger, folder: Path, **options: Any) -> tuple[questions.Exported, ...]:
    of = programme()
    return questions.export(questions.find(ledger, of), programme=of, folder=folder, **options)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def rewrite(
    path: Path, change: Callable[[list[dict[str, str]]], list[dict[str, str]]], columns: list[str] | None = None
) -> None:
    """What an expert does in a spreadsheet: change rows and columns, save."""
    lines = change(read(path))
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns or list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)


def write(path: Path, key: str, **cells: str) -> None:
    """An expert writes into the row of a question."""
    rewrite(path, lambda lines: [line | cells if line["key"] == key else line for line in lines])


class TestFiles:
    def test_each_expert_gets_a_file_with_their_own_questions(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?"), asked("Vad?", submission="s2", box_id=box(seminar="data")))
        done = export(ledger, folder)
        assert [(one.expert, one.path.name, one.questions, one.new) for one in done] == [
            ("lauri-sock", "lauri-sock.csv", 1, 1),
            ("henrik-mazzanti", "henrik-mazzanti.csv", 1, 1),
        ]
        assert [row["question"] for row in read(folder / "lauri-sock.csv")] == ["Mis?"]
        assert [row["question"] for row in read(folder / "henrik-mazzanti.csv")] == ["Vad?"]

    def test_an_expert_without_a_question_gets_no_file(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?"))
        assert [one.expert for one in export(ledger, folder)] == ["lauri-sock"]

    def test_excel_can_tell_that_it_is_utf_8(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Őszinte küsimus, mida å?"))
        export(ledger, folder)
        raw = (folder / "lauri-sock.csv").read_bytes()
        assert raw.startswith(b"\xef\xbb\xbfkey,version,expert,")
        assert "Őszinte küsimus, mida å?" in raw.decode("utf-8-sig")

    def test_nobody_but_its_owner_may_read_it(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?"))
        export(ledger, folder)
        assert stat.S_IMODE((folder / "lauri-sock.csv").stat().st_mode) == 0o600
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert [path.name for path in folder.iterdir()] == ["lauri-sock.csv"]

    def test_no_one_who_asked_can_be_told_from_it(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?", asker="117043215501234567890"))
        export(ledger, folder)
        assert "117043215501234567890" not in (folder / "lauri-sock.csv").read_text()

    def test_formulas_are_neutralised_and_control_characters_gone(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked('=HYPERLINK("http://x.example")\x07'))
        export(ledger, folder)
        assert read(folder / "lauri-sock.csv")[0]["question"] == '\'=HYPERLINK("http://x.example")'

    def test_exporting_again_leaves_the_file_untouched(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?\nJa miks?"))
        export(ledger, folder)
        before = (folder / "lauri-sock.csv").stat()
        export(ledger, folder)
        after = (folder / "lauri-sock.csv").stat()
        assert (before.st_mtime_ns, before.st_ino) == (after.st_mtime_ns, after.st_ino)

    def test_questions_stand_in_the_order_of_the_seminars_then_of_asking(self, ledger: Ledger, folder: Path) -> None:
        pull(
            ledger,
            asked("neljas", submission="s4", box_id=box(seminar="data"), at=EARLIER),
            asked("teine", submission="s2", at=EARLIER + HOUR),
            asked("esimene", submission="s1", at=EARLIER),
            asked("kolmas", submission="s3", at=EARLIER + 2 * HOUR),
            of=BOTH,
        )
        export(ledger, folder)
        rows = read(folder / "henrik-mazzanti.csv")
        assert [row["question"] for row in rows] == ["esimene", "teine", "kolmas", "neljas"]

    def test_hidden_and_withdrawn_questions_are_not_put_to_an_expert(self, ledger: Ledger, folder: Path) -> None:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"), asked("Kes?", submission="s3", withdrawn=True))
        hidden = next(found.key for found in ledger.questions.find() if found.texts[0].text == "Kas?")
        ledger.questions.answer(hidden, Answer(0, 1, "lauri-sock", "decline", "private", "", EARLIER), status="hidden")
        export(ledger, folder)
        assert [row["question"] for row in read(folder / "lauri-sock.csv")] == ["Mis?"]

    def test_a_new_file_may_be_cut_with_the_delimiter_an_expert_s_spreadsheet_expects(
        self, ledger: Ledger, folder: Path
    ) -> None:
        pull(ledger, asked("Mis?"))
        export(ledger, folder, delimiter=";")
        export(ledger, folder)
        assert (folder / "lauri-sock.csv").read_text(encoding="utf-8-sig").startswith("key;version;")

    def test_a_folder_that_cannot_be_made_is_named(self, ledger: Ledger, tmp_path: Path) -> None:
        pull(ledger, asked("Mis?"))
        (tmp_path / "file").write_text("")
        with pytest.raises(UsageError, match="cannot be written"):
            export(ledger, tmp_path / "file" / "questions")


class TestWhatAnExpertWroteIsKept:
    @pytest.fixture
    def path(self, ledger: Ledger, folder: Path) -> Path:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2", at=EARLIER + HOUR))
        export(ledger, folder)
        return folder / "lauri-sock.csv"

    @pytest.fixture
    def key(self, path: Path) -> str:
        return read(path)[0]["key"]

    def test_answers_not_yet_taken_stay_in_their_rows(self, ledger: Ledger, folder: Path, path: Path, key: str) -> None:
        write(path, key, status="publish", answer="Jah,\nnii on.", visibility="public")
        pull(ledger, asked("Mis?"), asked("Uus?", submission="s3", at=EARLIER + 2 * HOUR))
        (done,) = export(ledger, folder)
        first, second, third = read(path)
        assert [first[column] for column in THEIRS] == ["publish", "Jah,\nnii on.", "public"]
        assert [row["question"] for row in (first, second, third)] == ["Mis?", "Kas?", "Uus?"]
        assert (done.questions, done.new) == (3, 1)

    def test_rows_sorted_and_columns_moved_stay_so(self, ledger: Ledger, folder: Path, path: Path, key: str) -> None:
        write(path, key, answer="Jah.")
        rewrite(path, lambda lines: lines[::-1], columns=sorted(COLUMNS))
        export(ledger, folder)
        assert [row["question"] for row in read(path)] == ["Kas?", "Mis?"]
        assert read(path)[1]["answer"] == "Jah."
        assert list(read(path)[0]) == sorted(COLUMNS)

    def test_columns_of_their_own_stay(self, ledger: Ledger, folder: Path, path: Path) -> None:
        rewrite(path, lambda lines: [{**line, "Minu märkus": f"märkus {n}"} for n, line in enumerate(lines)])
        export(ledger, folder)
        assert [row["Minu märkus"] for row in read(path)] == ["märkus 0", "märkus 1"]

    def test_an_edited_question_is_a_new_row_below_the_one_they_wrote_in(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        write(path, key, status="publish", answer="Jah.", visibility="public")
        pull(ledger, asked("Mis? Ja miks?", at=EARLIER + 2 * HOUR))
        export(ledger, folder)
        rows = [(row["key"] == key, row["version"], row["question"], row["answer"]) for row in read(path)]
        assert rows == [
            (True, "1", "Mis?", "Jah."),
            (True, "2", "Mis?\n\n[added 2020-06-09 13:30] Ja miks?", ""),
            (False, "1", "Kas?", ""),
        ]

    def test_an_edited_question_takes_over_a_row_they_left_empty(
        self, ledger: Ledger, folder: Path, path: Path
    ) -> None:
        pull(ledger, asked("Mis siis?"))
        export(ledger, folder)
        assert [(row["version"], row["question"]) for row in read(path)] == [("2", "Mis siis?"), ("1", "Kas?")]

    def test_a_deleted_row_comes_back(self, ledger: Ledger, folder: Path, path: Path) -> None:
        rewrite(path, lambda lines: lines[1:])
        export(ledger, folder)
        assert [row["question"] for row in read(path)] == ["Kas?", "Mis?"]

    def test_an_inserted_row_and_a_broken_key_stay_for_the_import_to_complain_about(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        empty = dict.fromkeys(COLUMNS, "")
        rewrite(
            path,
            lambda lines: [{**empty, "answer": "juurde"}, {**lines[0], "key": "katki", "answer": "Jah."}, lines[1]],
        )
        export(ledger, folder)
        assert [(row["key"], row["answer"]) for row in read(path)][:2] == [("", "juurde"), ("katki", "Jah.")]
        assert read(path)[3]["key"] == key

    def test_what_they_wrote_for_a_question_that_is_no_longer_theirs_stays(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        write(path, key, answer="pooleli")
        pull(ledger, asked("Mis?"), of=programme(experts=("henrik-mazzanti",)))
        export(ledger, folder)
        assert [(row["key"], row["answer"]) for row in read(path)] == [(key, "pooleli")]
        assert len(read(folder / "henrik-mazzanti.csv")) == 2

    def test_an_answer_that_begins_like_a_formula_comes_back_the_same_from_every_export(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        write(path, key, answer="- üks\n- kaks")
        for _ in range(3):
            export(ledger, folder)
            assert read(path)[0]["answer"] == "'- üks\n- kaks"
        assert sheet.read(path).lines[0]["answer"] == "- üks\n- kaks"

    def test_a_file_that_cannot_be_understood_is_left_alone(self, ledger: Ledger, folder: Path, path: Path) -> None:
        path.write_text("midagi muud\n", encoding="utf-8")
        with pytest.raises(ProgrammeInvalid, match=r"lauri-sock\.csv:1:1: There is no column called “key”"):
            export(ledger, folder)
        assert path.read_text(encoding="utf-8") == "midagi muud\n"

    def test_a_file_saved_by_excel_with_semicolons_stays_with_semicolons(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        write(path, key, answer="Jah; nii")
        lines = read(path)
        with path.open("w", encoding="cp1252", newline="") as file:
            writer = csv.DictWriter(file, list(lines[0]), delimiter=";")
            writer.writeheader()
            writer.writerows(lines)
        pull(ledger, asked("Uus?", submission="s3"))
        export(ledger, folder)
        with path.open(encoding="utf-8-sig", newline="") as file:
            again = list(csv.DictReader(file, delimiter=";"))
        assert [row["answer"] for row in again] == ["Jah; nii", "", ""]

    def test_an_answer_recorded_already_stands_in_a_file_made_anew(
        self, ledger: Ledger, folder: Path, path: Path, key: str
    ) -> None:
        ledger.questions.answer(
            key, Answer(0, 1, "lauri-sock", "publish", "public", "Jah.", EARLIER), status="answered"
        )
        path.unlink()
        export(ledger, folder)
        assert [read(path)[0][column] for column in THEIRS] == ["publish", "Jah.", "public"]

    def test_a_file_saved_between_our_reading_and_our_writing_is_not_written_over(self, path: Path) -> None:
        before = files.stamp(path)  # the instant between the two cannot be met from outside
        with path.open("a", encoding="utf-8") as expert:
            expert.write("juurde\r\n")
        assert not files.replaced(path, b"ours", before)
        assert path.read_text(encoding="utf-8-sig").endswith("juurde\n")
        assert [found.name for found in path.parent.iterdir()] == [path.name]

    cells = st.text(alphabet=st.sampled_from("=+-@'\"\t\n ;,aä\u202e👩\x07"), min_size=1, max_size=8)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(answer=cells, extra=cells)
    def test_whatever_they_write_is_there_after_any_number_of_exports(
        self, ledger: Ledger, folder: Path, path: Path, key: str, *, answer: str, extra: str
    ) -> None:
        path.unlink(missing_ok=True)
        export(ledger, folder)
        rewrite(path, lambda lines: [{**lines[0], "answer": neutral(answer), "oma": neutral(extra)}, *lines[1:]])
        for _ in range(2):
            export(ledger, folder)
        (line,) = (line for line in sheet.read(path).lines if line["key"] == key)
        if answer.strip() or extra.strip():
            assert (line["answer"], line["oma"]) == (answer, extra)


class TestReading:
    HEADER = "key,version,expert,question,status,answer,visibility\n"

    def read(self, tmp_path: Path, raw: bytes) -> sheet.Sheet:
        path = tmp_path / "x.csv"
        path.write_bytes(raw)
        return sheet.read(path)

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_any_common_encoding_and_delimiter(self, tmp_path: Path, encoding: str, delimiter: str) -> None:
        text = 'Key,STATUS, Answer ,visibility\nk1,publish,"Tõesti, jah; nõus",public\n'
        rows = csv.reader(io.StringIO(text))
        cut = "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)
        found = self.read(tmp_path, cut.encode(encoding))
        assert (found.lines[0]["key"], found.lines[0]["answer"]) == ("k1", "Tõesti, jah; nõus")
        assert (found.complaints, bool(found.notices)) == ((), encoding == "cp1252")

    def test_lines_are_counted_as_an_editor_counts_them(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, (self.HEADER + 'k1,1,,"a\nb\nc",,,\n\nk2,1,,d,,,\n').encode())
        assert [(line.number, line["key"]) for line in found.lines] == [(2, "k1"), (6, "k2")]

    def test_a_sep_line_and_empty_lines_before_the_header_are_passed_over(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, b"sep=;\r\n\r\nkey;answer\r\nk1;a\r\n")
        assert [(line.number, line["answer"]) for line in found.lines] == [(4, "a")]

    def test_a_header_may_be_in_any_case_and_spacing(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, b"KEY,Asked At,Oma veerg\nk,1,2\n")
        assert found.columns == ("key", "asked_at", "Oma veerg")

    def test_two_columns_of_one_name_keep_both_and_the_first_is_meant(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, b"key,answer,answer\nk,a,b\n")
        assert (found.lines[0]["answer"], found.lines[0]["answer (3)"]) == ("a", "b")

    def test_short_rows_are_filled_and_long_ones_complained_about(self, tmp_path: Path) -> None:
        found = self.read(tmp_path, b"key,answer\nk1\nk2,a,b\nk3,a,,\n")
        assert [(line["key"], line["answer"]) for line in found.lines] == [("k1", ""), ("k3", "a")]
        assert str(found.complaints[0]).startswith(f"{tmp_path / 'x.csv'}:3:3: This row has more cells")

    @pytest.mark.parametrize(
        ("raw", "said"),
        [
            (b"", "no column called"),
            (b"a,b\n1,2\n", "no column called"),
            (b"PK\x03\x04rest", "Excel workbook"),
        ],
    )
    def test_what_is_no_such_file_says_so(self, tmp_path: Path, raw: bytes, said: str) -> None:
        (complaint,) = self.read(tmp_path, raw).complaints
        assert said in complaint.message
        assert complaint.remedy

    def test_a_missing_file_says_so(self, tmp_path: Path) -> None:
        assert "cannot be read" in sheet.read(tmp_path / "none.csv").complaints[0].message

    @given(raw=st.binary(max_size=200))
    @settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def test_no_bytes_bring_it_down(self, tmp_path: Path, raw: bytes) -> None:
        self.read(tmp_path, b"key,answer\n" + raw)
        self.read(tmp_path, raw)
