"""The world of a sandbox: its clock, what is put into it from outside, and what survives a kill."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from talking import Answer, Control, ControlRefused, Wire

ORGANISER = "korraldaja@tartu.example"
COURSE = "604567890123"
PARTICIPANT = "osaleja.uks@tartu.example"


@pytest.fixture
def wire(sandbox_url: str, control: Control) -> Iterator[Wire]:
    control.seed(courses=[{"id": COURSE, "name": "Tartu", "owner": ORGANISER, "students": [PARTICIPANT]}])
    scopes = ("courses", "topics", "courseworkmaterials", "coursework.students", "rosters", "profile.emails")
    with Wire(sandbox_url, control.token(ORGANISER, *(f"classroom.{scope}" for scope in scopes))) as wire:
        yield wire


# --- the clock


def test_the_clock_stands_still_and_each_write_moves_it_by_a_millisecond(wire: Wire, control: Control) -> None:
    control.post("clock", {"now": "2020-06-09T09:00:00Z"})
    assert control.get("clock") == {"now": "2020-06-09T09:00:00.000Z"}
    wire.ask("GET", f"/v1/courses/{COURSE}")
    assert control.get("clock") == {"now": "2020-06-09T09:00:00.000Z"}
    first = wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": "A"}).json["updateTime"]
    second = wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": "B"}).json["updateTime"]
    assert (first, second) == ("2020-06-09T09:00:00.001Z", "2020-06-09T09:00:00.002Z")


def test_a_refused_write_does_not_move_the_clock(wire: Wire, control: Control) -> None:
    before = control.get("clock")
    assert wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": ""}).status == 400
    assert control.get("clock") == before


def test_a_scheduled_post_goes_live_when_the_clock_passes(wire: Wire, control: Control) -> None:
    # google-apis.md G.8
    control.post("clock", {"now": "2020-06-09T09:00:00Z"})
    post = {"title": "Ettekanne", "scheduledTime": "2020-06-10T09:00:00Z"}
    made = wire.ask("POST", f"/v1/courses/{COURSE}/courseWorkMaterials", post).json
    assert made["state"] == "DRAFT"
    control.post("clock", {"now": "2020-06-10T12:00:00+03:00"})
    shown = wire.ask("GET", f"/v1/courses/{COURSE}/courseWorkMaterials/{made['id']}").json
    assert shown["state"] == "PUBLISHED"
    assert shown["alternateLink"]


def test_a_write_that_moves_the_clock_publishes_too(wire: Wire, control: Control) -> None:
    control.post("clock", {"now": "2020-06-09T09:00:00Z"})
    post = {"title": "Ettekanne", "scheduledTime": "2020-06-09T09:00:00.003Z"}
    made = wire.ask("POST", f"/v1/courses/{COURSE}/courseWorkMaterials", post).json
    for name in "ABC":
        wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": name})
    assert wire.ask("GET", f"/v1/courses/{COURSE}/courseWorkMaterials/{made['id']}").json["state"] == "PUBLISHED"


def test_the_clock_goes_back_if_told_to(control: Control) -> None:
    control.post("clock", {"now": "2020-06-09T09:00:00Z"})
    assert control.post("clock", {"now": "2020-01-01T00:00:00Z"}) == {"now": "2020-01-01T00:00:00.000Z"}


# --- from outside


def test_a_reset_empties_the_world_and_sets_the_clock_back(wire: Wire, control: Control) -> None:
    control.post("clock", {"now": "2021-01-01T00:00:00Z"})
    assert control.post("reset", {}) == {"now": "2020-05-18T08:00:00.000Z"}
    assert wire.ask("GET", f"/v1/courses/{COURSE}").status == 401  # the token is gone as well
    assert control.calls()[0]["user"] == ""
    assert control.post("reset", {"now": "2020-06-16T08:00:00Z"}) == {"now": "2020-06-16T08:00:00.000Z"}


def test_people_are_seeded_and_those_of_a_course_come_along(control: Control) -> None:
    made = control.seed(
        users=[{"id": "117", "email": ORGANISER, "name": "Korraldaja Üks", "admin": True}],
        courses=[{"name": "Tartu", "owner": ORGANISER, "students": [PARTICIPANT]}],
    )
    assert made["users"] == [
        {"id": "117", "email": ORGANISER, "name": "Korraldaja Üks", "admin": True, "consumer": False}
    ]
    assert made["courses"][0]["ownerId"] == "117"


def test_a_seed_that_makes_no_sense_leaves_nothing(control: Control) -> None:
    with pytest.raises(ControlRefused, match=r"^400: "):
        control.seed(users=[{"email": ORGANISER}], courses=[{"name": "Tartu"}])
    made = control.seed(users=[{"id": "5", "email": ORGANISER}])  # would clash if the first had stayed
    assert made["users"][0]["id"] == "5"


@pytest.mark.parametrize(
    ("what", "body"),
    [
        ("seed", []),
        ("seed", {"people": []}),
        ("seed", {"users": {}}),
        ("seed", {"users": [{"email": "nobody"}]}),
        ("seed", {"users": [{"email": "a b@tartu.example"}]}),
        ("seed", {"users": [{"email": ORGANISER, "nme": "x"}]}),
        ("seed", {"users": [{"email": ORGANISER, "id": "a b"}]}),
        ("seed", {"users": [{"email": ORGANISER, "admin": "yes"}]}),
        ("seed", {"users": [{"email": ORGANISER, "admin": True, "consumer": True}]}),
        ("seed", {"users": [{"email": ORGANISER, "id": "1"}, {"email": PARTICIPANT, "id": "1"}]}),
        ("seed", {"courses": [{"name": "Tartu", "owner": ORGANISER, "state": "OPEN"}]}),
        ("seed", {"courses": [{"name": "Tartu", "owner": ORGANISER, "students": [5]}]}),
        ("seed", {"courses": [{"name": "Tartu", "owner": ORGANISER, "students": ["x"]}]}),
        ("seed", {"serviceAccounts": [{"email": ORGANISER, "publicKey": "no key"}]}),
        ("seed", {"clients": [{"secret": "x"}]}),
        ("clock", {}),
        ("clock", {"now": "soon"}),
        ("clock", {"now": "2020-06-09T09:00:00"}),
        ("clock", {"now": "9999-12-31T23:59:59Z"}),
        ("clock", {"now": 5}),
        ("tokens", {"user": ORGANISER}),
        ("tokens", {"user": "nobody", "scopes": []}),
        ("tokens", {"user": ORGANISER, "scopes": "all"}),
        ("tokens", {"user": ORGANISER, "scopes": [], "access_token": "a b"}),
        ("submissions", {"courseId": COURSE}),
        ("reset", {"now": "then"}),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(control: Control, what: str, body: object) -> None:
    with pytest.raises(ControlRefused, match=r"4\d\d: .+\."):
        control.post(what, body)


def test_what_is_no_json_or_not_there_is_told_apart(sandbox_url: str, control: Control) -> None:  # noqa: ARG001 - reset
    with Wire(sandbox_url) as wire:
        for raw in (b"{", b"\xff", b"[" * 100_000, b'{"now": "\\ud800"}'):
            assert wire.ask("POST", "/_sandbox/clock", raw).status == 400
        assert wire.ask("GET", "/_sandbox/nothing").status == 404
        answer = wire.ask("PUT", "/_sandbox/clock", {})
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")


def test_a_token_for_somebody_new_makes_them_known(sandbox_url: str, control: Control) -> None:
    token = control.token("deltagare.tre@gavle.example", "classroom.profile.emails", "classroom.rosters")
    with Wire(sandbox_url, token) as wire:
        shown = wire.ask("GET", "/v1/userProfiles/me").json
    assert shown["emailAddress"] == "deltagare.tre@gavle.example"
    assert shown["name"]["fullName"] == "Deltagare Tre"


def test_a_participant_answers_in_classrooms_own_page(wire: Wire, control: Control) -> None:
    # google-apis.md 0.1, G.11: no method can do this
    work = {"title": "Küsimused", "workType": "SHORT_ANSWER_QUESTION", "state": "PUBLISHED"}
    made = wire.ask("POST", f"/v1/courses/{COURSE}/courseWork", work).json
    asked = {"courseId": COURSE, "courseWorkId": made["id"], "userId": PARTICIPANT, "answer": "Kas õhtul?"}
    assert control.post("submissions", asked)["shortAnswerSubmission"] == {"answer": "Kas õhtul?"}
    listed = wire.ask("GET", f"/v1/courses/{COURSE}/courseWork/-/studentSubmissions?states=TURNED_IN").json
    assert [one["shortAnswerSubmission"]["answer"] for one in listed["studentSubmissions"]] == ["Kas õhtul?"]
    for changed in ({"courseWorkId": "1"}, {"userId": "keegi@tartu.example"}, {"answer": ""}):
        with pytest.raises(ControlRefused, match=r"4\d\d: "):
            control.post("submissions", asked | changed)


def test_a_hundred_writers_of_one_topic_make_one(sandbox_url: str, control: Control, wire: Wire) -> None:  # noqa: ARG001
    token = control.token(ORGANISER, "classroom.topics")
    answers: list[Answer] = []

    def write() -> None:
        with Wire(sandbox_url, token) as own:
            answers.append(own.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": "Partnerlus"}))

    threads = [threading.Thread(target=write) for _ in range(100)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status for answer in answers) == [200] + [409] * 99


# --- started by itself


class Alone:
    """A sandbox in a process of its own, as the command line starts it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        ready = folder / "ready.json"
        command = [sys.executable, "-m", "better_classroom", "sandbox", "--ready-file", str(ready), *arguments]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert self.process.stderr
        self.begun = self.process.stderr.readline()  # it speaks once it listens; one that ends says why
        assert ready.exists(), self.begun + self.talk()
        told = json.loads(ready.read_text())
        ready.unlink()
        assert told["pid"] == self.process.pid
        self.url = told["url"]
        self.control = Control(self.url)

    def talk(self) -> str:
        assert self.process.stderr
        return self.process.stderr.read()

    def stop(self, how: signal.Signals) -> int:
        self.control.close()
        os.kill(self.process.pid, how)
        code = self.process.wait(timeout=10)
        self.said = self.begun + self.talk()
        assert self.process.stderr
        self.process.stderr.close()
        return code


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_says_that_it_is_not_google_and_stops_when_told(tmp_path: Path, how: signal.Signals) -> None:
    alone = Alone(tmp_path, "--now", "2020-06-09T09:00:00Z")
    assert alone.control.get("clock") == {"now": "2020-06-09T09:00:00.000Z"}
    assert alone.stop(how) == 0
    assert "NOT Google" in alone.said
    assert alone.url in alone.said


