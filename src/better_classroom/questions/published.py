"""What participants get to read: public answers, and what single askers are told alone."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from better_classroom.answered import FORGOTTEN, Answered, Confided
from better_classroom.ledger import Ledger, Question
from better_classroom.programme import Programme
from better_classroom.questions.approving import Going, going_out
from better_classroom.questions.namesakes import is_recognised
from better_classroom.questions.status import SET_ASIDE, Event, after
from better_classroom.questions.views import DECLINE, PUBLISH, in_order, name
from better_classroom.reports.questions import Told, additions, printable


@dataclass(frozen=True, slots=True)
class Published:
    """Everything that is to be read."""

    public: tuple[Answered, ...]
    private: tuple[Confided, ...]
    unreachable: tuple[str, ...]
    """Keys of the questions whose askers should be told something alone, and cannot be."""


def published(ledger: Ledger, programme: Programme) -> Published:
    """Every answer that goes out, with the text it answers: in the seminars' order, then in the order of asking.

    Beside an answer stands the question as the expert saw it, so that an edit can put no words beside an answer that
    were never meant for it; a question merged into another is named there, and its own answer is not shown. Where the
    asker added to a question, what was added and its answer follow; where the question was rewritten and answered anew,
    the new pair takes the place of the old. Left out is what its asker took back, what an organiser set aside, and what
    waits for an organiser's approval.
    """
    answered = [one for one in ledger.questions.find(answered=True) if one.status not in SET_ASIDE]
    merged = {key for one in answered for key in one.merged}
    by_key = {one.key: one for one in ledger.questions.find(keys=merged)}
    undelivered = ledger.approvals.undelivered()
    public: list[Answered] = []
    private: list[Confided] = []
    unreachable: dict[str, None] = {}
    for question in in_order(answered, programme):
        askers = (question, *(by_key[key] for key in question.merged if key in by_key))
        story = _Story(programme, question, [one for one in askers if one.withdrawn_at is None])
        public += story.public()
        for told, asker in story.private():
            if is_reachable(asker) and told.key not in undelivered:
                private.append(told)
            else:
                unreachable[told.question] = None
    return Published(tuple(public), tuple(private), tuple(unreachable))


def is_reachable(question: Question) -> bool:
    """Whether Classroom can show something to its asker alone: whoever asked in the online session is only a name."""
    return bool(question.asker_id) and is_recognised(question.asker_id)


def shown_versions(question: Question, programme: Programme) -> set[int]:
    """Versions of a question whose public answers are to be read; a later one may have taken an earlier one's place."""
    return {going.answer.revision for _, going in _Story(programme, question, (question,)).pairs(public=True)}


def record_undelivered(ledger: Ledger, told: Published, keys: Collection[str]) -> None:
    """Record what could not be told: items by ``keys``, whose askers had left, and whoever cannot be reached at all."""
    questions = {one.question for one in told.private if one.key in keys} | set(told.unreachable)
    found = ledger.questions.find(keys=questions)
    statuses = {one.key: status.value for one in found if (status := after(Event.ASKER_LEFT, one.status))}
    if keys or statuses:
        ledger.approvals.not_delivered(keys, statuses)


