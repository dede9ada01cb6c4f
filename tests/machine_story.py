"""One random story: what the organiser, time and the network do to a programme, and what holds throughout."""

from __future__ import annotations

import contextlib
import random
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import yaml
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from better_classroom import brakes, desired, observe, questions
from better_classroom import plan as planning
from better_classroom import programme as programmes
from better_classroom import settings as wheres
from better_classroom.cli.wiring import Session, session, survey
from better_classroom.course import Item, Post, Snapshot, Topic, World
from better_classroom.drafting import Wishes
from better_classroom.keys import course_of
from better_classroom.ledger import Ledger
from better_classroom.memory import Pending
from better_classroom.reports import plan as letter
from breaking_off import Children
from machine_programmes import FILES, NUMBERS, PROGRAMME, Document, any_number, edited
from machine_programmes import programmes as any_programme
from machine_stage import READS, WRITES, Stage, faults
from machine_truth import Truth
from machine_world import TABLES, Place, course_id, is_ours, rows, wanted_content
from worlds import Organiser, Said, writes

COMMANDS = (("apply", "--yes"), ("apply", "--yes"), ("sync",))
PERMITS = tuple(f"--{permit}" for permit in brakes.Permit)
SETTINGS = """
settle = 0
first_wait = 0.001
deadline = 2
pseudonym_key = "no secret, since nobody here is real"
"""