def _asked_in_vain(wire: Wire) -> None:
    with contextlib.suppress(OSError, http.client.HTTPException):
        wire.ask("GET", "/v1/courses")


def test_a_call_that_hangs_does_not_keep_it_from_stopping(tmp_path: Path) -> None:
    alone = Alone(tmp_path)
    alone.control.seed(courses=[{"id": COURSE, "name": "Tartu", "owner": ORGANISER}])
    token = alone.control.token(ORGANISER, "classroom.courses")
    alone.control.post("faults", {"method": "classroom.courses.list", "do": "hang"})
    with Wire(alone.url, token) as wire:
        hanging = threading.Thread(target=_asked_in_vain, args=(wire,))
        hanging.start()
        while not alone.control.get("faults")["faults"][0]["struck"]:
            pass
        assert alone.stop(signal.SIGTERM) == 0
        hanging.join()


def test_a_world_with_a_folder_survives_kill_9(tmp_path: Path) -> None:
    data = str(tmp_path / "world")
    alone = Alone(tmp_path, "--data", data, "--now", "2020-06-09T09:00:00Z")
    alone.control.seed(courses=[{"id": COURSE, "name": "Tartu", "owner": ORGANISER}])
    token = alone.control.token(ORGANISER, "classroom.topics", "drive")
    acknowledged = []
    with Wire(alone.url, token) as wire:
        for number in range(100):
            made = wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": f"Teema {number}"})
            acknowledged.append(made.json)
        kept = wire.ask("POST", "/upload/drive/v3/files?uploadType=media", b"%PDF-1.7", content_type="application/pdf")
    clock = alone.control.get("clock")
    alone.stop(signal.SIGKILL)
    with (tmp_path / "world" / "journal.jsonl").open("ab") as journal:
        journal.write(b'["2020-06-09T09:00:01.000Z",7000')  # what a kill in the middle of a line leaves

    alone = Alone(tmp_path, "--data", data)
    assert alone.control.get("clock") == clock
    with Wire(alone.url, token) as wire:
        found: list[object] = []
        query = "pageSize=30"
        while query:
            page = wire.ask("GET", f"/v1/courses/{COURSE}/topics?{query}").json
            found += page["topic"]
            query = f"pageSize=30&pageToken={page['nextPageToken']}" if "nextPageToken" in page else ""
        assert found == acknowledged[::-1]
        assert wire.ask("GET", f"/drive/v3/files/{kept.json['id']}?alt=media").body == b"%PDF-1.7"
        assert wire.ask("POST", f"/v1/courses/{COURSE}/topics", {"name": "Teema 100"}).status == 200
    alone.control.post("reset")
    alone.stop(signal.SIGKILL)

    alone = Alone(tmp_path, "--data", data)
    with Wire(alone.url, token) as wire:
        assert wire.ask("GET", f"/v1/courses/{COURSE}/topics").status == 401
    alone.stop(signal.SIGTERM)


