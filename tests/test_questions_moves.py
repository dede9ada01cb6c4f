"""What organisers do with questions, and that no pull undoes it."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import EARLIER, START, asked, box, opened, programme, publish_boxes, pull
from better_classroom import questions
from better_classroom.course import Submission
from better_classroom.errors import UsageError
from better_classroom.ledger import Answer, Ledger, Question
from better_classroom.questions import organising
from better_classroom.questions.found import is_blank, storable
from better_classroom.questions.similar import similar
from better_classroom.questions.status import Status
from better_classroom.reports.questions import state

HOUR = timedelta(hours=1)
NOW = EARLIER + 2 * HOUR


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with opened(tmp_path) as found:
        publish_boxes(found, programme(courses=("tartu", "gavle")))
        yield found


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("published")
    with opened(folder) as found:
        publish_boxes(found, programme())
    return folder


def by_text(ledger: Ledger) -> dict[str, Question]:
    return {question.texts[-1].text: question for question in ledger.questions.find()}


def keys(ledger: Ledger, *texts: str) -> list[str]:
    found = by_text(ledger)
    return [found[text].key for text in texts]


def statuses(ledger: Ledger) -> dict[str, str]:
    return {text: question.status for text, question in by_text(ledger).items()}


def decide(ledger: Ledger, text: str, outcome: str = "publish", said: str = "Jah.") -> None:
    """What an expert decided about a question as it stands, as answers import would record it."""
    question = by_text(ledger)[text]
    answer = Answer(0, question.texts[-1].n, "lauri-sock", outcome, "public", said, NOW)
    status = {"publish": "answered", "decline": "declined", "take back": "assigned"}[outcome]
    ledger.questions.answer(question.key, answer, status=status)


def shown(ledger: Ledger, **changes: object) -> list[tuple[str, str, str, tuple[str, ...]]]:
    """Public answers: course, question, answer, and the courses of all who are named."""
    of = programme(courses=("tartu", "gavle"))
    of = replace(of, questions=replace(of.questions, **changes))  # type: ignore[arg-type]  # each test names real fields
    return [
        (one.course, one.question_text, one.answer_text, tuple(course for _, course in one.askers))
        for one in questions.published(ledger, of).public
    ]


def two_courses(ledger: Ledger) -> list[str]:
    """The same asked in Tartu and in Gävle; their keys."""
    of = programme(courses=("tartu", "gavle"))
    pull(ledger, asked("Mis?"), asked("Vad?", submission="s2", asker="2002", box_id=box("gavle")), of=of)
    return keys(ledger, "Mis?", "Vad?")


class TestAssign:
    def test_other_experts_get_it_and_pulls_leave_it_so(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        (key,) = keys(ledger, "Mis?")
        organising.assign(ledger, programme(), [key], ["henrik-mazzanti"], NOW)
        pull(ledger, asked("Mis siis?"))
        (question,) = ledger.questions.find()
        assert (question.experts, question.status) == (("henrik-mazzanti",), "assigned")
        assert ledger.questions.find(expert="lauri-sock") == ()

    def test_what_nobody_was_to_answer_is_assigned_now(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), of=programme(experts=()))
        organising.assign(ledger, programme(), keys(ledger, "Mis?"), ["lauri-sock", "henrik-mazzanti"], NOW)
        (question,) = ledger.questions.find()
        assert (question.status, set(question.experts)) == ("assigned", {"lauri-sock", "henrik-mazzanti"})

    def test_an_unknown_expert_is_refused_with_those_there_are(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        with pytest.raises(UsageError, match=r"no expert 'nobody'[\s\S]*lauri-sock"):
            organising.assign(ledger, programme(), keys(ledger, "Mis?"), ["nobody"], NOW)

    def test_an_answered_question_is_refused_and_no_other_moves(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"))
        decide(ledger, "Kas?")
        with pytest.raises(UsageError, match=r"is answered[\s\S]*nothing was changed[\s\S]*take it back first"):
            organising.assign(ledger, programme(), keys(ledger, "Mis?", "Kas?"), ["henrik-mazzanti"], NOW)
        assert {question.experts for question in ledger.questions.find()} == {("lauri-sock",)}

    def test_a_key_that_names_nothing_is_refused(self, ledger: Ledger) -> None:
        with pytest.raises(UsageError, match="no question 'tartu-x'"):
            organising.hide(ledger, ["tartu-x"])


class TestHide:
    def test_hidden_it_is_not_published_and_stays_so_when_edited(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger, "Mis?")
        assert len(shown(ledger)) == 1
        organising.hide(ledger, keys(ledger, "Mis?"))
        pull(ledger, asked("Mis siis?"))
        assert (shown(ledger), statuses(ledger)) == ([], {"Mis siis?": "hidden"})

    @pytest.mark.parametrize(
        ("outcome", "status"), [("publish", "answered"), ("decline", "declined"), ("take back", "assigned")]
    )
    def test_brought_back_it_is_where_its_expert_had_left_it(self, ledger: Ledger, outcome: str, status: str) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger, "Mis?", outcome)
        organising.hide(ledger, keys(ledger, "Mis?"))
        organising.unhide(ledger, keys(ledger, "Mis?"))
        assert statuses(ledger) == {"Mis?": status}

    def test_edited_while_hidden_it_comes_back_as_a_follow_up(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        decide(ledger, "Mis?")
        organising.hide(ledger, keys(ledger, "Mis?"))
        pull(ledger, asked("Mis siis?"))
        organising.unhide(ledger, keys(ledger, "Mis siis?"))
        assert statuses(ledger) == {"Mis siis?": "follow-up"}

    def test_hidden_while_nobody_was_to_answer_it_comes_back_as_new(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), of=programme(experts=()))
        organising.hide(ledger, keys(ledger, "Mis?"))
        organising.unhide(ledger, keys(ledger, "Mis?"))
        assert statuses(ledger) == {"Mis?": "new"}

    def test_what_is_not_hidden_cannot_be_brought_back(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        with pytest.raises(UsageError, match="Only what is hidden"):
            organising.unhide(ledger, keys(ledger, "Mis?"))


class TestMerge:
    def test_one_answer_is_published_once_and_names_both_askers(self, ledger: Ledger) -> None:
        mis, vad = two_courses(ledger)
        organising.merge(ledger, [vad], mis, NOW)
        decide(ledger, "Mis?")
        assert shown(ledger) == [("tartu", "Mis?", "Jah.", ("tartu", "gavle"))]
        assert statuses(ledger) == {"Mis?": "answered", "Vad?": "merged"}

    def test_where_courses_read_their_own_answers_each_asker_s_course_reads_it(self, ledger: Ledger) -> None:
        mis, vad = two_courses(ledger)
        organising.merge(ledger, [vad], mis, NOW)
        decide(ledger, "Mis?")
        assert [course for course, *_ in shown(ledger, publish_answers="own_course")] == ["tartu", "gavle"]

    def test_an_answer_of_its_own_gives_way_to_that_of_the_other(self, ledger: Ledger) -> None:
        mis, vad = two_courses(ledger)
        decide(ledger, "Vad?", said="Ja.")
        organising.merge(ledger, [vad], mis, NOW)
        assert shown(ledger) == []
        organising.split(ledger, programme(), vad, NOW)
        assert statuses(ledger) == {"Mis?": "assigned", "Vad?": "answered"}
        assert [answer for _, _, answer, _ in shown(ledger)] == ["Ja."]

    def test_pulls_leave_it_merged_and_an_edit_is_kept_and_marked(self, ledger: Ledger) -> None:
        of = programme(courses=("tartu", "gavle"))
        mis, vad = two_courses(ledger)
        organising.merge(ledger, [vad], mis, NOW)
        decide(ledger, "Mis?")
        pull(ledger, asked("Mis?"), asked("Vad nu?", submission="s2", asker="2002", box_id=box("gavle")), of=of)
        found = questions.get(ledger, of, vad)
        assert found is not None
        assert (found.status, len(found.texts)) == ("merged", 2)
        assert "edited since" in state(found)
        assert shown(ledger) == [("tartu", "Mis?", "Jah.", ("tartu", "gavle"))]

    def test_who_took_it_back_is_not_named_and_none_of_their_words_stand(self, ledger: Ledger) -> None:
        of = programme(courses=("tartu", "gavle"))
        mis, vad = two_courses(ledger)
        organising.merge(ledger, [vad], mis, NOW)
        decide(ledger, "Mis?")
        theirs = asked("Vad nu?", submission="s2", asker="2002", box_id=box("gavle"))
        pull(ledger, asked("Mis?", withdrawn=True), theirs, of=of)
        assert shown(ledger) == [("gavle", "Vad?", "Jah.", ())]
        pull(ledger, asked("Mis?", withdrawn=True), theirs._replace(withdrawn=True), of=of)
        assert shown(ledger) == []

    def test_merged_again_all_stand_with_the_last(self, ledger: Ledger) -> None:
        pull(
            ledger, asked("Mis?"), asked("Kas?", submission="s2", asker="2"), asked("Kes?", submission="s3", asker="3")
        )
        mis, kas, kes = keys(ledger, "Mis?", "Kas?", "Kes?")
        organising.merge(ledger, [mis], kas, NOW)
        organising.merge(ledger, [kas], kes, NOW)
        last = ledger.questions.get(kes)
        assert last is not None
        assert set(last.merged) == {mis, kas}

    def test_hiding_the_one_that_stands_for_both_hides_both(self, ledger: Ledger) -> None:
        mis, vad = two_courses(ledger)
        organising.merge(ledger, [vad], mis, NOW)
        decide(ledger, "Mis?")
        organising.hide(ledger, [mis])
        assert shown(ledger) == []

    def test_what_makes_no_sense_is_refused(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"), asked("Mis?!", box_id=box(seminar="data")))
        mis, kas, other = keys(ledger, "Mis?", "Kas?", "Mis?!")
        with pytest.raises(UsageError, match="into itself"):
            organising.merge(ledger, [mis], mis, NOW)
        with pytest.raises(UsageError, match="merge questions of one seminar"):
            organising.merge(ledger, [other], mis, NOW)
        organising.merge(ledger, [kas], mis, NOW)
        with pytest.raises(UsageError, match=f"Merge into {mis}"):
            organising.merge(ledger, [mis], kas, NOW)
        organising.hide(ledger, [mis])
        with pytest.raises(UsageError, match="questions unhide"):
            organising.merge(ledger, [mis], mis, NOW)


class TestSplit:
    def grown(self, ledger: Ledger, *texts: str) -> str:
        for hours, text in enumerate(texts):
            pull(ledger, asked(text, at=EARLIER + hours * HOUR), now=EARLIER + hours * HOUR)
        (question,) = ledger.questions.find()
        return question.key

    def test_the_addition_becomes_a_question_and_repeated_pulls_keep_it(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis?\n\nKas?")
        organising.split(ledger, programme(), key, NOW)
        before = ledger.questions.find()
        assert statuses(ledger) == {"Mis?": "assigned", "Kas?": "assigned"}
        report = pull(ledger, asked("Mis?\n\nKas?", at=EARLIER + HOUR), now=NOW + HOUR)
        assert (ledger.questions.find(), report.total("unchanged")) == (before, 2)
        assert by_text(ledger)["Kas?"].asked_at == EARLIER + HOUR
        assert by_text(ledger)["Kas?"].asker == by_text(ledger)["Mis?"].asker

    def test_an_answer_to_the_beginning_holds_again(self, ledger: Ledger) -> None:
        self.grown(ledger, "Mis?")
        decide(ledger, "Mis?")
        key = self.grown(ledger, "Mis? Kas?")
        assert statuses(ledger) == {"Mis? Kas?": "follow-up"}
        organising.split(ledger, programme(), key, NOW)
        assert statuses(ledger) == {"Mis?": "answered", "Kas?": "assigned"}
        assert [(text, answer) for _, text, answer, _ in shown(ledger)] == [("Mis?", "Jah.")]

    def test_what_is_added_later_belongs_to_the_last_part(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Mis? Kas? Kes?"))
        assert statuses(ledger) == {"Mis?": "assigned", "Kas? Kes?": "assigned"}

    def test_the_beginning_may_be_rewritten(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Mis siis? Kas?"))
        assert set(statuses(ledger)) == {"Mis siis?", "Kas?"}

    def test_where_the_cut_cannot_be_found_nothing_is_lost(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Hoopis muu."))
        assert set(statuses(ledger)) == {"Hoopis muu.", "Kas?"}

    def test_several_additions_come_off_one_by_one(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?", "Mis? Kas? Kes?")
        organising.split(ledger, programme(), key, NOW)
        organising.split(ledger, programme(), key, NOW + HOUR)
        assert set(statuses(ledger)) == {"Mis?", "Kas?", "Kes?"}
        pull(ledger, asked("Mis? Kas? Kes? Veel?"))
        assert set(statuses(ledger)) == {"Mis?", "Kas?", "Kes? Veel?"}

    def test_a_part_that_has_grown_can_be_split_again(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Mis? Kas? Kes?"))
        organising.split(ledger, programme(), by_text(ledger)["Kas? Kes?"].key, NOW)
        for _ in range(2):
            pull(ledger, asked("Mis? Kas? Kes?"))
            assert set(statuses(ledger)) == {"Mis?", "Kas?", "Kes?"}

    @pytest.mark.parametrize("gone", [asked("Mis? Kas?", withdrawn=True), asked(""), asked("\x00")])
    def test_taken_back_all_parts_are(self, ledger: Ledger, gone: Submission) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, gone)
        assert all(question.withdrawn_at for question in ledger.questions.find())
        pull(ledger, asked("Mis? Kas?"))
        assert not any(question.withdrawn_at for question in ledger.questions.find())
        assert set(statuses(ledger)) == {"Mis?", "Kas?"}

    def test_an_addition_taken_out_of_the_text_is_withdrawn(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Mis?"))
        withdrawn = {text: question.withdrawn_at is not None for text, question in by_text(ledger).items()}
        assert withdrawn == {"Mis?": False, "Kas?": True}

    def test_it_goes_to_the_experts_an_organiser_had_chosen(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?", "Mis? Kas?")
        organising.assign(ledger, programme(), [key], ["henrik-mazzanti"], NOW)
        organising.split(ledger, programme(), key, NOW)
        pull(ledger, asked("Mis? Kas?"))
        assert {question.experts for question in ledger.questions.find()} == {("henrik-mazzanti",)}

    def test_only_the_part_that_came_after_closing_time_is_late(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis?"))
        pull(ledger, asked("Mis? Kas?", at=START + HOUR))
        organising.split(ledger, programme(), ledger.questions.find()[0].key, START + HOUR)
        assert {text: question.late for text, question in by_text(ledger).items()} == {"Mis?": False, "Kas?": True}
        assert by_text(ledger)["Kas?"].phase == "during"

    def test_what_has_not_grown_or_is_answered_whole_is_refused(self, ledger: Ledger) -> None:
        key = self.grown(ledger, "Mis?")
        with pytest.raises(UsageError, match=r"nothing was added[\s\S]*has grown"):
            organising.split(ledger, programme(), key, NOW)
        self.grown(ledger, "Mis?", "Mis? Kas?")
        decide(ledger, "Mis? Kas?")
        with pytest.raises(UsageError, match="Its answer stands"):
            organising.split(ledger, programme(), key, NOW)

    pieces = st.sampled_from(["A", "B", "?", " ", "\n", "A B", "Ä\x00", "😀"])
    steps = st.lists(st.tuples(st.lists(pieces, min_size=1, max_size=5).map("".join), st.booleans()), max_size=7)

    @settings(max_examples=40, deadline=None)
    @given(steps=steps)
    def test_whatever_is_written_and_split_every_character_stands_somewhere_and_pulling_twice_is_pulling_once(
        self, tmp_path_factory: pytest.TempPathFactory, published: Path, steps: list[tuple[str, bool]]
    ) -> None:
        folder = tmp_path_factory.mktemp("example")
        shutil.copy(published / "ledger.db", folder)
        with opened(folder) as ledger:
            for hours, (text, splitting) in enumerate(steps):
                at = NOW + hours * HOUR
                pull(ledger, asked(text, at=at), now=at)
                for question in ledger.questions.find() if splitting else ():
                    divide(ledger, question.key)
                before = ledger.questions.find()
                pull(ledger, asked(text, at=at), now=at + HOUR)
                assert ledger.questions.find() == before
                there = Counter(
                    "".join(question.texts[-1].text for question in before if question.withdrawn_at is None)
                )
                wanted = "" if is_blank(text) else storable(text)
                assert Counter("".join(wanted.split())) <= there


def divide(ledger: Ledger, key: str) -> None:
    with suppress(UsageError):  # where nothing was added
        organising.split(ledger, programme(), key, NOW)


class TestSimilar:
    def found(self, ledger: Ledger) -> list[set[str]]:
        pairs = similar(questions.find(ledger, programme()))
        return [{pair.first.texts[-1].text, pair.second.texts[-1].text} for pair in pairs]

    def ask(self, ledger: Ledger, *texts: str) -> None:
        pull(ledger, *(asked(text, submission=f"s{n}", asker=f"{n}") for n, text in enumerate(texts)))

    def test_case_order_and_a_letter_do_not_hide_that_two_are_alike(self, ledger: Ledger) -> None:
        one, other = "Kust leida avaandmeid Tartu kohta?", "avaandmeid tartu kohta, kust leidä"
        self.ask(ledger, one, other, "Kes maksab arve?")
        assert self.found(ledger) == [{one, other}]

    def test_none_is_merged_by_itself(self, ledger: Ledger) -> None:
        self.ask(ledger, "Mis on avaandmed?", "Mis on avaandmed")
        self.found(ledger)
        assert set(statuses(ledger).values()) == {"assigned"}

    def test_what_is_set_aside_or_in_another_seminar_is_not_suggested(self, ledger: Ledger) -> None:
        pull(ledger, asked("Mis on avaandmed?"), asked("Mis on avaandmed!", box_id=box(seminar="data")))
        assert self.found(ledger) == []
        self.ask(ledger, "Mis on andmed?", "Mis on andmed")
        organising.hide(ledger, keys(ledger, "Mis on andmed"))
        assert self.found(ledger) == []

    def test_enormous_and_wordless_texts_are_no_trouble(self, ledger: Ledger) -> None:
        self.ask(ledger, "x" * 100_000, "x" * 100_000 + "y", "😀", "😀")
        assert len(self.found(ledger)) == 1


MOVES: dict[str, Callable[[Ledger, str, str], object]] = {
    "assign": lambda ledger, key, _: organising.assign(ledger, programme(), [key], ["lauri-sock"], NOW),
    "hide": lambda ledger, key, _: organising.hide(ledger, [key]),
    "unhide": lambda ledger, key, _: organising.unhide(ledger, [key]),
    "merge": lambda ledger, key, other: organising.merge(ledger, [key], other, NOW),
    "split": lambda ledger, key, _: organising.split(ledger, programme(), key, NOW),
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("move", MOVES)
def test_every_move_from_every_status_is_made_or_refused_with_what_to_do(
    ledger: Ledger, move: str, status: Status
) -> None:
    pull(ledger, asked("Mis?"), asked("Kas?", submission="s2"))
    key, other = keys(ledger, "Mis?", "Kas?")
    ledger.questions.moves.become({key: status.value})
    before = ledger.questions.find()
    refused: UsageError | None = None
    try:
        MOVES[move](ledger, key, other)
    except UsageError as error:
        refused = error
    if refused:
        assert refused.advice
        assert ledger.questions.find() == before
