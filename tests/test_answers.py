from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from asking import EARLIER, EXPERTS, asked, box, opened, programme, publish_boxes, pull
from better_classroom import questions
from better_classroom.answered import Answered
from better_classroom.ledger import Ledger
from better_classroom.questions import Taken
from better_classroom.questions.filled import LONGEST

HOUR = timedelta(hours=1)
NOW = EARLIER + 24 * HOUR
BOTH = programme(experts=EXPERTS)
YES = {"status": "publish", "answer": "Jah.", "visibility": "public"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """Two questions to Lauri Sock, "Mis?" and "Kas?", and one to Henrik Mazzanti, "Vad?"."""
    with opened(tmp_path) as found:
        publish_boxes(found, programme())
        pull(
            found,
            asked("Mis?"),
            asked("Kas?", submission="s2", asker="1002", at=EARLIER + HOUR),
            asked("Vad?", submission="s3", asker="1003", box_id=box(seminar="data")),
        )
        yield found


@pytest.fixture
def keys(ledger: Ledger) -> dict[str, str]:
    return {question.texts[0].text: question.key for question in ledger.questions.find()}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "lauri-sock.csv"


def take(ledger: Ledger, file: Path, *rows: Mapping[str, str], hours: int = 0) -> Taken:
    """Import a file of these rows; columns that a row leaves out are empty."""
    columns = ["key", "version", "expert", "status", "answer", "visibility"]
    with file.open("w", encoding="utf-8-sig", newline="") as written:
        writer = csv.DictWriter(written, columns)
        writer.writeheader()
        writer.writerows(rows)
    return questions.take([file], programme=BOTH, ledger=ledger, now=NOW + hours * HOUR)


def said(taken: Taken) -> list[str]:
    """Complaints as "line:column message"."""
    return [f"{complaint.line}:{complaint.column} {complaint.message}" for complaint in taken.complaints]


def public(ledger: Ledger) -> list[tuple[str, str]]:
    return [(answer.question_text, answer.answer_text) for answer in questions.published(ledger, programme()).public]


def status(ledger: Ledger, key: str) -> str:
    question = ledger.questions.get(key)
    assert question is not None
    return question.status


class TestGoesOut:
    def test_an_answer_that_says_publish_and_public_is_published(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES})
        (asker,) = {question.asker for question in ledger.questions.find() if question.key == keys["Mis?"]}
        assert (taken.published, taken.complaints) == ([keys["Mis?"]], [])
        assert questions.published(ledger, programme()).public == (
            Answered(keys["Mis?"], "partnership", "tartu", str(asker), "Mis?", "Jah.", "lauri-sock", NOW),
        )
        assert status(ledger, keys["Mis?"]) == "answered"

    @pytest.mark.parametrize("cells", [{"status": " Publish "}, {"visibility": "PUBLIC\xa0"}])
    def test_case_and_spaces_do_not_matter(
        self, ledger: Ledger, keys: dict[str, str], file: Path, cells: dict[str, str]
    ) -> None:
        take(ledger, file, {"key": f" {keys['Mis?'].upper()} ", **YES, **cells})
        assert public(ledger) == [("Mis?", "Jah.")]

    @pytest.mark.parametrize("word", ["", "draft"])
    def test_without_publish_an_answer_waits(self, ledger: Ledger, keys: dict[str, str], file: Path, word: str) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "status": word})
        assert (public(ledger), taken.waiting, taken.complaints) == ([], 1, [])
        assert status(ledger, keys["Mis?"]) == "assigned"

    def test_a_private_answer_is_recorded_and_not_published(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "visibility": "private"})
        assert (public(ledger), taken.private) == ([], [keys["Mis?"]])
        assert status(ledger, keys["Mis?"]) == "answered"

    def test_where_an_organiser_must_approve_nothing_is_public(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        assert questions.published(ledger, programme(approval="organiser")).public == ()

    def test_a_declined_question_is_declined_with_its_reason(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], "status": "declined", "answer": "Pole minu teema."})
        question = ledger.questions.get(keys["Mis?"])
        assert question is not None
        assert (question.status, question.answers[0].text) == ("declined", "Pole minu teema.")
        assert (public(ledger), taken.declined) == ([], [keys["Mis?"]])

    def test_the_order_is_that_of_the_seminars_then_of_asking(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(
            ledger,
            file,
            {"key": keys["Vad?"], **YES, "answer": "Tre", "expert": "henrik-mazzanti"},
            {"key": keys["Kas?"], **YES, "answer": "Kaks"},
            {"key": keys["Mis?"], **YES, "answer": "Üks"},
        )
        assert public(ledger) == [("Mis?", "Üks"), ("Kas?", "Kaks"), ("Vad?", "Tre")]

    def test_control_characters_and_the_neutralising_apostrophe_are_gone(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "'- ü\u202eks\r\n- kaks\x07 "})
        assert public(ledger) == [("Mis?", "- üks\n- kaks")]


