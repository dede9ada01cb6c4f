"""Three ways to sign in, what is kept of them, and what an organiser reads where one of them fails."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from better_classroom.cli.signin import login as login_command
from better_classroom.cli.signin import logout as logout_command
from better_classroom.course import File
from better_classroom.errors import OutcomeUnknown, RefusedByBrake, SignInNeeded, TryLater, UsageError
from better_classroom.gateways import Account, Need, Policy, connect, consent, keyfiles, needed
from better_classroom.gateways.scopes import PREFIX
from better_classroom.gateways.transport import GOOGLE
from gateways_account import COURSE, ORGANISER, PERSONAL, QUICK, seed, signed_in
from gateways_wire import hang_up, refuse, reply, server

CLIENT = "000000000000-example.apps.googleusercontent.com"
ROBOT = "better-classroom@better.iam.gserviceaccount.example"


@pytest.fixture
def world(sandbox_url: str, control: Any) -> str:
    seed(control)
    control.seed(clients=[{"id": CLIENT, "secret": "not-a-secret", "project": "better"}])
    return sandbox_url


@pytest.fixture
def client_file(tmp_path: Path) -> Path:
    path = tmp_path / "oauth-client.json"
    installed = {
        "client_id": CLIENT,
        "client_secret": "not-a-secret",
        "project_id": "better",
        "auth_uri": "https://accounts.google.com/o/oauth2/auth",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path.write_text(json.dumps({"installed": installed}))
    return path


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, str]:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def robot_file(tmp_path: Path, key_pair: tuple[str, str]) -> Path:
    path = tmp_path / "service-account.json"
    info = {
        "type": "service_account",
        "project_id": "better",
        "private_key": key_pair[0],
        "client_email": ROBOT,
        "client_id": "100000000000000000001",
        "token_uri": "https://oauth2.googleapis.com/token",
    }
    path.write_text(json.dumps(info))
    return path


def delegate(control: Any, key_pair: tuple[str, str], scopes: frozenset[str]) -> None:
    account = {"email": ROBOT, "project": "better", "publicKey": key_pair[1], "delegated": sorted(scopes)}
    control.seed(serviceAccounts=[account])


def browser(seen: list[str], change: Callable[[str], str] = lambda address: address) -> Callable[[str], None]:
    """A person who agrees to everything: opens the address, and goes where it sends them."""

    def visit(address: str) -> None:
        with urllib.request.urlopen(change(address), timeout=5) as page:
            page.read()

    def show(address: str) -> None:
        seen.append(address)
        threading.Thread(target=visit, args=(address,)).start()

    return show


def sign_in(world: str, client_file: Path, account: str = ORGANISER, **given: Any) -> Path:
    asked: dict[str, Any] = {"scopes": needed(), "show": browser([])}
    return consent.login(world, account, credentials=client_file, policy=QUICK, **asked | given)


def as_person(world: str, client_file: Path, policy: Policy = QUICK) -> Account:
    return connect(world, ORGANISER, credentials=client_file, scopes=needed(), policy=policy)


def test_a_sandbox_needs_no_credentials(world: str, control: Any) -> None:
    control.delete("calls")
    with signed_in(world) as account:
        assert (account.email, account.user_id, account.project) == (ORGANISER, "101", "better-classroom")
        assert [call["method"] for call in control.calls()] == ["classroom.userProfiles.get"]


def test_the_time_is_the_targets(world: str, control: Any) -> None:
    control.post("clock", {"now": "2020-06-16T11:30:00Z"})
    with signed_in(world) as account:
        control.post("clock", {"now": "2020-06-16T13:00:00Z"})
        assert account.now() == datetime(2020, 6, 16, 11, 30, tzinfo=UTC)


def test_what_the_sandbox_has_against_a_token_is_told() -> None:
    with server() as wire:
        wire.otherwise = reply(400, {"error": "There is nobody of that name."})
        with pytest.raises(SignInNeeded, match=r"There is nobody of that name\.\n.*Seed the sandbox") as caught:
            signed_in(wire.url, "keegi@tartu.example")
    assert caught.value.where == "keegi@tartu.example"
    assert caught.value.exit_code == 4


def test_a_person_signs_in_once(world: str, client_file: Path, control: Any) -> None:
    seen: list[str] = []
    kept = sign_in(world, client_file, show=browser(seen))
    assert kept.parent == client_file.parent
    assert kept.stat().st_mode & 0o777 == 0o600
    assert "code_challenge_method=S256" in seen[0]
    assert seen[0].startswith(f"{world}/o/oauth2/auth?")
    with as_person(world, client_file) as account:
        assert (account.user_id, account.project) == ("101", "better")
        assert account.classroom.course(COURSE)
    assert {call["project"] for call in control.calls()} == {"better"}


def test_what_is_kept_serves_the_next_run_without_asking_for_a_token(world: str, client_file: Path) -> None:
    kept = sign_in(world, client_file)
    with as_person(world, client_file):
        first = keyfiles.read_token(kept)
    with as_person(world, client_file):
        second = keyfiles.read_token(kept)
    assert first == second
    assert first
    assert first.access_token
    assert sorted(path.name for path in kept.parent.iterdir()) == ["oauth-client.json", kept.name]


def test_a_token_that_ended_is_renewed_and_kept(world: str, client_file: Path, control: Any) -> None:
    kept = sign_in(world, client_file)
    token = json.loads(kept.read_text())
    kept.write_text(json.dumps(token | {"access_token": "ya29.ended", "expiry": "2099-01-01T00:00:00+00:00"}))
    with as_person(world, client_file) as account:
        assert account.user_id == "101"
    renewed = keyfiles.read_token(kept)
    assert renewed
    assert renewed.access_token != "ya29.ended"
    assert kept.stat().st_mode & 0o777 == 0o600
    assert [call["status"] for call in control.calls("classroom.userProfiles.get")][-2:] == [401, 200]


def test_a_sign_in_that_was_taken_back_says_what_to_do(world: str, client_file: Path) -> None:
    kept = sign_in(world, client_file)
    token = json.loads(kept.read_text())
    kept.write_text(json.dumps(token | {"refresh_token": "1//gone", "access_token": "", "expiry": ""}))
    with pytest.raises(SignInNeeded) as caught:
        as_person(world, client_file)
    assert str(caught.value) == (
        f"{ORGANISER}: the sign-in has expired or was taken back\n"
        f"  Sign in again: better-classroom login --account {ORGANISER}. While the Cloud project's consent screen is in "
        "status “Testing”, Google ends every sign-in after 7 days; set it to “In production” to keep it."
    )


def test_nobody_has_signed_in_yet(world: str, client_file: Path) -> None:
    with pytest.raises(SignInNeeded, match=rf"has not signed in yet\n.*login --account {ORGANISER}"):
        as_person(world, client_file)


def test_a_scope_left_out_is_named_and_nothing_is_kept(world: str, client_file: Path) -> None:
    def untick(address: str) -> str:
        return address.replace("classroom.topics", "classroom.topics.readonly")

    with pytest.raises(SignInNeeded, match=r"does not cover classroom\.topics\n.*tick every box"):
        sign_in(world, client_file, show=browser([], untick))
    assert [path.name for path in client_file.parent.iterdir()] == ["oauth-client.json"]


def test_a_sign_in_for_less_is_found_out_before_anything_is_asked(world: str, client_file: Path, control: Any) -> None:
    sign_in(world, client_file, scopes=needed(Need.COURSES))
    control.delete("calls")
    with pytest.raises(SignInNeeded, match=r"does not cover .*drive\.file"):
        as_person(world, client_file)
    assert control.calls() == []


def test_somebody_else_signing_in_is_refused_and_nothing_is_kept(world: str, client_file: Path) -> None:
    def as_another(address: str) -> str:
        return address.replace("korraldaja%40tartu", "abi.korraldaja%40tartu")

    with pytest.raises(SignInNeeded, match=r"somebody else is signed in: abi\.korraldaja@tartu\.example"):
        sign_in(world, client_file, show=browser([], as_another))
    assert [path.name for path in client_file.parent.iterdir()] == ["oauth-client.json"]


def test_a_person_who_refuses_is_taken_at_their_word(world: str, client_file: Path) -> None:
    with pytest.raises(SignInNeeded, match="no permission: access_denied"):
        sign_in(world, client_file, account="keegi@tartu.example")


def test_an_answer_that_belongs_to_another_sign_in_is_not_taken(world: str, client_file: Path) -> None:
    def forged(address: str) -> str:
        return address.replace("state=", "state=not-")

    with pytest.raises(SignInNeeded, match="belongs to another sign-in"):
        sign_in(world, client_file, show=browser([], forged))


def test_an_account_is_known_by_another_spelling_of_its_address(world: str) -> None:
    with signed_in(world, ORGANISER.upper()) as account:
        assert account.user_id == "101"


def test_a_token_never_travels_to_another_world_or_with_another_client(world: str, client_file: Path) -> None:
    kept = sign_in(world, client_file)
    token = json.loads(kept.read_text())
    for other in ({"target": "http://127.0.0.1:9"}, {"client_id": "another"}):
        kept.write_text(json.dumps(token | other))
        with pytest.raises(SignInNeeded, match="another target or OAuth client"):
            as_person(world, client_file)


def test_a_token_that_cannot_be_kept_leaves_nothing_behind(client_file: Path) -> None:
    path = keyfiles.token_path(client_file, ORGANISER, GOOGLE)
    (path / "in the way").mkdir(parents=True)
    with pytest.raises(UsageError, match="cannot be written"):
        keyfiles.write_token(path, keyfiles.Token(ORGANISER, GOOGLE, CLIENT, "1//good", ()))
    assert {found.name for found in client_file.parent.iterdir()} == {client_file.name, path.name}


@pytest.mark.parametrize("rotated", [False, True])
def test_secrets_may_lie_where_nothing_can_be_written(
    client_file: Path, monkeypatch: pytest.MonkeyPatch, *, rotated: bool
) -> None:
    with server() as wire:
        path = keyfiles.token_path(client_file, ORGANISER, wire.url)
        keyfiles.write_token(path, keyfiles.Token(ORGANISER, wire.url, CLIENT, "1//good", tuple(needed())))
        answer = {"access_token": "ya29.fresh", "expires_in": 3600} | ({"refresh_token": "1//new"} if rotated else {})
        me = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        wire.script = [reply(200, answer), me]
        # Who runs the tests may well be allowed to write everywhere; a device that is full refuses everybody.
        monkeypatch.setattr(os, "fsync", no_space)
        if rotated:
            with pytest.raises(UsageError, match="No space left on device"):
                as_person(wire.url, client_file)
        else:
            as_person(wire.url, client_file).close()
    assert sorted(found.name for found in path.parent.iterdir()) == sorted([client_file.name, path.name])


def no_space(_file: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_the_tokens_of_google_and_of_a_sandbox_stand_apart(client_file: Path) -> None:
    ours = keyfiles.token_path(client_file, ORGANISER, GOOGLE)
    assert ours.name == f"token-{ORGANISER}.json"
    assert keyfiles.token_path(client_file, ORGANISER, "http://127.0.0.1:8000") != ours
    assert keyfiles.token_path(client_file, "../../a/b@c", GOOGLE).parent == client_file.parent


def test_what_is_no_token_of_ours_is_said_to_be_none(client_file: Path, world: str) -> None:
    path = keyfiles.token_path(client_file, ORGANISER, world)
    for text in ("", "{", "[]", "{}", '{"account": "a"}', json.dumps({"scopes": [], "stranger": 1})):
        path.write_text(text)
        with pytest.raises(SignInNeeded, match="no token of ours"):
            as_person(world, client_file)


def test_a_service_account_acts_for_a_person(
    world: str, robot_file: Path, control: Any, key_pair: tuple[str, str]
) -> None:
    delegate(control, key_pair, needed())
    with connect(world, ORGANISER, credentials=robot_file, scopes=needed(), policy=QUICK) as account:
        assert (account.user_id, account.project) == ("101", "better")
        assert account.classroom.create_topic(COURSE, "Seminar 1").name == "Seminar 1"
    assert {(call["user"], call["project"]) for call in control.calls()} == {(ORGANISER, "better")}


def test_a_service_account_without_delegation_says_what_an_administrator_does(
    world: str, robot_file: Path, control: Any, key_pair: tuple[str, str]
) -> None:
    delegate(control, key_pair, needed() - {f"{PREFIX}drive.file"})
    with pytest.raises(SignInNeeded, match="may not act for it") as caught:
        connect(world, ORGANISER, credentials=robot_file, scopes=needed(), policy=QUICK)
    assert "client id 100000000000000000001" in caught.value.advice
    assert all(scope in caught.value.advice for scope in needed())


@pytest.mark.parametrize("account", [PERSONAL, "keegi@tartu.example"])
def test_a_service_account_cannot_act_for_just_anybody(
    world: str, robot_file: Path, control: Any, key_pair: tuple[str, str], account: str
) -> None:
    delegate(control, key_pair, needed())
    with pytest.raises(SignInNeeded, match="no personal account"):
        connect(world, account, credentials=robot_file, scopes=needed(), policy=QUICK)


def test_no_secret_is_told_in_an_error(
    world: str, robot_file: Path, control: Any, key_pair: tuple[str, str], client_file: Path
) -> None:
    delegate(control, key_pair, frozenset())
    kept = sign_in(world, client_file)
    token = json.loads(kept.read_text())
    kept.write_text(json.dumps(token | {"refresh_token": "1//secret", "access_token": "", "expiry": ""}))
    for path in (robot_file, client_file):
        with pytest.raises(SignInNeeded) as caught:
            connect(world, ORGANISER, credentials=path, scopes=needed(), policy=QUICK)
        told = f"{caught.value!s}{caught.value!r}{caught.value.__cause__!s}"
        assert not any(secret in told for secret in ("PRIVATE KEY", "not-a-secret", "1//secret"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "there is no such file"),
        ("{", "cannot be read"),
        ("[]", "is not a credentials file"),
        ("{}", "is neither an OAuth client nor a service account"),
        ('{"web": {"client_id": "x"}}', "for a web application"),
        ('{"type": "authorized_user", "refresh_token": "x"}', "what gcloud keeps"),
        ('{"refresh_token": "x"}', "is a token"),
        ('{"type": "external_account"}', "of type external_account"),
        ('{"installed": {"client_id": "x"}}', "lacks client_secret"),
        ('{"installed": []}', "lacks client_id, client_secret"),
        ('{"type": "service_account", "client_email": 7}', "lacks client_email, private_key, project_id"),
        (
            '{"type": "service_account", "client_email": "a", "private_key": "b", "project_id": "c"}',
            "private key cannot be used",
        ),
    ],
)
def test_a_file_of_another_shape_is_told_by_its_shape(tmp_path: Path, text: str | None, words: str) -> None:
    path = tmp_path / "credentials.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(UsageError, match=words) as caught:
        connect(GOOGLE, ORGANISER, credentials=path, scopes=needed(), policy=QUICK)
    assert caught.value.where == str(path)
    assert "credentials.example/README.md" in caught.value.advice


def test_google_needs_credentials() -> None:
    with pytest.raises(SignInNeeded, match=r"--credentials FILE"):
        connect(GOOGLE, ORGANISER, credentials=None, scopes=needed(), policy=QUICK)


def test_the_example_credentials_have_the_right_shape() -> None:
    folder = Path(__file__).parent.parent / "credentials.example"
    client = keyfiles.read(folder / "oauth-client.json")
    robot = keyfiles.read(folder / "service-account.json")
    assert isinstance(client, keyfiles.Client)
    assert isinstance(robot, keyfiles.ServiceAccount)
    assert client.project == robot.project == "your-project"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    assert all(f"\n{scope}\n" in listed for scope in needed())
    assert listed.count(PREFIX) == len(needed())


def test_a_token_endpoint_out_of_order_is_tried_again(client_file: Path) -> None:
    with server() as wire:
        keyfiles.write_token(
            keyfiles.token_path(client_file, ORGANISER, wire.url),
            keyfiles.Token(ORGANISER, wire.url, CLIENT, "1//good", tuple(needed())),
        )
        fresh = reply(200, {"access_token": "ya29.fresh", "expires_in": 3600})
        wire.script = [hang_up, refuse(503), reply(400, {"error": "server_error"}), fresh]
        wire.otherwise = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        waits: list[float] = []
        as_person(wire.url, client_file, replace(QUICK, sleep=waits.append)).close()
    assert [request.path.split("?")[0] for request in wire.requests] == ["/token"] * 4 + ["/v1/userProfiles/me"]
    # google-auth would have waited by its own clock, and some seconds.
    assert len(waits) == 3


def test_a_create_that_waits_for_a_token_was_not_sent(client_file: Path) -> None:
    with server() as wire:
        keyfiles.write_token(
            keyfiles.token_path(client_file, ORGANISER, wire.url),
            keyfiles.Token(ORGANISER, wire.url, CLIENT, "1//good", tuple(needed())),
        )
        fresh = reply(200, {"access_token": "ya29.fresh", "expires_in": 3600})
        me = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        wire.script = [fresh, me, refuse(401), hang_up, fresh]
        wire.otherwise = reply(200, {"topicId": "1", "name": "Seminar 1"})
        with as_person(wire.url, client_file) as account:
            assert account.classroom.create_topic(COURSE, "Seminar 1").remote_id == "1"
    paths = [request.path.split("?")[0] for request in wire.requests]
    # Refused for its token, sent again once there was one: the first was not carried out.
    assert paths[2:] == [f"/v1/courses/{COURSE}/topics", "/token", "/token", f"/v1/courses/{COURSE}/topics"]


def test_a_token_request_that_points_elsewhere_is_not_followed(client_file: Path) -> None:
    with server() as elsewhere, server() as wire:
        keyfiles.write_token(
            keyfiles.token_path(client_file, ORGANISER, wire.url),
            keyfiles.Token(ORGANISER, wire.url, CLIENT, "1//good", tuple(needed())),
        )
        wire.otherwise = reply(307, location=f"{elsewhere.url}/token")
        with pytest.raises(SignInNeeded):
            as_person(wire.url, client_file)
    assert elsewhere.requests == []


def test_an_upload_that_drive_sends_elsewhere_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "1.pdf"
    path.write_bytes(b"")
    file = File("file:a/1.pdf", "1.pdf", "1.pdf", "application/pdf", "e3b0", 0)
    with server() as elsewhere, server() as wire:
        me = reply(200, {"id": "101", "emailAddress": ORGANISER}, date="Tue, 16 Jun 2020 09:00:00 GMT")
        token = reply(200, {"access_token": "ya29.fresh"})
        wire.script = [token, me, reply(200, location=f"{elsewhere.url}/upload?upload_id=1")]
        with signed_in(wire.url) as account, pytest.raises(RefusedByBrake, match="was stopped"):
            account.drive.create_file(file, path, mark="m", programme="p", remote_id="1a")
    assert elsewhere.connections == 0


def test_a_target_that_is_not_there_is_said_not_to_be_there() -> None:
    with server() as gone:
        pass
    with pytest.raises(TryLater, match="cannot be reached") as caught:
        signed_in(gone.url)
    assert not isinstance(caught.value, OutcomeUnknown)


def run(command: Any, *arguments: str) -> Any:
    return CliRunner().invoke(command, arguments, catch_exceptions=False)


def test_login_opens_a_browser_and_says_where_the_token_is_kept(world: str, client_file: Path, tmp_path: Path) -> None:
    browse = tmp_path / "browse.py"
    browse.write_text("import sys, urllib.request\nurllib.request.urlopen(sys.argv[1], timeout=5).read()\n")
    command = [sys.executable, "-c", "from better_classroom.cli.signin import login; login()"]
    found = subprocess.run(
        [*command, "--target", world, "--credentials", str(client_file), "--account", ORGANISER],
        env={"BROWSER": f"{sys.executable} {browse} %s &"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    kept = keyfiles.token_path(client_file, ORGANISER, world)
    assert kept.exists()
    assert str(kept) in found.stdout
    assert f"sign in as {ORGANISER}:\n{world}/o/oauth2/auth?" in found.stderr
    assert json.loads(kept.read_text())["refresh_token"] not in found.stdout + found.stderr


def test_login_and_logout_say_when_they_are_not_needed(
    world: str, robot_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in (login_command, logout_command):
        assert "no sign-in is needed" in run(command, "--target", world).output
        assert "by delegation" in run(command, "--target", world, "--credentials", str(robot_file)).output


def test_logout_gives_the_token_back(
    world: str, client_file: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    kept = sign_in(world, client_file)
    text = kept.read_text()
    arguments = ("--target", world, "--credentials", str(client_file), "--account", ORGANISER)
    assert "is signed out" in run(logout_command, *arguments).output
    assert not kept.exists()
    assert "was not signed in" in run(logout_command, *arguments).output
    kept.write_text(json.dumps(json.loads(text) | {"access_token": "", "expiry": ""}))
    with pytest.raises(SignInNeeded, match="taken back"):
        as_person(world, client_file)


def test_nobody_is_waited_for_forever(world: str, client_file: Path) -> None:
    with pytest.raises(SignInNeeded, match="nobody signed in"):
        sign_in(world, client_file, show=lambda _address: None, patience=0.05)


def test_connections_are_given_back(world: str) -> None:
    with closing(signed_in(world, policy=Policy(timeout=5))) as account:
        assert account.classroom.course(COURSE)
