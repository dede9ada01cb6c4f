"""The only code that talks to Google (or to a sandbox that stands in for it). Google's dictionaries stay in here.

>>> account = connect(target, "organiser@tartu.example", credentials=None, scopes=needed(), policy=Policy())
>>> account.classroom.course("p:better-2020-tartu")
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from better_classroom.errors import RefusedByGoogle, SignInNeeded, TryLater
from better_classroom.gateways import auth, documents
from better_classroom.gateways.auth import SignIn, login_command
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.classroom import Classroom
from better_classroom.gateways.comments import Comments
from better_classroom.gateways.drive import Drive
from better_classroom.gateways.policy import Policy
from better_classroom.gateways.rosters import Rosters
from better_classroom.gateways.scopes import Need, needed
from better_classroom.gateways.sheets import Sheets
from better_classroom.gateways.signing import Signed
from better_classroom.gateways.uploads import Resuming

__all__ = [
    "Account",
    "Classroom",
    "Comments",
    "Drive",
    "Need",
    "Policy",
    "Resuming",
    "Rosters",
    "Sheets",
    "SignIn",
    "connect",
    "connect_as",
    "needed",
]


PERSONAL_DOMAINS = frozenset({"gmail.com", "googlemail.com"})


@dataclass(frozen=True, slots=True)
class Account:
    """A signed-in account. Several threads may share it; ``close`` (or ``with``) gives its connections back."""

    email: str
    user_id: str
    """Google's number for the person, which lasts when the address changes."""
    project: str
    """The Cloud project in whose name everything is done."""
    personal: bool
    """Whether it is a personal account, whose limits are lower."""
    classroom: Classroom
    drive: Drive
    rosters: Rosters
    sheets: Sheets
    comments: Comments
    _now: datetime = field(repr=False)
    _http: Signed = field(repr=False)

    def now(self) -> datetime:
        """The instant of this run, in UTC, by the target's clock at the moment of connecting."""
        return self._now

    def close(self) -> None:
        """Close the connections of all threads; none may be in use."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


def connect(target: str, account: str, *, credentials: Path | None, scopes: frozenset[str], policy: Policy) -> Account:
    """Sign in to the target (``google``, or a sandbox's address) as the account, with one call.

    ``credentials`` names an OAuth client's or a service account's file; a sandbox needs none. Raises SignInNeeded
    where the account has no usable sign-in or is not the one that signed in, UsageError for a file of no use,
    TryLater where the target cannot be reached.
    """
    sign_in = auth.find(target, account, credentials=credentials, scopes=scopes)
    return connect_as(sign_in, target, account, policy=policy)


def connect_as(sign_in: SignIn, target: str, account: str, *, policy: Policy) -> Account:
    """Connect with a sign-in that was found or made already."""
    http = auth.signed(sign_in, target, timeout=policy.timeout)
    try:
        calls = Calls(account, policy, sign_in.project)
        classroom = documents.service("classroom", "v1", target=target, http=http)
        me, now = _identify(classroom.userProfiles(), calls, account)
        drive = documents.service("drive", "v3", target=target, http=http)
        return Account(
            account,
            me["id"],
            sign_in.project,
            _is_personal(account, me),
            Classroom(classroom, calls),
            Drive(drive, calls),
            Rosters(classroom, calls),
            Sheets(lambda: documents.service("sheets", "v4", target=target, http=http), calls),
            Comments(drive, calls),
            now,
            http,
        )
    except BaseException:
        http.close()
        raise


def _identify(profiles: Any, calls: Calls, account: str) -> tuple[dict[str, Any], datetime]:
    """Google's profile of who is signed in, and the target's time. Raises SignInNeeded for somebody else."""
    dates: list[str] = []
    request = profiles.get(userId="me", fields="id,emailAddress")
    request.add_response_callback(lambda reply: dates.append(reply.get("date", "")))
    me = calls.run(request, item="who is signed in")
    address = me.get("emailAddress", "")
    if address.lower() != account.lower() and _id_of(profiles, calls, account) != me["id"]:
        raise SignInNeeded(
            f"somebody else is signed in: {address or 'Google does not say who'}",
            where=account,
            advice=f"Sign in as {account}: {login_command(account)}",
        )
    return me, _instant(dates[-1], calls.account)


def _is_personal(account: str, me: dict[str, Any]) -> bool:
    """A personal account shows no address, not even its own (google-apis.md A.1); most are known by their domain."""
    return not me.get("emailAddress") or account.lower().rpartition("@")[2] in PERSONAL_DOMAINS


def _id_of(profiles: Any, calls: Calls, account: str) -> str:
    """The account's number, by its address: another spelling or an alias leads to the same one."""
    try:
        return str(calls.run(profiles.get(userId=account, fields="id"), item="who is signed in")["id"])
    except RefusedByGoogle:
        return ""


def _instant(date: str, account: str) -> datetime:
    try:
        return parsedate_to_datetime(date).astimezone(UTC)
    except (TypeError, ValueError) as error:
        raise TryLater("the reply does not say what time it is", where=account) from error