class TestAgain:
    def test_taking_a_file_twice_is_taking_it_once(self, ledger: Ledger, keys: dict[str, str], file: Path) -> None:
        rows = [{"key": keys["Mis?"], **YES}, {"key": keys["Kas?"], "status": "decline"}]
        take(ledger, file, *rows)
        before = ledger.questions.find()
        again = take(ledger, file, *rows, hours=1)
        assert ledger.questions.find() == before
        assert (again.known, again.published, again.complaints) == (2, [], [])

    def test_a_corrected_answer_takes_the_place_of_the_earlier_and_both_are_kept(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "Jah, küll."}, hours=1)
        assert public(ledger) == [("Mis?", "Jah, küll.")]
        assert (taken.corrected, taken.published) == ([keys["Mis?"]], [keys["Mis?"]])
        question = ledger.questions.get(keys["Mis?"])
        assert question is not None
        assert [(answer.n, answer.text) for answer in question.answers] == [(1, "Jah."), (2, "Jah, küll.")]

    def test_an_answer_taken_back_disappears_and_the_question_waits_again(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        for hours in (1, 2):
            taken = take(ledger, file, {"key": keys["Mis?"], **YES, "status": "take back"}, hours=hours)
        assert (public(ledger), status(ledger, keys["Mis?"]), taken.known) == ([], "assigned", 1)

    def test_taking_back_what_was_never_given_changes_nothing(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], "status": "take back"})
        assert (taken.known, status(ledger, keys["Mis?"])) == (1, "assigned")

    def test_made_private_later_it_is_no_longer_public(self, ledger: Ledger, keys: dict[str, str], file: Path) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        take(ledger, file, {"key": keys["Mis?"], **YES, "visibility": "private"})
        assert public(ledger) == []

    def test_an_older_copy_with_empty_rows_takes_nothing_back(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        taken = take(ledger, file, {"key": keys["Mis?"]})
        assert (public(ledger), taken.complaints) == ([("Mis?", "Jah.")], [])

    def test_a_status_emptied_after_publication_is_asked_about(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "status": ""})
        assert said(taken) == ["2:4 This answer is recorded as published, and its status is empty now."]
        assert public(ledger) == [("Mis?", "Jah.")]