class Story(RuleBasedStateMachine):
    """One story: what the organiser, time and the network do, in any order."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        NUMBERS.start_anew()
        self.stage.clear()
        self.control, self.store, self.witness = self.stage.control, self.stage.store, self.stage.witness
        self.home = tempfile.TemporaryDirectory(prefix="story-")
        self.folder = Path(self.home.name)
        (self.folder / "better-classroom.toml").write_text(SETTINGS)
        for path in FILES:
            self._write_file(path, b"first")
        self.ledgers = 1
        self.organiser = Organiser(self.folder / "programme.yaml", self.stage.url, self.folder / "ledger-1.db")
        self.document: Document = {}
        self.wanted: desired.Desired
        self.settled = False
        """The last run was undisturbed, and nothing happened since."""
        self.tried = self.mixed = False
        """A run was tried; and the programme was edited after one that is not made good yet."""
        self.talked = self.forgot = False
        """Somebody was answered; somebody was forgotten."""
        self.let_go: set[Place] = set()
        self.seen_before: set[Place] = set()
        self.seen_keys: set[str] = set()

    def teardown(self) -> None:
        self.stage.close()
        self.home.cleanup()

    # The programme

    @initialize(document=any_programme())
    def begins(self, document: Document) -> None:
        assume(self._write(document))

    @rule(data=st.data(), number=st.integers(1, 3))
    def edits(self, data: st.DataObject, number: int) -> None:
        for _ in range(number):
            self._write(data.draw(edited(self.document)))

    @rule(path=st.sampled_from(FILES), content=st.binary(max_size=8))
    def changes_a_file(self, path: str, content: bytes) -> None:
        self._write_file(path, content)
        self._understand()

    # Time

    @rule(hours=st.sampled_from((1, 5, 24, 100, 400)))
    def time_passes(self, hours: int) -> None:
        self.control.post("clock", {"now": (self.store.now + timedelta(hours=hours)).isoformat()})
        self.witness.look_later()
        self._nobody_saw_anything_wrong("the clock")
        self.settled = False

    # Runs

    @rule()
    def applies(self) -> None:
        """An undisturbed run, after which everything is as it should be."""
        self._plan_is_the_same_in_any_order()
        self._expect()
        done = self._asks_whose("apply", "--yes", *PERMITS)
        assert done.code == 0, done.err
        self._everything_holds()

    @rule(data=st.data(), number=st.integers(0, 3))
    def edits_and_applies(self, data: st.DataObject, number: int) -> None:
        self.edits(data, number)
        self.applies()

    @rule(
        data=st.data(),
        number=st.integers(0, 2),
        faults=st.lists(faults, min_size=1, max_size=6),
        command=st.sampled_from(COMMANDS),
    )
    def is_disturbed(
        self, data: st.DataObject, number: int, faults: list[Mapping[str, Any]], command: tuple[str, ...]
    ) -> None:
        self.edits(data, number)
        self._is_disturbed(faults, command)

    @precondition(lambda self: not self.settled)
    @rule(
        method=st.sampled_from((*WRITES, *READS)),
        when=st.sampled_from(("before", "after")),
        skip=st.integers(0, 3),
        command=st.sampled_from(COMMANDS),
    )
    def is_killed(self, method: str, when: str, skip: int, command: tuple[str, ...]) -> None:
        self._is_killed(method, when, skip, command)

    # Who was forgotten is known by the ledger alone: where it is lost, they are asked for again (docs/ledger.md).
    @precondition(lambda self: not self.mixed and not self.forgot)
    @rule()
    def loses_the_ledger(self) -> None:
        """Then a post is known by what it says alone; where hand and programme say different things, it is nobody's."""
        self._goes_on_with(self.ledgers + 1)

    # An earlier ledger takes for a hand's what a later one has published of answers.
    @precondition(lambda self: self.settled and self.ledgers > 1 and not self.talked)
    @rule(which=any_number)
    def goes_on_with_another_ledger(self, which: int) -> None:
        self._goes_on_with(1 + which % self.ledgers)

    def _goes_on_with(self, ledger: int) -> None:
        """Nothing is made anew, but what a hand had deleted or changed."""
        before = {place: row["state"] for place, row in rows(self.store)} if self.settled else None
        self._lets_go()
        if self.witness.by_hand:  # ledgers that learnt of different hands may name different posts for one key
            self.let_go |= {place for place, row in rows(self.store) if is_ours(row)}
        self.ledgers = max(self.ledgers, ledger)
        self.organiser = replace(self.organiser, ledger=self.folder / f"ledger-{ledger}.db")
        self.applies()
        if before is not None and not self.witness.by_hand:
            assert {place: row["state"] for place, row in rows(self.store)} == before

    def _asks_whose(self, *command: str) -> Said:
        """Run until no post is left whose maker is unknown: each is found out by asking, and calls for a new plan.

        One that stood beside a post of ours is looked at only once that one is withdrawn.
        """
        done = self._types(*command)
        for _ in range(8):
            if "made by another Cloud project" in done.err:
                done = self._types(*command)
        return done

    def _lets_go(self) -> None:
        """Take for nobody's what the ledger that is left alone knows, and the programme leaves as it is."""
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            keys = {entry.remote_id: key for key, entry in ledger.entries().items()}
        wanted = {item.key for item in self.wanted.items}
        gone = {remote_id for remote_id, key in keys.items() if key not in wanted or _carries_answers(key)}
        self.let_go |= {place for place, row in rows(self.store) if is_ours(row) and place[2] in gone}

    def _lets_go_of_what_waits(self, pendings: Iterable[Pending]) -> None:
        """What arrived of a create that was begun in a section that left is a draft that nobody looks for until it is back."""
        for one in pendings:
            spec = self.document["courses"].get(one.course)
            there = spec and course_id(self.store, spec.get("alias") or spec.get("id"))
            drafts = [place for place, row in rows(self.store) if is_ours(row) and row["state"] == "DRAFT"]
            self.let_go |= {place for place in drafts if place[:2] == (TABLES.get(one.kind), there)}

    # What holds

    def _everything_holds(self) -> None:
        self.control.delete("calls")
        again = self._types("apply", "--yes", "--json")
        if "made by another Cloud project" in again.err:
            self.control.delete("calls")
            again = self._asks_whose("apply", "--yes", "--json")
        assert again.code == 0, again.err
        assert again.data["done"] == [], again.out
        assert writes(self.control) == []
        with self._session() as run:
            found = survey(run)
        assert found.plan.is_empty
        # What was begun in a course or a section that left the programme waits until it comes back.
        left = found.plan.desired.unmanaged
        begun = {key for key in found.memory.pendings if not any(map(key.startswith, left))}
        self._lets_go_of_what_waits(found.memory.pendings[key] for key in found.memory.pendings.keys() - begun)
        assert not {course_of(key) for key in begun} & {"", *self.document["courses"]}
        entries, by_hand = found.memory.entries, self.witness.by_hand
        seen = self.seen_before, self.seen_keys
        Truth(self.store, found.plan, entries, by_hand, self.let_go, *seen).holds()
        self.witness.remember()
        self.settled, self.mixed = True, False

    def _plan_is_the_same_in_any_order(self) -> None:
        with self._session() as run:
            found = survey(run)
            accounts = {key: spec.account for key, spec in run.programme.courses.items()}
            again = planning.make(
                desired=found.plan.desired,
                world=_shuffled(found.world),
                memory=found.memory,
                wishes=Wishes(accounts, restore_drift=run.programme.drift == "restore"),
                now=run.now,
            )
        assert brakes.fingerprint(again) == found.heading.fingerprint
        assert letter.text(again, found.heading) == letter.text(found.plan, found.heading)

    def _nobody_saw_anything_wrong(self, during: str) -> None:
        complaints, self.witness.complaints = self.witness.complaints, []
        assert not complaints, f"{during}: {complaints[:3]}"

    # Steps

    def _is_disturbed(self, faults: Sequence[Mapping[str, Any]], command: tuple[str, ...]) -> int:
        """Run amid these faults; how often one struck."""
        self._expect()
        for fault in faults:
            self.control.post("faults", fault)
        with self._watched(command):
            said = self._types(*command, *PERMITS)
        struck = self._strikes()
        self.control.delete("faults")
        assert said.code in {0, 4, 5, 7, 9}, said.err
        self.settled = False
        return struck

    def _is_killed(self, method: str, when: str, skip: int, command: tuple[str, ...]) -> int:
        """Kill a run amid a call of that method, if it makes one; whether it did."""
        self._expect()
        self.control.post("faults", {"method": method, "when": when, "do": "hang", "skip": skip, "times": 1})
        with self._watched(command):
            struck = self._runs_until_killed(*command, *PERMITS)
        self.settled = False
        return struck

    def _runs_until_killed(self, *command: str) -> int:
        """A run in a process of its own that ends where the fault holds up a call, or does all; whether one was held up."""
        children = Children()
        process = children.begin(self.organiser, *command, environment={})
        while process.is_alive() and not self._strikes():
            process.join(0.003)  # whoever asks all the time keeps the sandbox from answering the run
        children.end()
        self.control.post("faults/release")
        struck = self._strikes()
        self.control.delete("faults")  # by then what was released has had its effect
        self._nobody_saw_anything_wrong("killed")
        return struck

    def _strikes(self) -> int:
        return sum(fault["struck"] for fault in self.control.get("faults")["faults"])

    def _write(self, document: Document) -> bool:
        """Write the programme, unless that one would be invalid."""
        path = self.folder / "new.yaml"
        path.write_text(yaml.safe_dump(document, allow_unicode=True, sort_keys=False), encoding="utf-8")
        if programmes.check(path).programme is None:
            return False
        path.replace(self.organiser.programme)
        self.document = document
        self._understand()
        return True

    def _write_file(self, path: str, content: bytes) -> None:
        there = self.folder / path
        there.parent.mkdir(parents=True, exist_ok=True)
        there.write_bytes(b"%PDF-1.4 " + content)

    def _understand(self) -> None:
        programme = programmes.load(self.organiser.programme)
        self.wanted = desired.items(programme, files=observe.presentations(programme))
        self.settled, self.mixed = False, self.tried

    def _expect(self) -> None:
        """Tell the witness what may become public in the run that begins."""
        self.tried = True
        wanted = self._with_answers()
        names = {item.key: item for item in wanted if isinstance(item, Topic)}
        posts = [item for item in wanted if isinstance(item, Post)]
        courses = {key: str(spec.get("alias") or spec.get("id")) for key, spec in self.document["courses"].items()}
        told = ((post, wanted_content(post, names.get(post.topic), post.text_at(self.store.now))) for post in posts)
        self.witness.expect(frozenset((courses[post.key.partition("/")[0]], said) for post, said in told))
        self.seen_before, self.seen_keys = set(self.witness.public), self._seen_keys()

    def _seen_keys(self) -> set[str]:
        """Keys of the posts that participants see, and of those that are to take their place, however often that began."""
        if not self.organiser.ledger.exists():
            return set()
        public = {place[2] for place in self.witness.public}
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            entries = ledger.entries()
        seen = {key for key, one in entries.items() if {one.remote_id, one.superseded} & public}
        return seen | (self.seen_keys & entries.keys())

    def _with_answers(self) -> Sequence[Item]:
        """What the programme wants, and the answers that the ledger knows."""
        if not self.organiser.ledger.exists():
            return self.wanted.items
        programme = programmes.load(self.organiser.programme)
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            told = questions.published(ledger, programme)
        files = observe.presentations(programme)
        return desired.items(programme, files=files, answers=told.public, confided=told.private).items

    def _watched(self, command: tuple[str, ...]) -> contextlib.AbstractContextManager[None]:
        """What a run may publish is known beforehand, unless it takes questions and answers first."""
        return self.witness.leniently() if command[0] == "sync" else contextlib.nullcontext()

    def _types(self, *arguments: str) -> Said:
        said = self.organiser.types(*arguments)
        self._nobody_saw_anything_wrong(" ".join(arguments))
        return said

    @contextlib.contextmanager
    def _session(self) -> Iterator[Session]:
        typed = self.organiser
        where = wheres.load(programme=typed.programme, target=typed.target, ledger=str(typed.ledger))
        with session(where, writing=False) as run:
            yield run


def said(new: Any) -> str:
    """One language's words."""
    return str(new if isinstance(new, str) else next(iter(new.values())))


def _carries_answers(key: str) -> bool:
    """Whether a ledger that knows no answers would leave a post alone: a page of answers, news, what one alone is told."""
    return key.rpartition("/")[2].startswith(("answers", "news.", "private."))


def _shuffled(world: World) -> World:
    chance = random.Random(1)

    def mixed(things: Any) -> Any:
        return tuple(chance.sample(things, len(things)))

    snapshots = {
        key: snapshot and Snapshot(snapshot.course, mixed(snapshot.topics), mixed(snapshot.posts))
        for key, snapshot in mixed(list(world.snapshots.items()))
    }
    return World(snapshots, {email: mixed(there) for email, there in world.files.items()}, world.users)
