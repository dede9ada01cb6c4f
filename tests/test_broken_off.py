"""Runs that are broken off, at every call in every way: the next run ends in the same world as an undisturbed one.

The smallest world that holds one item of every kind (two courses, one seminar) is published, and then changed so that
every kind of write happens: an update, a replacement, a revision, a moved time. In another run a seminar leaves with its
topic, box, posts and file. In a last one answers go out: a public one with its announcement, a private one that corrects an earlier one, and why a question is declined.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from answering import KAKS, THREE, Cities, Row, declined, private, public
from better_classroom.ledger import Answer
from breaking_off import FAULTS, KILLS, WAITS, Children, killed
from builders import ACCOUNT, a_programme, a_seminar, written
from machine_world import Content
from moments import Moment
from participants_view import View
from talking import Control
from worlds import PROJECT, SCOPES, Organiser, token, world, writes

SETTINGS = {
    **WAITS,
    # The same in every world: askers have the same numbers, so that their items have the same keys.
    "BETTER_CLASSROOM_PSEUDONYM_KEY": "no secret, since nobody here is real",
}
SCENES = ("publication", "change", "deletion", "answers")


@dataclass(frozen=True)
class Scene:
    """A world to start from and a run to disturb."""

    control: Control
    services: tuple[Any, Any]
    """Classroom and Drive, by a token that every reset brings back."""
    folder: Path
    target: str
    name: str
    view: View
    moments: list[Moment] = field(default_factory=list)
    """Where the run begins, once that was reached."""

    def set_up(self, name: str) -> Organiser:
        """Bring the sandbox to where the run begins: once by running, then by going back there."""
        place = self.folder / name
        if self.moments:
            self.moments[0].back(self.control, place)
        else:
            self._begin(place)
            self.moments.append(Moment.now_in(self.view.store, place, kept=self.folder / "kept"))
        self.control.delete("calls")
        self.view.begin()
        return Organiser(place / "programme.yaml", self.target, place / "ledger.db")

    def _begin(self, place: Path) -> None:
        self.control.post("reset")
        self.control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
        known_token(self.control)
        self.control.post("clock", {"now": "2020-06-05T08:00:00Z"})
        if self.name == "answers":
            _answer(self.control, place, self.target)
            return
        begun = _with_another_seminar() if self.name == "deletion" else a_programme()
        organiser = Organiser(written(place, begun), self.target, place / "ledger.db")
        if self.name == "change":
            assert organiser.applies().code == 0
            _change(place)
        elif self.name == "deletion":
            assert organiser.applies().code == 0
            written(place, a_programme())

    def world(self) -> Mapping[str, Any]:
        return world(*self.services)


def _with_another_seminar() -> dict[str, Any]:
    """One seminar more, with a file of its own, few enough posts that no brake holds their deletion back."""
    other = a_seminar(2)
    del other["questions"]["after"]
    programme = a_programme()
    programme["seminars"]["seminar-2"] = other
    return programme


def _answer(control: Control, place: Path, target: str) -> None:
    """Everybody has asked, one has been answered in private, and the expert's next answers wait to go out."""
    cities = Cities(place, control, _no_service, target)
    cities.ask("Mis?")
    cities.ask("Kas?", asker=KAKS)
    cities.ask("Why?", asker=THREE)
    assert cities.organiser.types("sync").code == 0
    _decide(cities, Mis=private("Vale."))
    assert cities.organiser.applies().code == 0
    _decide(cities, Mis=private("Õige."), Kas=public("Jah."), Why=declined("No."))


def _decide(cities: Cities, **answers: Row) -> None:
    """Record answers as an import would; a hundred worlds are made in these tests, and each command takes its time."""
    with cities.ledger() as ledger:
        for question in ledger.questions.find():
            row = answers.get(question.texts[0].text.rstrip("?"))
            if row:
                words = (row["status"], row["visibility"] or "private", row["answer"])
                answer = Answer(0, 1, "lauri-sock", *words, datetime(2020, 6, 5, 8, tzinfo=UTC))
                ledger.questions.answer(question.key, answer, status="answered")


def _no_service(*_: str) -> Any:
    raise AssertionError("the people in this world are not asked what they see")