class TestVersions:
    def edit(self, ledger: Ledger, text: str) -> None:
        pull(ledger, asked(text, at=EARLIER + 2 * HOUR))

    def test_an_answer_stands_beside_the_words_it_was_given_to(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES})
        self.edit(ledger, "Kas te valetate?")
        assert public(ledger) == [("Mis?", "Jah.")]
        assert status(ledger, keys["Mis?"]) == "follow-up"

    def test_an_answer_to_an_earlier_version_leaves_the_rest_to_be_answered(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        self.edit(ledger, "Mis? Ja miks?")
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES})
        assert (public(ledger), status(ledger, keys["Mis?"])) == ([("Mis?", "Jah.")], "follow-up")

    def test_an_addition_and_its_answer_follow_the_first(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES})
        self.edit(ledger, "Mis?\nJa miks?")
        rows = [
            {"key": keys["Mis?"], "version": "1", **YES},
            {"key": keys["Mis?"], "version": "2", **YES, "answer": "Sest."},
        ]
        taken = take(ledger, file, *rows)
        assert public(ledger) == [("Mis?", "Jah."), ("Ja miks?", "Sest.")]
        assert (status(ledger, keys["Mis?"]), taken.known) == ("answered", 1)

    def test_a_rewritten_question_answered_anew_takes_the_place_of_the_old(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES})
        self.edit(ledger, "Mis on avaandmed?")
        take(ledger, file, {"key": keys["Mis?"], "version": "2", **YES, "answer": "Andmed."})
        assert public(ledger) == [("Mis on avaandmed?", "Andmed.")]

    def test_an_edit_of_spaces_alone_answered_anew_is_a_correction(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES})
        self.edit(ledger, "Mis?\n\n")
        take(ledger, file, {"key": keys["Mis?"], "version": "2", **YES, "answer": "Jah, küll."})
        assert public(ledger) == [("Mis?", "Jah, küll.")]

    def test_a_correction_of_the_first_answer_leaves_the_question_answered(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        self.edit(ledger, "Mis?\nJa miks?")
        take(ledger, file, {"key": keys["Mis?"], "version": "2", **YES})
        take(ledger, file, {"key": keys["Mis?"], "version": "1", **YES, "answer": "Varasem."})
        assert status(ledger, keys["Mis?"]) == "answered"

    @pytest.mark.parametrize("version", ["", "2", "2.0", "2,0"])
    def test_the_latest_version_is_meant_where_none_stands(
        self, ledger: Ledger, keys: dict[str, str], file: Path, version: str
    ) -> None:
        self.edit(ledger, "Mis? Ja miks?")
        take(ledger, file, {"key": keys["Mis?"], "version": version, **YES})
        assert public(ledger) == [("Mis? Ja miks?", "Jah.")]

    @pytest.mark.parametrize("version", ["3", "0", "esimene", "-1"])
    def test_a_version_that_never_was_is_complained_about(
        self, ledger: Ledger, keys: dict[str, str], file: Path, version: str
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], "version": version, **YES})
        assert said(taken) == [f"2:2 This question has no version “{version}”; its latest is 1."]
        assert public(ledger) == []