@dataclass(frozen=True, slots=True)
class _Story:
    """One question with all who asked it and have not taken it back, and what its experts answered."""

    programme: Programme
    question: Question
    askers: Sequence[Question]

    def public(self) -> Iterator[Answered]:
        """The answers for everybody, once for every course that reads them apart from the others.

        Each asker is named. Where the first has taken the question back, the next one's words stand in place of theirs:
        those that an organiser judged to ask the same. What could make the page read otherwise than it is, as a
        character that turns all text behind it around, is left out.
        """
        # Who was forgotten is not named, and has left no words; where all were, the answer stands alone.
        askers = [one for one in self.askers if one.asker != FORGOTTEN] or self.askers[:1]
        if not askers:
            return
        first = askers[0]
        everyone = tuple(dict.fromkeys((str(one.asker), one.course) for one in askers))
        names = {str(one.asker): called for one in askers if (called := name(one, self.programme))}
        everywhere = self.programme.questions.publish_answers == "all_courses"
        courses = [first.course] if everywhere else list(dict.fromkeys(one.course for one in askers))
        for text, going in self.pairs(public=True):
            for course in courses:
                yield Answered(
                    question=self.question.key,
                    seminar=self.question.seminar,
                    course=course,
                    asker=str(first.asker),
                    question_text=self._words(first, text),
                    answer_text=printable(going.answer.text),
                    expert=going.answer.expert,
                    answered_at=going.since,
                    askers=everyone if len(everyone) > 1 else (),
                    names=names,
                    quiet=going.quiet,
                )

    def private(self) -> Iterator[tuple[Confided, Question]]:
        """What each asker is told alone, with the question that they asked; one person is told a thing once."""
        for text, going in self.pairs(public=False):
            persons = {(one.asker, one.course): one for one in reversed(self.askers)}
            for one in reversed(persons.values()):
                if one.course in self.programme.courses and one.asker != FORGOTTEN:
                    yield self._confided(one, self._words(one, text), going), one

    def _words(self, asker: Question, text: str) -> str:
        """What an asker asked: their own words, as they stood when an organiser merged their question."""
        if asker is self.question:
            return printable(text)
        return printable(next(told.text for told in reversed(asker.texts) if told.n <= asker.merged_version))

    def _confided(self, asker: Question, text: str, going: Going) -> Confided:
        answer = going.answer
        # Other words make another item, so that a corrected answer is a new announcement, and its asker hears of it.
        parts = (asker.key, text, answer.outcome, answer.expert, answer.text)
        content = hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()[:6]
        return Confided(
            question=asker.key,
            slot=f"private.{asker.key.rpartition('-')[2]}-{asker.asker}-{content}",
            seminar=asker.seminar,
            course=asker.course,
            asker=str(asker.asker),
            question_text=text,
            answer_text=printable(answer.text),
            expert=answer.expert,
            declined=answer.outcome == DECLINE,
            answered_at=going.since,
        )

    def pairs(self, *, public: bool) -> list[tuple[str, Going]]:
        """Texts with their answers, public ones or the others; the latest version alone where it was rewritten."""
        texts = {text.n: Told(text.n, text.text, text.updated_at or text.seen_at) for text in self.question.texts}
        pairs: list[tuple[str, Going]] = []
        shown: list[Told] = []
        for going in self._of(public=public):
            if self.question.asker == FORGOTTEN:  # the texts that are left are blank, and each is one that was shown
                pairs += [("", going)] if going.answer.revision in texts else []
                continue
            told = texts[going.answer.revision]
            if told in shown:  # a second expert's answer, which stands beside the first
                pairs.append((pairs[-1][0], going))
                continue
            shown.append(told)
            parts = additions(shown)
            if parts[-1].version != told.version:  # nothing but spaces was added: the answer is a correction
                pairs[-1] = (pairs[-1][0], going._replace(since=pairs[-1][1].since))
                continue
            if len(parts) == 1:
                pairs, shown = [], [told]
            pairs.append((parts[-1].text, going))
        return pairs

    def _of(self, *, public: bool) -> Iterator[Going]:
        """The answers that are public, or the others. A version that one expert answers is not declined by another."""
        every = going_out(self.question, approval=self.programme.questions.approval == "organiser")
        answered = {going.answer.revision for going in every if going.answer.outcome == PUBLISH}
        declined: Mapping[int, Going] = {
            going.answer.revision: going for going in every if going.answer.outcome == DECLINE
        }
        for going in every:
            answer = going.answer
            if answer.outcome == DECLINE:
                if not public and answer.revision not in answered and declined[answer.revision] is going:
                    yield going
            elif (answer.visibility == "public") is public:
                yield going
