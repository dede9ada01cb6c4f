"""Google's quotas by the minute (google-apis.md C, G.14): off unless switched on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from better_classroom.sandbox.callers import Caller
from better_classroom.sandbox.discovery import load
from better_classroom.sandbox.errors import ApiError
from better_classroom.sandbox.quotas import Quotas
from better_classroom.sandbox.server import start_in_thread
from talking import Control, Wire

ORGANISER = "korraldaja@tartu.example"
LIST_COURSES = "classroom.courses.list"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


class Metered:
    """Quotas with a clock of the test's own."""

    def __init__(self) -> None:
        self.clock = Clock()
        self._quotas = Quotas(on=True, clock=self.clock)

    def call(self, method: str, times: int = 1, *, user: str = "1", project: str = "ours", media: bool = False) -> None:
        caller = Caller(user, f"{user}@tartu.example", user, "tartu.example", False, False, frozenset(), project)  # noqa: FBT003 - neither admin nor consumer
        for _ in range(times):
            self._quotas.spend(load().by_id[method], caller, is_download=media)

    def refusal(self, method: str, *, user: str = "1") -> ApiError:
        with pytest.raises(ApiError) as refused:
            self.call(method, user=user)
        return refused.value


@pytest.fixture
def metered() -> Metered:
    return Metered()


def test_c_classroom_takes_1200_calls_a_minute_from_a_user(metered: Metered) -> None:
    metered.call(LIST_COURSES, 1200)
    refused = metered.refusal(LIST_COURSES)
    assert (refused.code, refused.status) == (429, "RESOURCE_EXHAUSTED")
    metered.call(LIST_COURSES, user="2")
    metered.call(LIST_COURSES, project="theirs")
    metered.call("drive.files.get")


def test_c_classroom_takes_3000_calls_a_minute_from_a_project(metered: Metered) -> None:
    for user in "123":
        metered.call(LIST_COURSES, 1000, user=user)
    assert "limit 'Requests per minute' of" in metered.refusal(LIST_COURSES, user="4").message
    metered.call(LIST_COURSES, project="theirs")


def test_c_the_minute_slides(metered: Metered) -> None:
    metered.call(LIST_COURSES, 600)
    metered.clock.now = 30
    metered.call(LIST_COURSES, 600)
    metered.clock.now = 59.9
    metered.refusal(LIST_COURSES)
    metered.clock.now = 60
    metered.call(LIST_COURSES, 600)
    metered.refusal(LIST_COURSES)


@pytest.mark.parametrize(("method", "units"), [("drive.files.list", 100), ("drive.files.update", 50)])
def test_c_drive_counts_units(metered: Metered, method: str, units: int) -> None:
    metered.call(method, 325_000 // units)
    refused = metered.refusal(method)
    assert (refused.code, refused.reason) == (403, "userRateLimitExceeded")


def test_c_a_download_costs_200_units(metered: Metered) -> None:
    metered.call("drive.files.get", 1625, media=True)
    assert metered.refusal("drive.files.get").reason == "userRateLimitExceeded"


def test_c_drive_takes_12000_calls_a_minute(metered: Metered) -> None:
    metered.call("drive.files.get", 12_000)
    assert metered.refusal("drive.files.get").code == 403
    assert metered.refusal("drive.files.get", user="2").reason == "rateLimitExceeded"


def test_c_sheets_counts_60_reads_and_60_writes_a_minute_apart(metered: Metered) -> None:
    metered.call("sheets.spreadsheets.values.get", 60)
    metered.call("sheets.spreadsheets.values.update", 60)
    assert "Read requests per minute per user" in metered.refusal("sheets.spreadsheets.get").message
    assert "Write requests per minute per user" in metered.refusal("sheets.spreadsheets.batchUpdate").message


@pytest.fixture
def rationed() -> Iterator[tuple[Wire, Control]]:
    running = start_in_thread(quotas=True)
    control = Control(running.url)
    with Wire(running.url, control.token(ORGANISER, "classroom.courses")) as wire:
        yield wire, control
    control.close()
    running.stop()


def test_g14_each_part_of_a_batch_counts_and_a_refused_call_does_nothing(rationed: tuple[Wire, Control]) -> None:
    wire, control = rationed
    part = "--x\r\nContent-Type: application/http\r\n\r\nGET /v1/courses\r\n\r\n"
    for _ in range(24):
        batch = wire.ask("POST", "/batch", part * 50 + "--x--", content_type="multipart/mixed; boundary=x")
    assert batch.body.count(b"HTTP/1.1 200") == 50
    refused = wire.ask("POST", "/v1/courses", {"name": "Tartu", "ownerId": "me"})
    assert refused.status == 429
    assert refused.error["message"].startswith("Quota exceeded for quota metric 'Requests'")
    control.post("reset")
    with_room = control.token(ORGANISER, "classroom.courses")
    assert wire.ask("GET", "/v1/courses", authorization=f"Bearer {with_room}").json == {}


def test_c_quotas_are_off_unless_asked_for() -> None:
    quotas = Quotas(on=False)
    caller = Caller("1", ORGANISER, "", "tartu.example", False, False, frozenset(), "ours")  # noqa: FBT003 - as above
    for _ in range(1300):
        quotas.spend(load().by_id[LIST_COURSES], caller)