class TestComplaints:
    def test_all_come_at_once_and_the_good_rows_are_taken(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(
            ledger,
            file,
            {"key": "tartu-partnership-before-000000", **YES},
            {"key": keys["Mis?"], "status": "publish", "answer": " ", "visibility": "all"},
            {"key": keys["Kas?"], **YES},
            {"key": "", **YES},
        )
        assert said(taken) == [
            "2:1 There is no question “tartu-partnership-before-000000”.",
            "3:5 There is nothing to publish.",
            "3:6 “all” is no choice.",
            "5:1 This row has no key.",
        ]
        assert public(ledger) == [("Kas?", "Jah.")]
        assert all(complaint.remedy and complaint.file == str(file) for complaint in taken.complaints)

    def test_who_may_read_it_is_never_guessed(self, ledger: Ledger, keys: dict[str, str], file: Path) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "visibility": ""})
        assert (said(taken), public(ledger)) == (["2:6 Who may read this answer?"], [])

    def test_an_unknown_status_is_named(self, ledger: Ledger, keys: dict[str, str], file: Path) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "status": "valmis"})
        assert (said(taken), public(ledger)) == (["2:4 “valmis” is no status."], [])

    def test_a_text_that_answers_another_question_is_not_published_twice(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        taken = take(ledger, file, {"key": keys["Kas?"], **YES, "answer": " JAH. "})
        assert said(taken) == [f"2:5 This text already answers {keys['Mis?']}; it was not taken for this question too."]
        assert public(ledger) == [("Mis?", "Jah.")]

    def test_the_reason_for_declining_one_question_may_be_the_answer_to_another(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], "status": "decline", "answer": "Jah."})
        taken = take(ledger, file, {"key": keys["Kas?"], **YES})
        assert (taken.complaints, public(ledger)) == ([], [("Kas?", "Jah.")])

    def test_of_two_rows_with_one_new_text_the_first_is_taken(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        taken = take(ledger, file, {"key": keys["Kas?"], **YES}, {"key": keys["Mis?"], **YES})
        assert (len(taken.complaints), public(ledger)) == (1, [("Kas?", "Jah.")])

    def test_answers_that_slipped_to_each_other_s_rows_are_left_where_they_were(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "A"}, {"key": keys["Kas?"], **YES, "answer": "B"})
        taken = take(
            ledger, file, {"key": keys["Mis?"], **YES, "answer": "B"}, {"key": keys["Kas?"], **YES, "answer": "A"}
        )
        assert len(taken.complaints) == 2
        assert public(ledger) == [("Mis?", "A"), ("Kas?", "B")]

    def test_an_answer_taken_back_may_be_given_to_the_right_question(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        take(ledger, file, {"key": keys["Mis?"], "status": "take back"})
        taken = take(ledger, file, {"key": keys["Kas?"], **YES})
        assert (taken.complaints, public(ledger)) == ([], [("Kas?", "Jah.")])

    def test_one_question_answered_twice_in_a_file_is_taken_by_neither_row(
        self, ledger: Ledger, keys: dict[str, str], file: Path
    ) -> None:
        rows = [{"key": keys["Mis?"], **YES}, {"key": keys["Kas?"], **YES, "answer": "B"}]
        taken = take(ledger, file, *rows, {"key": keys["Mis?"], **YES, "answer": "Ei."})
        assert said(taken) == ["2:1 Lines 2, 4 answer the same question differently; none was taken."]
        assert public(ledger) == [("Kas?", "B")]

    def test_a_row_doubled_without_change_is_no_matter(self, ledger: Ledger, keys: dict[str, str], file: Path) -> None:
        taken = take(ledger, file, *[{"key": keys["Mis?"], **YES}] * 2, {"key": keys["Mis?"]})
        assert (taken.complaints, public(ledger)) == ([], [("Mis?", "Jah.")])

    @pytest.mark.parametrize("answer", ["#NAME?", "#REF!", "#N/A", "#ERROR!"])
    def test_what_a_spreadsheet_made_of_an_answer_is_not_published(
        self, ledger: Ledger, keys: dict[str, str], file: Path, answer: str
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "answer": answer})
        assert (len(taken.complaints), public(ledger)) == (1, [])

    @pytest.mark.parametrize(("length", "complaints"), [(LONGEST, 0), (LONGEST + 1, 1)])
    def test_an_answer_must_fit_into_a_post(
        self, ledger: Ledger, keys: dict[str, str], file: Path, length: int, complaints: int
    ) -> None:
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "x" * length})
        assert len(taken.complaints) == complaints

    @pytest.mark.parametrize("set_aside", ["hidden", "merged"])
    def test_what_an_organiser_set_aside_cannot_be_answered(
        self, ledger: Ledger, keys: dict[str, str], file: Path, set_aside: str
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        question = ledger.questions.get(keys["Mis?"])
        assert question is not None
        ledger.questions.answer(question.key, question.answers[-1], status=set_aside)
        taken = take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "Ei."})
        assert (said(taken), public(ledger)) == ([f"2:1 This question is {set_aside}."], [])

    def test_a_file_that_is_none_does_not_hold_up_the_others(
        self, ledger: Ledger, keys: dict[str, str], file: Path, tmp_path: Path
    ) -> None:
        take(ledger, file, {"key": keys["Mis?"], **YES})
        other = file.rename(tmp_path / "other.csv")
        taken = questions.take([tmp_path / "none.csv", other], programme=BOTH, ledger=ledger, now=NOW)
        assert (taken.known, len(taken.complaints)) == (1, 1)