def test_two_sandboxes_do_not_share_a_folder(tmp_path: Path) -> None:
    alone = Alone(tmp_path, "--data", str(tmp_path / "world"))
    second = subprocess.run(
        [sys.executable, "-m", "better_classroom", "sandbox", "--data", str(tmp_path / "world")],
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert second.returncode == 2
    assert "another sandbox keeps its world in" in second.stderr
    assert alone.stop(signal.SIGTERM) == 0


def test_a_damaged_journal_is_told_by_its_line(tmp_path: Path) -> None:
    from better_classroom.sandbox.journal import JournalDamaged
    from better_classroom.sandbox.store import Store

    (tmp_path / "journal.jsonl").write_text('["2020-06-09T09:00:00.000Z",700000000000,[]]\nnonsense\n')
    with pytest.raises(JournalDamaged, match=r"journal\.jsonl:2 "):
        Store(now=datetime(2020, 6, 9, tzinfo=UTC), folder=tmp_path)


def test_latency_delays_every_reply_but_the_control_surfaces(tmp_path: Path) -> None:
    alone = Alone(tmp_path, "--latency", "60")
    with Wire(alone.url) as wire:
        begun = time.monotonic()
        wire.ask("GET", "/v1/courses")
        assert time.monotonic() - begun >= 0.06
    assert alone.stop(signal.SIGTERM) == 0


def _said(*command: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, *command], capture_output=True, text=True, timeout=20, check=False)
    return done.returncode, done.stderr


def test_without_its_packages_it_says_what_to_install() -> None:
    program = "import sys; sys.modules['uvicorn'] = None; from better_classroom.cli import main; main(['sandbox'])"
    code, said = _said("-c", program)
    assert code == 2
    assert "pip install 'better_classroom[sandbox]'" in said
    assert "Traceback" not in said


def test_a_port_that_is_taken_is_told_in_a_sentence(sandbox_url: str) -> None:
    code, said = _said("-m", "better_classroom", "sandbox", "--port", sandbox_url.rpartition(":")[2])
    assert code == 2
    assert "Address already in use" in said
    assert "Traceback" not in said
