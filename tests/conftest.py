"""One sandbox for all tests, emptied for each; and a check that nothing scripted went unmet, and nothing broke."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from talking import Control

START = datetime(2020, 5, 18, 8, 0, tzinfo=UTC)  # where the sandbox's clock stands when a test begins


def pytest_configure(config: pytest.Config) -> None:
    # A machine that does other things too may be slow at any moment: no example fails for the time it took.
    settings.register_profile("suite", deadline=None)
    settings.load_profile("suite")
    config.addinivalue_line("markers", "unstruck: this test scripts faults that need not strike")
    config.addinivalue_line("markers", "breaks: this test provokes a 500 of the sandbox on purpose")


@pytest.fixture(scope="session")
def _sandbox() -> Iterator[Any]:
    from better_classroom.sandbox.server import start_in_thread

    running = start_in_thread(now=START)
    yield running
    running.stop()


@pytest.fixture(scope="session")
def _running(_sandbox: Any) -> str:
    return str(_sandbox.url)


@pytest.fixture(scope="session")
def _control(_running: str) -> Iterator[Control]:
    control = Control(_running)
    yield control
    control.close()


@pytest.fixture
def sandbox_url(_running: str, _control: Control, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of an empty sandbox."""
    _control.post("reset")
    yield _running
    _control.post("faults/release")
    unmet = [fault for fault in _control.get("faults")["faults"] if not fault["struck"]]
    broken = [call for call in _control.calls() if call["status"] == 500 and "fault" not in call]
    if unmet and not request.node.get_closest_marker("unstruck"):
        pytest.fail(f"these faults never struck, so nothing was tested by them: {unmet}")
    if broken and not request.node.get_closest_marker("breaks"):
        pytest.fail(f"the sandbox broke: {broken}")


@pytest.fixture
def control(sandbox_url: str, _control: Control) -> Control:  # noqa: ARG001 - it empties the sandbox
    """The control surface of the sandbox."""
    return _control


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where a test writes its programme."""
    return tmp_path / "programme"


@pytest.fixture
def organising(folder: Path, tmp_path: Path, sandbox_url: str, control: Control) -> Any:
    """A ``worlds.Organising``."""
    from builders import ACCOUNT, written
    from worlds import Organiser

    control.post("seed", {"users": [{"email": ACCOUNT, "name": "Organiser"}]})
    return lambda programme: Organiser(written(folder, programme), sandbox_url, tmp_path / "ledger.db")


@pytest.fixture
def empty_place(
    control: Control, google: Any, tmp_path: Path, sandbox_url: str, monkeypatch: pytest.MonkeyPatch
) -> Any:
    """Experts and participants, and no programme yet: a ``board_world.Place``."""
    from board_world import WAITS, Place

    for name, value in WAITS.items():
        monkeypatch.setenv(name, value)
    return Place(control, google, tmp_path, sandbox_url)


@pytest.fixture
def place(empty_place: Any) -> Any:
    """A ``board_world.Place`` whose programme is published."""
    empty_place.begin()
    return empty_place


@pytest.fixture
def three(place: Any) -> Any:
    """A ``board_world.Place`` with three questions on the board, which has been read since."""
    place.asks("Esimene?", "Teine?", "Kolmas?")
    place.syncs()
    place.syncs()
    return place


@pytest.fixture
def school(control: Control, google: Any) -> Any:
    """A ``sandbox_school.School``."""
    from sandbox_school import School

    return School(control, google)


@pytest.fixture
def drive(control: Control, google: Any, sandbox_url: str) -> Any:
    """A ``sandbox_drive.Drive``."""
    from sandbox_drive import Drive

    return Drive(control, google, sandbox_url)


@pytest.fixture
def view(_sandbox: Any, sandbox_url: str) -> Iterator[Any]:  # noqa: ARG001 - it empties the sandbox
    """What participants see, looked at after every call from now on: a ``participants_view.View``."""
    from better_classroom.sandbox.calls import Calls
    from participants_view import View

    _sandbox.world.calls = found = View(_sandbox.world.store)
    yield found
    _sandbox.world.calls = Calls()


@pytest.fixture
def children() -> Iterator[Any]:
    """Runs in processes of their own that can be killed: ``breaking_off.Children``."""
    from breaking_off import Children

    made = Children()
    yield made
    made.end()


@pytest.fixture
def box() -> Iterator[Any]:
    """A mail server that keeps what it is given: a ``postbox.Postbox``."""
    import postbox

    with postbox.opened() as opened:
        yield opened


@pytest.fixture
def google(sandbox_url: str) -> Iterator[Callable[[str, str, str], Any]]:
    """Google's own client on the sandbox: ``google("classroom", "v1", token)`` gives the service."""
    import google.oauth2.credentials
    import google_auth_httplib2
    import httplib2
    from googleapiclient import discovery
    from googleapiclient.discovery_cache import get_static_doc

    made = []

    def build(api: str, version: str, token: str) -> Any:
        import json

        document = json.loads(get_static_doc(api, version))
        # google-apis.md F.3: with the rewritten rootUrl everything follows, uploads and batches too
        document["rootUrl"] = f"{sandbox_url}/"
        document.pop("mtlsRootUrl", None)
        credentials = google.oauth2.credentials.Credentials(token)  # type: ignore[no-untyped-call]
        http = httplib2.Http(proxy_info=None, timeout=10)
        http.redirect_codes = http.redirect_codes - {308}
        authorised = google_auth_httplib2.AuthorizedHttp(credentials, http=http)
        service = discovery.build_from_document(document, http=authorised)
        made.append(service)
        return service

    yield build
    for service in made:
        service.close()