class TestWhose:
    def test_a_file_s_name_says_whose_it_is(self, ledger: Ledger, keys: dict[str, str], tmp_path: Path) -> None:
        taken = take(ledger, tmp_path / "henrik-mazzanti.csv", {"key": keys["Mis?"], **YES})
        assert said(taken) == ["2:3 This question was put to lauri-sock, not to “henrik-mazzanti”."]

    def test_the_column_outweighs_the_file_s_name(self, ledger: Ledger, keys: dict[str, str], tmp_path: Path) -> None:
        take(ledger, tmp_path / "henrik-mazzanti.csv", {"key": keys["Mis?"], **YES, "expert": "lauri-sock"})
        assert public(ledger) == [("Mis?", "Jah.")]

    def test_under_another_name_the_only_expert_is_meant(
        self, ledger: Ledger, keys: dict[str, str], tmp_path: Path
    ) -> None:
        take(ledger, tmp_path / "vastused (1).csv", {"key": keys["Mis?"], **YES})
        assert public(ledger) == [("Mis?", "Jah.")]

    def test_of_two_experts_it_must_be_said_which(self, ledger: Ledger, keys: dict[str, str], tmp_path: Path) -> None:
        pull(ledger, asked("Mis?"), of=BOTH)
        taken = take(ledger, tmp_path / "vastused.csv", {"key": keys["Mis?"], **YES})
        assert said(taken) == ["2:3 Whose answer is this?"]

    def test_a_second_expert_s_answer_is_reported_and_not_taken(
        self, ledger: Ledger, keys: dict[str, str], tmp_path: Path
    ) -> None:
        pull(ledger, asked("Mis?"), of=BOTH)
        take(ledger, tmp_path / "lauri-sock.csv", {"key": keys["Mis?"], **YES})
        taken = take(ledger, tmp_path / "henrik-mazzanti.csv", {"key": keys["Mis?"], **YES, "answer": "Nej."})
        assert said(taken) == ["2:5 lauri-sock has answered this question already; this second answer was not taken."]
        assert public(ledger) == [("Mis?", "Jah.")]

    def test_a_second_expert_cannot_decline_what_is_answered(
        self, ledger: Ledger, keys: dict[str, str], tmp_path: Path
    ) -> None:
        pull(ledger, asked("Mis?"), of=BOTH)
        take(ledger, tmp_path / "lauri-sock.csv", {"key": keys["Mis?"], **YES})
        taken = take(ledger, tmp_path / "henrik-mazzanti.csv", {"key": keys["Mis?"], "status": "decline"})
        assert (len(taken.complaints), status(ledger, keys["Mis?"])) == (1, "answered")

    def test_of_two_experts_files_taken_together_the_first_answer_counts(
        self, ledger: Ledger, keys: dict[str, str], tmp_path: Path
    ) -> None:
        pull(ledger, asked("Mis?"), of=BOTH)
        files = [tmp_path / f"{expert}.csv" for expert in EXPERTS]
        for path, answer in zip(files, ("Jah.", "Nej."), strict=True):
            path.write_text(f"key,status,answer,visibility\n{keys['Mis?']},publish,{answer},public\n", encoding="utf-8")
        taken = questions.take(files, programme=BOTH, ledger=ledger, now=NOW)
        assert (len(taken.complaints), public(ledger)) == (1, [("Mis?", "Jah.")])

    def test_once_the_first_takes_theirs_back_the_second_may_answer(
        self, ledger: Ledger, keys: dict[str, str], tmp_path: Path
    ) -> None:
        pull(ledger, asked("Mis?"), of=BOTH)
        take(ledger, tmp_path / "lauri-sock.csv", {"key": keys["Mis?"], **YES})
        take(ledger, tmp_path / "lauri-sock.csv", {"key": keys["Mis?"], "status": "take back"})
        take(ledger, tmp_path / "henrik-mazzanti.csv", {"key": keys["Mis?"], **YES, "answer": "Nej."})
        assert public(ledger) == [("Mis?", "Nej.")]


def test_what_its_asker_took_back_is_not_published_until_it_is_handed_in_again(
    ledger: Ledger, keys: dict[str, str], file: Path
) -> None:
    take(ledger, file, {"key": keys["Mis?"], **YES})
    pull(ledger, asked("Mis?", withdrawn=True))
    assert public(ledger) == []
    taken = take(ledger, file, {"key": keys["Mis?"], **YES, "answer": "Ei."})
    assert "withdrawn by its asker" in taken.notices[0]
    pull(ledger, asked("Mis?"))
    assert public(ledger) == [("Mis?", "Ei.")]


def test_a_question_travels_to_its_expert_s_file_and_the_answer_back(ledger: Ledger, tmp_path: Path) -> None:
    def export() -> Path:
        found = questions.find(ledger, programme())
        (first, *_) = questions.export(found, programme=programme(), folder=tmp_path / "questions")
        return first.path

    path = export()
    text = path.read_text(encoding="utf-8-sig")
    path.write_text(text.replace("Mis?,,,,,", "Mis?,,,publish,Jah.,public"), encoding="utf-8-sig")
    questions.take([path], programme=programme(), ledger=ledger, now=NOW)
    assert public(ledger) == [("Mis?", "Jah.")]
    again = questions.take([export()], programme=programme(), ledger=ledger, now=NOW)
    assert (again.known, again.complaints) == (1, [])