def known_token(control: Control) -> str:
    """One token for all worlds: Google's client is slow to build, and keeps the token it was built with."""
    given = {"user": ACCOUNT, "scopes": list(SCOPES), "project": PROJECT, "access_token": "the-organiser's"}
    return str(control.post("tokens", given)["access_token"])


def _change(place: Path) -> None:
    seminar = a_seminar(1, title={"en": "Data, newly seen", "et": "Andmed uue pilguga"}, ends="2020-06-16 13:30")
    seminar["materials"]["presentation"]["attachments"] = [{"file": "slides/1.pdf"}, {"youtube": "dQw4w9WgXcQ"}]
    seminar["materials"]["recording"] = {
        "title": "Recording",
        "publish": "1 day after",
        "attachments": [{"file": "slides/2.pdf"}],
    }
    seminar["questions"]["after"]["closes"] = "21 days after"
    seminar["reminders"] = [{"publish": "2 days before", "text": {"en": "Soon!", "et": "Varsti!"}}]
    (place / "slides/1.pdf").write_bytes(b"%PDF-1.4\n% corrected\n%%EOF\n")
    written(place, a_programme(seminars=1) | {"seminars": {"seminar-1": seminar}})


@pytest.fixture(params=SCENES)
def scene(  # noqa: PLR0917 - fixtures
    request: pytest.FixtureRequest,
    control: Control,
    google: Callable[[str, str, str], Any],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    view: View,
) -> Scene:
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    access = known_token(control)
    services = (google("classroom", "v1", access), google("drive", "v3", access))
    return Scene(control, services, tmp_path, request.getfixturevalue("sandbox_url"), request.param, view)


@dataclass(frozen=True)
class Undisturbed:
    """What the run does and where it ends when nothing goes wrong."""

    world: Mapping[str, Any]
    calls: tuple[tuple[str, int], ...]
    """Every write: its method, and how many of that method came before it."""
    public: frozenset[Content]
    """What participants then read."""


def undisturbed(scene: Scene, later: str = "") -> Undisturbed:
    """Where the run ends; with ``later``, where another run ends when it is that late."""
    organiser = scene.set_up("undisturbed")
    assert organiser.applies().code == 0
    made = scene.view.public()
    seen: Counter[str] = Counter()
    calls = []
    for method in writes(scene.control):
        calls.append((method, seen[method]))
        seen[method] += 1
    if later:
        scene.control.post("clock", {"now": later})
        made |= scene.view.public()
        assert organiser.applies().code == 0
    assert organiser.plans()["changes"] == []
    return Undisturbed(scene.world(), tuple(calls), frozenset(made | scene.view.public()))


def is_made_good(scene: Scene, organiser: Organiser, expected: Undisturbed, what: str) -> None:
    """Run again; then all is as if nothing had happened, and the ledger knows it."""
    again = organiser.applies()
    assert again.code == 0, f"{what}: {again.err}"
    assert organiser.types("plan", "--exit-code").code == 0, what
    is_whole(scene, expected, what)


def is_whole(scene: Scene, expected: Undisturbed, what: str) -> None:
    """All is as if nothing had happened, and never was otherwise for participants."""
    assert scene.world() == expected.world, what
    assert scene.view.twice == [], what
    assert scene.view.appeared <= expected.public, f"{what}: half made"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_call_that_fails_changes_nothing_in_the_end(scene: Scene, fault: str) -> None:
    expected = undisturbed(scene)
    assert len(expected.calls) >= 13
    for method, number in expected.calls:
        what = f"{fault}: {method} {number}"
        organiser = scene.set_up(f"{method}-{number}")
        scene.control.post("faults", {**FAULTS[fault], "method": method, "skip": number, "times": 1})
        first = organiser.applies()
        assert first.code in {0, 7, 9}, f"{what}: {first.err}"
        assert scene.control.get("faults")["faults"][0]["struck"] == 1, what
        if first.code == 0:  # the run got over it by itself
            scene.control.delete("calls")
            assert (organiser.applies().code, writes(scene.control)) == (0, []), what
            is_whole(scene, expected, what)
        else:
            is_made_good(scene, organiser, expected, what)


