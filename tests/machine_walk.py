"""One story that is the same every time: the largest programme that random ones may draw, and every rule of theirs."""

from __future__ import annotations

import copy
from itertools import cycle

from builders import ACCOUNT
from machine_hands import Hands
from machine_programmes import COURSES, FILES, LANGUAGES, LINKS, NUMBERS, PIECES, PROGRAMME, Document
from machine_questions import DECISIONS, Talk
from machine_stage import EXPERT, FAULTS
from machine_story import COMMANDS

SEMINARS = 10
BOXES = {
    "before": {"opens": "14 days before", "closes": "at start"},
    "after": {"opens": "at end", "closes": "14 days after"},
}


BROKEN = (
    "classroom.courses.topics.patch",
    "classroom.courses.courseWork.patch",
    "classroom.courses.courseWorkMaterials.create",
    "classroom.courses.courseWorkMaterials.delete",
    "classroom.courses.courseWorkMaterials.patch",
    "classroom.courses.announcements.patch",
    "drive.files.update",
)
"""Calls that ``_all_edited`` needs more than one of."""
WELCOMED, OPENED, AFTERWARDS = 100, 400, 1500
"""Hours that go by."""


class Words:
    """Texts in all five languages, none like another, with one hostile piece after the other."""

    def __init__(self) -> None:
        self._pieces = cycle(PIECES)

    def __call__(self, text: str) -> Document:
        return {language: f"{text} {next(self._pieces)} {language} {next(NUMBERS)}" for language in LANGUAGES}


def large_programme(words: Words) -> Document:
    """Six courses and ten seminars in five languages, with something of every kind."""
    return {
        "version": 1,
        "programme": PROGRAMME,
        "title": words("Programme"),
        "time_zone": "Europe/Tallinn",
        "account": ACCOUNT,
        "languages": list(LANGUAGES),
        "courses": copy.deepcopy(COURSES),
        "experts": {"lauri-sock": {"name": "Lauri Sock", "partner": "P4 Tartu", "email": EXPERT}},
        "seminars": {f"s{number}": _seminar(number, words) for number in range(SEMINARS)},
        "welcome": {"publish": "21 days before the first seminar", "text": words("Welcome")},
    }


def _seminar(number: int, words: Words) -> Document:
    seminar: Document = {
        "title": words("Seminar"),
        "starts": f"2020-06-{10 + number} 11:30",
        "ends": f"2020-06-{10 + number} 13:00",
        "experts": ["lauri-sock"],
        "materials": {
            "slides": {
                "title": words("Slides"),
                "publish": "14 days before",
                "attachments": [{"file": FILES[number % len(FILES)]}, {"link": LINKS[number % len(LINKS)]}],
            }
        },
    }
    if number % 3 == 0:
        seminar |= {
            "questions": copy.deepcopy(BOXES),
            "reminders": [{"publish": "1 day before", "text": words("Soon")}],
        }
    if number % 3 == 1:
        seminar |= {"label": words("Label"), "summary": words("Summary")}
        seminar["join"] = {"with": "Webex {url}", "url": "https://better.webex.example/meet/1?a=b"}
    return seminar


class Walk(Hands, Talk):
    """Published, edited, changed by hands, disturbed, killed, without its ledger, talked in: and whole after each."""

    def is_told(self) -> None:
        """Every step ends with a run that nothing disturbed, after which everything is looked at."""
        self.words = Words()
        self._it_is_published()
        self._it_is_edited()
        self._hands_change_it()
        self._calls_fail()
        self._runs_are_killed()
        self._the_ledger_is_lost()
        self._people_talk()
        self._it_is_over()

    def _it_is_published(self) -> None:
        self._edits(large_programme(self.words))
        self.applies()
        self.time_passes(WELCOMED)
        self.applies()

    def _it_is_edited(self) -> None:
        """Words, attachments, times, a seminar more, one fewer, one cancelled, a course fewer and back again."""
        new = copy.deepcopy(self.document)
        seminars = new["seminars"]
        seminars["s1"]["title"], seminars["s3"]["reminders"] = self.words("Other"), []
        seminars["s2"]["materials"]["slides"]["attachments"].append({"youtube": "dQw4w9WgXcQ"})
        seminars["s4"] |= {"starts": "2020-06-22 09:30", "ends": "2020-06-22 10:00"}
        seminars["s5"]["cancelled"] = {"text": self.words("Cancelled")}
        del seminars["s6"], new["courses"]["turku"]
        new["courses"]["gavle"] |= {"language": "en", "time_zone": "America/St_Johns"}
        new["seminars"] = {"s10": _seminar(10, self.words), **seminars}
        self._edits(new)
        self.changes_a_file(FILES[0], b"corrected")
        self.applies()
        self._edits(new | {"courses": copy.deepcopy(COURSES)})
        self.applies()

    def _hands_change_it(self) -> None:
        for which in (3, 40, 90):
            self.edits_by_hand(which, "title", f"by hand {which}")
            self.publishes_by_hand(which + 1)
            self.moves_by_hand(which + 2, hours=300)
            self.detaches_by_hand(which + 3)
            self.deletes_by_hand(which + 4)
            self.somebody_makes_what_looks_like_ours(which + 5, "DRAFT")
            self.somebody_makes_what_looks_like_ours(which + 6, "PUBLISHED")
        self.deletes_a_topic_by_hand(7)
        assert len(self.witness.by_hand) > 12
        self.applies()
        self.restores(0)
        self.restores(1)

    def _calls_fail(self) -> None:
        """In each way at each kind of write, a few at a time, while the programme goes on being edited."""
        ways = cycle(FAULTS)
        for number in range(3):
            self._edits(self._all_edited())
            faults = [{**next(ways), "method": method, "skip": number, "times": 1} for method in BROKEN]
            assert self._is_disturbed(faults, COMMANDS[0]) >= 3
        self.applies()

    def _runs_are_killed(self) -> None:
        for method, when in zip(BROKEN, cycle(("before", "after"))):
            self._edits(self._all_edited())
            assert self._is_killed(method, when, 1, COMMANDS[0]), (method, when)
            if when == "after":
                self.applies()
        self.applies()

    def _the_ledger_is_lost(self) -> None:
        self.loses_the_ledger()
        self.goes_on_with_another_ledger(0)

    def _people_talk(self) -> None:
        self.time_passes(OPENED)
        self.applies()
        for which in range(2):
            self.a_participant_asks(which, self.words("Why"), more=False, later=False)
        assert len(self.heard.asked) == 2
        self.an_expert_decides(0, DECISIONS[0], self.words("Because"), later=False)
        self.an_expert_decides(1, DECISIONS[2], self.words("Because"), later=False)
        self.is_forgotten(0)

    def _it_is_over(self) -> None:
        self.time_passes(AFTERWARDS)
        self.applies()
        assert len(self.witness.public) > 100

    # How it is done

    def _edits(self, document: Document) -> None:
        assert self._write(document), "this is no programme"

    def _all_edited(self) -> Document:
        """An edit for which every kind of write is needed."""
        new = copy.deepcopy(self.document)
        seminars, turn = new["seminars"], next(NUMBERS)
        seminars["s0"]["title"] = self.words("Again")
        seminars["s0"]["questions"]["after"]["closes"] = f"{turn % 20 + 2} days after"
        seminars["s0"]["reminders"][0]["text"] = self.words("Soon again")
        seminars["s7"]["materials"]["slides"]["attachments"][-1] = {"link": f"https://turn.example/{turn}"}
        self.changes_a_file(FILES[0], str(turn).encode())
        return new
