from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import EARLIER, END, KEY, START, asked, box, opened, programme, publish_boxes, pull
from better_classroom import questions
from better_classroom.course import Kind, Submission
from better_classroom.errors import TryLater, UsageError
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.ledger.columns import spelt
from better_classroom.ledger.questions import Batch
from better_classroom.memory import Entry
from better_classroom.questions import pulling, submissions
from better_classroom.questions.found import KEY_DIGITS, key_of

HOUR = timedelta(hours=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as found:
        publish_boxes(found, programme())
        yield found


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a ledger in which the boxes are published, and nothing was asked."""
    folder = tmp_path_factory.mktemp("published")
    with opened(folder) as found:
        publish_boxes(found, programme())
    return folder


def only(ledger: Ledger) -> Question:
    (question,) = ledger.questions.find()
    return question


def texts(question: Question) -> list[str]:
    return [text.text for text in question.texts]


def decide(ledger: Ledger, outcome: str = "publish", status: str = "answered") -> None:
    """What an expert decided about the only question, as answers import would record it."""
    question = only(ledger)
    answer = Answer(0, len(question.texts), "lauri-sock", outcome, "public", "Jah.", EARLIER + HOUR)
    ledger.questions.answer(question.key, answer, status=status)


class TestTexts:
    def test_a_question_edited_twice_with_a_pull_after_each_is_one_question_with_three_texts(
        self, ledger: Ledger
    ) -> None:
        for hours, text in enumerate(("Mis?", "Mis on?", "Mis on avaandmed?")):
            at = EARLIER + hours * HOUR
            pull(ledger, asked(text, at=at), now=at + HOUR / 2)
        question = only(ledger)
        assert texts(question) == ["Mis?", "Mis on?", "Mis on avaandmed?"]
        assert [text.n for text in question.texts] == [1, 2, 3]
        assert [text.updated_at for text in question.texts] == [EARLIER, EARLIER + HOUR, EARLIER + 2 * HOUR]
        assert question.asked_at == EARLIER

    def test_the_same_text_again_is_no_new_text(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        report = pull(ledger, asked("Mis?", at=EARLIER + HOUR))  # a grade moves Google's update time too
        assert (texts(only(ledger)), report.total("unchanged")) == (["Mis?"], 1)

    def test_a_text_put_back_is_a_third_text(self, ledger: Ledger) -> None:
        for text in ("Üks", "Kaks", "Üks"):
            pull(ledger, asked(text))
        assert texts(only(ledger)) == ["Üks", "Kaks", "Üks"]

    @pytest.mark.parametrize(
        "text",
        [
            "x" * 100_000,
            "👩🏽‍💻 Kas 🇪🇪 andmed?",
            "האם הנתונים פתוחים?\u200f",
            "\u202egnp.exe\u202c?",
            "=HYPERLINK(1)",
            "<script>alert(1)</script>",
            "\x1b[2Jkas?\x07",
            "üks\r\nkaks\n\n\tkolm",
        ],
    )
    def test_every_text_is_kept_as_it_was_written(self, ledger: Ledger, text: str) -> None:
        pull(ledger, asked(text))
        assert texts(only(ledger)) == [text]
        assert pull(ledger, asked(text)).total("unchanged") == 1

    @pytest.mark.parametrize("text", ["kas\x00?", "kas\ud83d?"])
    def test_what_no_database_takes_is_replaced_once_and_does_not_look_edited(self, ledger: Ledger, text: str) -> None:
        pull(ledger, asked(text))
        assert texts(only(ledger)) == ["kas\ufffd?"]
        assert pull(ledger, asked(text)).total("unchanged") == 1

    @pytest.mark.parametrize("blank", ["", "  \n\t", "\u200b", "\xa0", "\x00\x1b"])
    def test_nothing_written_is_no_question_until_something_is(self, ledger: Ledger, blank: str) -> None:
        report = pull(ledger, asked(blank))
        assert (ledger.questions.find(), report.total("blank")) == ((), 1)
        pull(ledger, asked("Mis?"))
        assert texts(only(ledger)) == ["Mis?"]


class TestTakenBack:
    def test_a_withdrawn_question_is_marked_and_kept(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        report = pull(ledger, asked("Mis?", withdrawn=True), now=EARLIER + 2 * HOUR)
        assert (texts(only(ledger)), only(ledger).withdrawn_at) == (["Mis?"], EARLIER + 2 * HOUR)
        assert report.total("withdrawn") == 1

    def test_it_stays_withdrawn_since_the_first_pull_that_saw_it(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        for hours in (2, 3):
            report = pull(ledger, asked("Mis?", withdrawn=True), now=EARLIER + hours * HOUR)
        assert (only(ledger).withdrawn_at, report.total("unchanged")) == (EARLIER + 2 * HOUR, 1)

    def test_rewritten_while_withdrawn_it_has_been_withdrawn_since_the_first_time(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        for hours, text in enumerate(("Mis?", "Mis siis?"), start=2):
            report = pull(ledger, asked(text, withdrawn=True), now=EARLIER + hours * HOUR)
        assert (only(ledger).withdrawn_at, texts(only(ledger))) == (EARLIER + 2 * HOUR, ["Mis?", "Mis siis?"])
        assert report.total("edited") == 1

    def test_handed_in_again_it_stands_again(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis?", withdrawn=True))
        report = pull(ledger, asked("Mis?"))
        assert (only(ledger).withdrawn_at, texts(only(ledger))) == (None, ["Mis?"])
        assert report.total("resubmitted") == 1

    def test_handed_in_again_with_other_words_it_has_one_text_more(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis?", withdrawn=True))
        pull(ledger, asked("Mis siis?"))
        assert (only(ledger).withdrawn_at, texts(only(ledger))) == (None, ["Mis?", "Mis siis?"])

    def test_an_emptied_question_is_withdrawn_and_keeps_its_text(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked(" "))
        assert (texts(only(ledger)), only(ledger).withdrawn_at is not None) == (["Mis?"], True)

    def test_a_question_whose_asker_left_the_course_is_kept_as_it_was(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        before = ledger.questions.find()
        pull(ledger)
        assert ledger.questions.find() == before


class TestStatus:
    def test_a_question_goes_to_all_experts_of_its_seminar(self, ledger: Ledger) -> None:
        both = programme(experts=("lauri-sock", "henrik-mazzanti"))
        pull(ledger, asked("Mis?"), of=both)
        assert (only(ledger).experts, only(ledger).status) == (("henrik-mazzanti", "lauri-sock"), "assigned")

    def test_without_an_expert_it_stays_new_until_there_is_one(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), of=programme(experts=()))
        assert (only(ledger).experts, only(ledger).status) == ((), "new")
        pull(ledger, asked("Mis?"))
        assert (only(ledger).experts, only(ledger).status) == (("lauri-sock",), "assigned")

    def test_an_open_question_follows_the_seminar_to_another_expert(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis?"), of=programme(experts=("henrik-mazzanti",)))
        assert only(ledger).experts == ("henrik-mazzanti",)

    def test_an_answered_question_stays_with_who_answered_it(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger)
        pull(ledger, asked("Mis?"), of=programme(experts=("henrik-mazzanti",)))
        assert (only(ledger).experts, only(ledger).status) == (("lauri-sock",), "answered")

    def test_a_question_that_an_organiser_has_assigned_stays_where_it_is(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), of=programme(experts=()))
        ledger.questions.record(Batch(assignments=[(only(ledger).key, "henrik-mazzanti", "organiser", spelt(EARLIER))]))
        for _ in range(2):
            pull(ledger, asked("Mis?"))
            assert (only(ledger).experts, only(ledger).status) == (("henrik-mazzanti",), "assigned")

    def test_other_seminars_questions_go_to_their_own_experts(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?", box_id=box(seminar="data")))
        assert only(ledger).experts == ("henrik-mazzanti",)

    @pytest.mark.parametrize(("outcome", "status"), [("publish", "answered"), ("decline", "declined")])
    def test_an_edit_after_a_decision_makes_it_a_follow_up(self, ledger: Ledger, outcome: str, status: str) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger, outcome, status)
        pull(ledger, asked("Mis? Ja miks?"))
        assert only(ledger).status == "follow-up"

    @pytest.mark.parametrize("status", ["hidden", "merged"])
    def test_an_edit_does_not_bring_back_what_was_set_aside(self, ledger: Ledger, status: str) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger, "publish", status)
        pull(ledger, asked("Mis? Ja miks?"))
        assert (only(ledger).status, len(only(ledger).texts)) == (status, 2)

    def test_what_waits_is_counted_without_the_withdrawn(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"), asked("Kes?", submission="s3", withdrawn=True))
        assert ledger.questions.unanswered() == 2
        assert ledger.questions.counts() == {("tartu", "assigned"): 2, ("tartu", "withdrawn"): 1}


class TestTimes:
    @pytest.mark.parametrize(
        ("at", "slot", "phase", "late"),
        [
            (EARLIER, "before", "before", False),
            (START, "before", "during", False),
            (START + timedelta(seconds=1), "before", "during", True),
            (END - timedelta(seconds=1), "before", "during", True),
            (END, "before", "after", True),
            (END, "after", "after", False),
            (END + timedelta(days=14), "after", "after", False),
            (END + timedelta(days=14, seconds=1), "after", "after", True),
        ],
    )
    def test_phase_and_lateness_follow_from_when_it_was_asked(
        self, ledger: Ledger, at: datetime, slot: str, phase: str, *, late: bool
    ) -> None:
        pull(ledger, asked("Mis?", at=at, box_id=box(slot=slot)), now=at)
        assert (only(ledger).phase, only(ledger).late) == (phase, late)

    def test_without_a_time_from_google_the_first_pull_counts(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?", at=None), now=START + HOUR)
        assert (only(ledger).asked_at, only(ledger).phase, only(ledger).late) == (START + HOUR, "during", True)

    def test_an_addition_after_closing_time_is_late_and_still_routed(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis? Ja miks?", at=START + HOUR))
        assert (only(ledger).late, only(ledger).phase, only(ledger).experts) == (True, "before", ("lauri-sock",))

    def test_a_question_of_a_seminar_that_left_the_programme_is_pulled(self, ledger: Ledger) -> None:
        of = replace(programme(), seminars={})
        pull(ledger, asked("Mis?", at=END, box_id=box(slot="before")), of=of)
        assert (only(ledger).phase, only(ledger).status, only(ledger).late) == ("before", "new", False)


class TestWhere:
    def test_work_that_is_not_ours_is_left_alone(self, ledger: Ledger) -> None:
        report = pull(ledger, asked("Kodutöö", box_id="tartu-something-else"))
        assert (ledger.questions.find(), report.total("new")) == ((), 0)

    def test_a_box_that_is_being_replaced_still_counts(self, ledger: Ledger) -> None:
        key = "tartu/partnership/before"
        ledger.settle(key, Entry(key, Kind.BOX, "tartu", "", "tartu-newer", {}, {}, superseded=box()))
        pull(ledger, asked("Mis?"), asked("Kas?", box_id="tartu-newer"))
        assert {question.seminar for question in ledger.questions.find()} == {"partnership"}
        assert len(ledger.questions.find()) == 2  # the submission's id is the same, and only within a box its own

    def test_a_course_without_boxes_is_not_listed(self, tmp_path: Path) -> None:
        def listing(course: str) -> Iterator[Submission]:
            raise AssertionError(course)

        with opened(tmp_path) as ledger:
            questions.pull(programme=programme(), ledger=ledger, submissions=listing, now=START, key=KEY)

    def test_a_course_that_cannot_be_read_does_not_hold_up_the_others(self, tmp_path: Path) -> None:
        of = programme(courses=("tartu", "gavle", "genoa"))

        def listing(course: str) -> Iterator[Submission]:
            yield asked("Mis?", box_id=box(course))
            if course == "gavle":
                raise TryLater("Google cannot be reached")

        with opened(tmp_path) as ledger:
            publish_boxes(ledger, of)
            report = questions.pull(programme=of, ledger=ledger, submissions=listing, now=START, key=KEY)
            assert [question.course for question in ledger.questions.find()] == ["genoa", "tartu"]
        assert [done.course for done in report.courses] == ["tartu", "genoa"]
        assert (list(report.failed), report.unread) == (
            ["gavle: its questions could not be read"],
            frozenset({"gavle"}),
        )

    def test_the_same_submission_id_in_two_courses_is_two_questions(self, tmp_path: Path) -> None:
        of = programme(courses=("tartu", "gavle"))
        with opened(tmp_path) as ledger:
            publish_boxes(ledger, of)
            pull(ledger, asked("Mis?"), asked("Vad?", box_id=box("gavle")), of=of)
            assert {question.course for question in ledger.questions.find()} == {"tartu", "gavle"}

    def test_how_many_questions_hang_on_each_box_is_known(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"), asked("Kes?", box_id=box(slot="after")))
        assert ledger.memory().asked == {"tartu/partnership/before": 2, "tartu/partnership/after": 1}


class TestKeys:
    def test_a_key_says_where_it_was_asked_and_outlives_the_ledger(self, tmp_path: Path) -> None:
        keys = []
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
            with opened(tmp_path / name) as ledger:
                publish_boxes(ledger, programme())
                pull(ledger, asked("Mis?"))
                keys.append(only(ledger).key)
        assert keys[0] == keys[1]
        assert keys[0].startswith("tartu-partnership-before-")
        assert len(keys[0].rpartition("-")[2]) == 6

    def test_a_moved_seminar_or_an_edit_leaves_the_key(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        key = only(ledger).key
        pull(ledger, asked("Mis siis?", at=END))
        assert only(ledger).key == key

    def test_two_that_are_met_together_and_would_share_a_key_get_two(self, ledger: Ledger) -> None:
        seen: dict[str, Submission] = {}
        for number in range(100_000):
            one = asked("Mis?", submission=f"s{number}")
            (finding,) = submissions.found([one], {box(): ("partnership", "before")})
            twin = seen.setdefault(key_of("tartu", finding, length=KEY_DIGITS), one)
            if twin is not one:
                break
        pull(ledger, twin, one)
        first, second = sorted((question.key for question in ledger.questions.find()), key=len)
        assert second.startswith(first)
        assert len(second) == len(first) + 2

    def test_of_two_that_would_share_a_key_the_later_gets_a_longer_one(self, ledger: Ledger) -> None:
        # With six hexadecimal digits, 20,000 questions in one box make a dozen such pairs.
        many = [asked("Mis?", submission=f"s{number}", asker=f"{number % 50}") for number in range(20_000)]
        pull(ledger, *many)
        keys = [question.key for question in ledger.questions.find()]
        assert len(set(keys)) == 20_000
        assert {len(key.rpartition("-")[2]) for key in keys} == {6, 8}
        assert pull(ledger, *many).total("unchanged") == 20_000


class TestAskers:
    def test_an_asker_has_one_number_in_every_box_and_course(self, tmp_path: Path) -> None:
        of = programme(courses=("tartu", "gavle"))
        with opened(tmp_path) as ledger:
            publish_boxes(ledger, of)
            pull(
                ledger,
                asked("Mis?"),
                asked("Kas?", box_id=box(slot="after")),
                asked("Vad?", box_id=box("gavle")),
                of=of,
            )
            numbers = {question.asker for question in ledger.questions.find()}
        (number,) = numbers
        assert 1000 <= number <= 9999

    def test_a_number_once_given_stays_though_the_key_changes(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        number = only(ledger).asker
        pull(ledger, asked("Mis siis?"), asked("Kas?", submission="s2", box_id=box(slot="after")), key=b"another")
        assert {question.asker for question in ledger.questions.find()} == {number}

    def test_without_a_key_nothing_is_recorded(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError, match="pseudonym_key"):
            pull(ledger, asked("Mis?"), key=b"")
        assert ledger.questions.find() == ()


class TestTwiceIsOnce:
    def test_nothing_at_all_changes_in_the_second_pull(self, ledger: Ledger) -> None:
        these = [asked("Mis?"), asked("Kas?", submission="s2", withdrawn=True), asked("", submission="s3")]
        pull(ledger, *these)
        before = (ledger.questions.find(), ledger.questions.numbers())
        pull(ledger, *these, now=END)
        assert (ledger.questions.find(), ledger.questions.numbers()) == before

    def test_a_submission_that_a_listing_shows_twice_is_one_question(self, ledger: Ledger) -> None:
        report = pull(ledger, asked("Mis?"), asked("Mis?"), asked("Mis siis?"))
        assert (texts(only(ledger)), report.total("new")) == (["Mis?", "Mis siis?"], 1)

    def test_an_edit_that_a_listing_shows_twice_is_one_text(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis siis?"), asked("Mis siis?"))
        assert texts(only(ledger)) == ["Mis?", "Mis siis?"]

    steps = st.lists(
        st.tuples(
            st.sampled_from(["s1", "s2", "s3"]), st.sampled_from(["", " ", "A", "A B", "B", "\x00"]), st.booleans()
        ),
        max_size=8,
    )

    @settings(max_examples=40, deadline=None)
    @given(steps=steps)
    def test_whatever_askers_do_no_text_is_lost_and_none_is_doubled(
        self, tmp_path_factory: pytest.TempPathFactory, published: Path, steps: list[tuple[str, str, bool]]
    ) -> None:
        """The ledger of each example is a copy: making one costs more than all that happens in it."""
        folder = tmp_path_factory.mktemp("example")
        shutil.copy(published / "ledger.db", folder)
        standing: dict[str, Submission] = {}
        seen: dict[str, list[str]] = {}
        with opened(folder) as ledger:
            for hours, (submission, text, withdrawn) in enumerate(steps):
                at = EARLIER + hours * HOUR
                standing[submission] = asked(text, submission=submission, asker=submission, at=at, withdrawn=withdrawn)
                if text.strip(" \x00") and seen.setdefault(submission, [""])[-1] != text:
                    seen[submission].append(text)
                pull(ledger, *standing.values(), now=at)
                before = ledger.questions.find()
                again = pull(ledger, *standing.values(), now=at + HOUR)
                assert ledger.questions.find() == before
                assert sum(again.total(name) for name in ("new", "edited", "withdrawn", "resubmitted")) == 0
            found = {question.source_id.partition("/")[2]: question for question in ledger.questions.find()}
        assert {name: texts(question) for name, question in found.items()} == {
            name: said[1:] for name, said in seen.items()
        }
        for name, question in found.items():
            gone = standing[name].withdrawn or not standing[name].text.strip(" \x00")
            assert (question.withdrawn_at is not None) == gone


class TestKilled:
    SCRIPT = """
import sys
from pathlib import Path
from asking import asked, opened, programme, publish_boxes, pull
from better_classroom.questions import pulling, submissions
from better_classroom.questions.found import KEY_DIGITS, key_of
pulling.BATCH = 3
ledger = opened(Path(sys.argv[1]))
publish_boxes(ledger, programme())
def slowly():
    for number in range(10_000):
        if number == 20:
            print("20", flush=True)
            sys.stdin.read()
        yield asked("Mis?", submission=f"s{number}", asker=f"a{number}")
from better_classroom import questions
from asking import KEY, START
questions.pull(programme=programme(), ledger=ledger, submissions=lambda _: slowly(), now=START, key=KEY)
"""

    def test_a_pull_killed_half_way_has_lost_nothing_and_the_next_completes_it(self, tmp_path: Path) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", self.SCRIPT, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=Path(__file__).parent,
        ) as child:
            assert child.stdout is not None
            assert child.stdout.readline() == b"20\n"
            os.kill(child.pid, signal.SIGKILL)
        with opened(tmp_path) as ledger:
            kept = ledger.questions.find()
            assert len(kept) == 18  # whole batches of three
            assert all(len(question.texts) == 1 for question in kept)
            everything = [asked("Mis?", submission=f"s{number}", asker=f"a{number}") for number in range(30)]
            report = pull(ledger, *everything)
            assert (report.total("unchanged"), report.total("new")) == (18, 12)
            assert {question.status for question in ledger.questions.find()} == {"assigned"}


def test_a_few_enormous_texts_are_not_gathered_into_one_batch() -> None:
    long = "x" * (pulling.BATCH_CHARACTERS // 2)
    findings = list(
        submissions.found([asked(long, submission=str(number)) for number in range(5)], {box(): ("s", "before")})
    )
    assert [len(batch) for batch in pulling._batches(findings)] == [2, 2, 1]  # noqa: SLF001 - how much is held at once shows nowhere else