@pytest.mark.parametrize("kill", KILLS)
def test_a_run_that_is_killed_changes_nothing_in_the_end(scene: Scene, kill: str, children: Children) -> None:
    expected = undisturbed(scene)
    for method, number in expected.calls:
        what = f"{kill}: {method} {number}"
        organiser = scene.set_up(f"{method}-{number}")
        scene.control.post("faults", {**KILLS[kill], "method": method, "skip": number, "times": 1})
        killed(children.begin(organiser, "apply", "--yes", environment=SETTINGS), scene.control, what)
        is_made_good(scene, replace(organiser), expected, what)


LISTS = ("topics", "courseWorkMaterials", "courseWork", "announcements")
LATER = dict.fromkeys(SCENES, "2020-07-20T08:00:00Z") | {"answers": "2020-06-06T18:00:00Z"}
"""By then everything has appeared, and every box has closed; but that answers have come is news for two days only."""


def test_a_next_run_that_does_not_see_the_latest_write_yet_changes_nothing_in_the_end(scene: Scene) -> None:
    expected = undisturbed(scene)
    for method, number in expected.calls:
        what = f"seen late: {method} {number}"
        organiser = scene.set_up(f"{method}-{number}")
        scene.control.post("faults", {"method": method, "when": "after", "do": "drop", "skip": number, "times": 1})
        organiser.applies()
        for kind in LISTS:  # once a course: google-apis.md A.13
            scene.control.post("faults", {"method": f"classroom.courses.{kind}.list", "do": "stale", "times": 2})
        scene.control.post("faults", {"method": "drive.files.list", "do": "stale", "times": 1})
        second = organiser.applies()
        assert second.code in {0, 5, 7}, f"{what}: {second.err}"
        scene.control.delete("faults")
        is_made_good(scene, organiser, expected, what)


def test_times_that_pass_before_the_next_run_change_nothing_in_the_end(scene: Scene) -> None:
    expected = undisturbed(scene, LATER[scene.name])
    for method, number in expected.calls:
        what = f"much later: {method} {number}"
        organiser = scene.set_up(f"{method}-{number}")
        scene.control.post("faults", {"method": method, "when": "after", "do": "drop", "skip": number, "times": 1})
        organiser.applies()
        scene.control.post("clock", {"now": LATER[scene.name]})
        scene.view.look("the clock")  # what was scheduled appears without a call
        is_made_good(scene, organiser, expected, what)


BETTER = Path(__file__).parent.parent / "examples" / "better-2020"


def test_better_is_published_though_the_reply_to_every_call_is_lost(  # noqa: PLR0917 - fixtures
    control: Control,
    google: Callable[[str, str, str], Any],
    sandbox_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    view: View,
) -> None:
    for name, value in {**SETTINGS, "BETTER_CLASSROOM_DEADLINE": "0"}.items():
        monkeypatch.setenv(name, value)
    programme = shutil.copytree(BETTER, tmp_path / "better") / "programme.yaml"
    account = yaml.safe_load(programme.read_text(encoding="utf-8"))["account"]
    services = [google(*api, token(control, account)) for api in (("classroom", "v1"), ("drive", "v3"))]
    assert Organiser(programme, sandbox_url, tmp_path / "undisturbed.db").applies().code == 0
    expected, made, public = world(*services), [call["method"] for call in control.calls()], view.public()
    monkeypatch.setenv("BETTER_CLASSROOM_DEADLINE", "5")  # with none, each read would end a run
    control.post("reset")
    services = [google(*api, token(control, account)) for api in (("classroom", "v1"), ("drive", "v3"))]
    view.begin()
    for method, number in Counter(made).items():
        control.post("faults", {"method": method, "when": "after", "do": "drop", "times": number})
    organiser = Organiser(programme, sandbox_url, tmp_path / "ledger.db")
    runs = iter(range(40))
    while organiser.applies().code != 0:
        next(runs)
    lost = Counter(call["method"] for call in control.calls() if "fault" in call)
    assert lost == Counter(made)
    assert world(*services) == expected
    assert (view.twice, view.appeared) == ([], public)
    assert organiser.plans()["changes"] == []
