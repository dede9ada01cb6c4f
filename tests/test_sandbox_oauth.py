"""Signing in: refresh tokens, consent with PKCE, signed assertions of service accounts (google-apis.md F.2)."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from talking import SCOPE, Answer, Control, Wire

ORGANISER = "korraldaja@tartu.example"
COURSES = f"{SCOPE}classroom.courses"
TOPICS = f"{SCOPE}classroom.topics"
ROBOT = "robot@better.example"
CLIENT = {"id": "better.apps.example", "secret": "not-a-secret", "project": "better"}
BACK = "http://localhost:8080/"


@pytest.fixture
def wire(sandbox_url: str) -> Iterator[Wire]:
    with Wire(sandbox_url) as wire:
        yield wire


@pytest.fixture(autouse=True)
def _known(control: Control) -> None:
    control.seed(users=[{"email": ORGANISER}, {"email": "resztvevo.ot@personal.example", "consumer": True}])
    control.seed(clients=[CLIENT])


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def robot(control: Control, key: rsa.RSAPrivateKey) -> None:
    pem = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    control.seed(
        serviceAccounts=[{"email": ROBOT, "project": "better", "publicKey": pem.decode(), "delegated": [COURSES]}]
    )


def form(wire: Wire, path: str, **fields: str) -> Answer:
    return wire.ask("POST", path, urlencode(fields), content_type="application/x-www-form-urlencoded")


def as_client(**fields: str) -> dict[str, str]:
    return {"client_id": CLIENT["id"], "client_secret": CLIENT["secret"], **fields}


def works(wire: Wire, token: str) -> bool:
    return wire.ask("GET", "/v1/courses", authorization=f"Bearer {token}").status == 200


# --- refresh tokens


def test_a_refresh_token_gives_an_access_token_for_an_hour(wire: Wire, control: Control) -> None:
    made = control.post("tokens", {"user": ORGANISER, "scopes": [COURSES, TOPICS], "project": "better"})
    answer = form(wire, "/token", **as_client(grant_type="refresh_token", refresh_token=made["refresh_token"]))
    assert answer.status == 200
    assert answer.json["expires_in"] == pytest.approx(3600, abs=10)
    assert answer.json["scope"].split() == [COURSES, TOPICS]
    assert answer.json["token_type"] == "Bearer"
    assert works(wire, answer.json["access_token"])
    assert control.calls("classroom.courses.list")[0]["project"] == "better"


def test_a_refresh_may_ask_for_fewer_scopes_and_not_for_more(wire: Wire, control: Control) -> None:
    refresh = control.post("tokens", {"user": ORGANISER, "scopes": [COURSES, TOPICS]})["refresh_token"]
    grant = as_client(grant_type="refresh_token", refresh_token=refresh)
    assert form(wire, "/token", **grant, scope=TOPICS).json["scope"] == TOPICS
    assert form(wire, "/token", **grant, scope=f"{SCOPE}drive").json["error"] == "invalid_scope"


def test_googles_own_credentials_refresh_themselves(sandbox_url: str, wire: Wire, control: Control) -> None:
    import google.auth.transport._http_client as transport
    import google.oauth2.credentials

    refresh = control.post("tokens", {"user": ORGANISER, "scopes": [COURSES]})["refresh_token"]
    credentials = google.oauth2.credentials.Credentials(  # type: ignore[no-untyped-call]
        None,
        refresh_token=refresh,
        token_uri=f"{sandbox_url}/token",
        client_id=CLIENT["id"],
        client_secret=CLIENT["secret"],
        scopes=[COURSES],
    )
    credentials.refresh(transport.Request())  # type: ignore[no-untyped-call]
    assert works(wire, str(credentials.token))


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": "refresh_token"}, 400, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "1//dead"}, 400, "invalid_grant"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_secret": "wrong"}, 401, "invalid_client"),
        ({"grant_type": "refresh_token", "refresh_token": "x", "client_id": "unknown"}, 401, "invalid_client"),
        ({"grant_type": "authorization_code", "code": "4/none"}, 400, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer"}, 400, "invalid_request"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "a.b.c"}, 400, "invalid_grant"),
        ({"grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer", "assertion": "ä"}, 400, "invalid_grant"),
    ],
)
def test_the_token_endpoint_refuses_in_oauths_own_shape(
    wire: Wire, fields: dict[str, str], status: int, error: str
) -> None:
    answer = form(wire, "/token", **as_client(**fields))
    assert (answer.status, answer.json["error"]) == (status, error)
    assert answer.json["error_description"]


def test_the_client_may_give_its_secret_in_the_header(wire: Wire, control: Control) -> None:
    refresh = control.post("tokens", {"user": ORGANISER, "scopes": [COURSES]})["refresh_token"]
    fields = urlencode({"grant_type": "refresh_token", "refresh_token": refresh})
    for secret, status in ((CLIENT["secret"], 200), ("wrong", 401)):
        basic = base64.b64encode(f"{CLIENT['id']}:{secret}".encode()).decode()
        answer = wire.ask(
            "POST",
            "/token",
            fields,
            authorization=f"Basic {basic}",
            content_type="application/x-www-form-urlencoded",
        )
        assert answer.status == status


def test_a_revoked_token_is_worth_nothing_and_neither_are_its_children(wire: Wire, control: Control) -> None:
    made = control.post("tokens", {"user": ORGANISER, "scopes": [COURSES]})
    assert works(wire, made["access_token"])
    assert form(wire, "/revoke", token=made["access_token"]).status == 200
    assert not works(wire, made["access_token"])
    answer = form(wire, "/token", **as_client(grant_type="refresh_token", refresh_token=made["refresh_token"]))
    assert answer.json["error"] == "invalid_grant"
    assert form(wire, "/revoke", token=made["access_token"]).json["error"] == "invalid_token"


# --- consent


def consent(wire: Wire, **changed: str) -> Answer:
    query = {
        "client_id": CLIENT["id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": f"{COURSES} {TOPICS}",
        "state": "s t&te",
        "login_hint": ORGANISER,
        **changed,
    }
    return wire.ask("GET", f"/o/oauth2/auth?{urlencode(query)}")


def sent_back(answer: Answer) -> dict[str, str]:
    assert answer.status == 302
    assert answer.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def challenge(verifier: str) -> dict[str, str]:
    digest = hashlib.sha256(verifier.encode()).digest()
    return {
        "code_challenge": base64.urlsafe_b64encode(digest).decode().rstrip("="),
        "code_challenge_method": "S256",
    }


def test_consent_gives_a_code_and_the_code_gives_tokens(wire: Wire) -> None:
    back = sent_back(consent(wire, **challenge("v" * 43)))
    assert back["state"] == "s t&te"
    assert back["scope"].split() == [COURSES, TOPICS]
    grant = as_client(grant_type="authorization_code", code=back["code"], redirect_uri=BACK, code_verifier="v" * 43)
    tokens = form(wire, "/token", **grant).json
    assert works(wire, tokens["access_token"])
    again = as_client(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert form(wire, "/token", **again).status == 200
    assert form(wire, "/token", **grant).json["error"] == "invalid_grant"  # a code is good for once


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:8081/"}, "redirect_uri_mismatch"),
    ],
)
def test_a_code_is_for_who_asked_for_it(wire: Wire, changed: dict[str, str], error: str) -> None:
    code = sent_back(consent(wire, **challenge("v" * 43)))["code"]
    grant = as_client(grant_type="authorization_code", code=code, redirect_uri=BACK, code_verifier="v" * 43)
    assert form(wire, "/token", **(grant | changed)).json["error"] == error


def test_nobody_consents_for_who_is_not_known(wire: Wire) -> None:
    assert sent_back(consent(wire, login_hint="keegi@tartu.example"))["error"] == "access_denied"


@pytest.mark.parametrize(
    "changed",
    [
        {"redirect_uri": "https://better.example/"},
        {"redirect_uri": "http://better.example/"},
        {"redirect_uri": "http://localhost:80\r\nX: y"},
        {"redirect_uri": ""},
        {"response_type": "token"},
        {"client_id": "unknown"},
        {"scope": ""},
        {"code_challenge": "x", "code_challenge_method": "plain"},
    ],
)
def test_a_senseless_request_for_consent_sends_nobody_anywhere(wire: Wire, changed: dict[str, str]) -> None:
    answer = consent(wire, **changed)
    assert answer.status in {400, 401}
    assert "location" not in answer.headers


# --- service accounts


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def assertion(key: rsa.RSAPrivateKey, header: dict[str, Any] | None = None, **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": ROBOT,
        "sub": ORGANISER,
        "aud": "https://oauth2.googleapis.com/token",
        "iat": now,
        "exp": now + 3600,
        "scope": COURSES,
        **changed,
    }
    signed = f"{part(header or {'alg': 'RS256', 'typ': 'JWT'})}.{part(claims)}"
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def present(wire: Wire, signed: str) -> Answer:
    return form(wire, "/token", grant_type="urn:ietf:params:oauth:grant-type:jwt-bearer", assertion=signed)


@pytest.mark.usefixtures("robot")
def test_a_delegated_service_account_acts_for_a_person(wire: Wire, control: Control, key: rsa.RSAPrivateKey) -> None:
    answer = present(wire, assertion(key))
    assert works(wire, answer.json["access_token"])
    call = control.calls("classroom.courses.list")[0]
    assert (call["user"], call["project"]) == (ORGANISER, "better")


@pytest.mark.usefixtures("robot")
def test_googles_own_service_account_credentials_are_taken(
    sandbox_url: str, wire: Wire, key: rsa.RSAPrivateKey
) -> None:
    import google.auth.transport._http_client as transport
    from google.oauth2 import service_account

    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    info = {"client_email": ROBOT, "token_uri": f"{sandbox_url}/token", "private_key": pem.decode()}
    credentials = service_account.Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
        info, scopes=[COURSES], subject=ORGANISER
    )
    credentials.refresh(transport.Request())
    assert works(wire, str(credentials.token))


@pytest.mark.usefixtures("robot")
def test_without_a_subject_it_is_a_user_of_its_own(wire: Wire, control: Control, key: rsa.RSAPrivateKey) -> None:
    assert works(wire, present(wire, assertion(key, sub=ROBOT)).json["access_token"])
    assert control.calls("classroom.courses.list")[0]["user"] == ROBOT


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"iss": "nobody@better.example"}, "invalid_grant"),
        ({"iss": ["robot"]}, "invalid_grant"),
        ({"sub": "keegi@tartu.example"}, "invalid_grant"),
        ({"sub": 5}, "invalid_grant"),
        ({"sub": "resztvevo.ot@personal.example"}, "unauthorized_client"),
        ({"aud": "https://better.example/token"}, "invalid_grant"),
        ({"aud": ["https://oauth2.googleapis.com/token"]}, "invalid_grant"),
        ({"scope": f"{COURSES} {TOPICS}"}, "unauthorized_client"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": [COURSES]}, "invalid_scope"),
        ({"iat": 0, "exp": 3600}, "invalid_grant"),
        ({"iat": "now"}, "invalid_grant"),
        ({"exp": None}, "invalid_grant"),
        ({"exp": float("nan")}, "invalid_grant"),
        ({"exp": int(time.time()) + 90_000}, "invalid_grant"),
        ({"iat": int(time.time()) + 3000, "exp": int(time.time()) + 4000}, "invalid_grant"),
    ],
)
@pytest.mark.usefixtures("robot")
def test_an_assertion_that_claims_too_much_is_refused(
    wire: Wire, key: rsa.RSAPrivateKey, changed: dict[str, Any], error: str
) -> None:
    answer = present(wire, assertion(key, **changed))
    assert answer.json["error"] == error
    assert answer.status in {400, 401}


@pytest.mark.usefixtures("robot")
def test_an_assertion_that_someone_else_signed_is_refused(wire: Wire, key: rsa.RSAPrivateKey) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    assert present(wire, assertion(other)).json["error_description"] == "Invalid JWT Signature."
    head, body, _ = assertion(key).split(".")
    assert present(wire, f"{head}.{body}.").json["error"] == "invalid_grant"


@pytest.mark.parametrize("algorithm", ["none", "HS256", "RS512", None])
@pytest.mark.usefixtures("robot")
def test_only_rs256_counts(wire: Wire, key: rsa.RSAPrivateKey, algorithm: str | None) -> None:
    assert present(wire, assertion(key, {"alg": algorithm})).json["error"] == "invalid_grant"
