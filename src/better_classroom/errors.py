"""What can go wrong, told so that an organiser can act on it.

BetterClassroomError
├── UsageError            2   the command line or the settings make no sense
├── ProgrammeInvalid      3   the programme has mistakes; carries all of them
├── SignInNeeded          4   no usable sign-in for an account
├── RefusedByGoogle       5   Google said no; carries its reason
│   ├── NotFound              the thing does not exist, or this account may not see it
│   ├── AlreadyExists         a thing of that name or id is there already
│   └── NotOurs               another Cloud project made it
├── RefusedByBrake        6   we said no, to protect what participants have
├── PartlyApplied         7   some of the plan was carried out
├── LockHeld              8   another run works on this programme
└── TryLater              9   Google cannot be reached, or a quota is used up
    ├── OutcomeUnknown        a write was sent and its reply was lost
    └── MailNotSent           the mail server cannot be reached, or refused a mail

Each class owns its exit code (docs/cli.md). Exit code 1 and a traceback mean a bug of ours.
"""

from __future__ import annotations

from dataclasses import dataclass


class BetterClassroomError(Exception):
    """Something a person can act on: what happened, where, and what to do next."""

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.advice = advice

    def __str__(self) -> str:
        text = f"{self.where}: {self.message}" if self.where else self.message
        return f"{text}\n  {self.advice}" if self.advice else text


class UsageError(BetterClassroomError):
    """The command line or the settings make no sense."""

    exit_code = 2


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """One mistake in a file: where it stands (line and column count from 1), what it is, what to write instead."""

    file: str
    line: int
    column: int
    message: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.file}:{self.line}:{self.column}: {self.message}"
        return f"{text}\n    {self.remedy}" if self.remedy else text


class ProgrammeInvalid(BetterClassroomError):
    """The programme, or a file it names, has mistakes; ``complaints`` holds every one of them, in file order."""

    exit_code = 3

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(str(complaint) for complaint in complaints))
        self.complaints = complaints


class SignInNeeded(BetterClassroomError):
    """No usable sign-in for an account."""

    exit_code = 4


class RefusedByGoogle(BetterClassroomError):
    """Google refused a call. ``reason`` is Google's short name for why, without the ``@``; empty when it gave none."""

    exit_code = 5

    def __init__(self, message: str, *, where: str = "", advice: str = "", reason: str = "", status: int = 0) -> None:
        super().__init__(message, where=where, advice=advice)
        self.reason = reason
        self.status = status


class NotFound(RefusedByGoogle):
    """The thing does not exist, or this account may not see it: Google does not tell the two apart."""


class AlreadyExists(RefusedByGoogle):
    """A thing of that name, alias or id is there already."""


class NotOurs(RefusedByGoogle):
    """Another Cloud project made the item, so ours may not change it (``@ProjectPermissionDenied``)."""


class RefusedByBrake(BetterClassroomError):
    """We refused, to protect what participants have; the advice names the flag that permits it."""

    exit_code = 6


class PartlyApplied(BetterClassroomError):
    """Some of the plan was carried out; the message lists what was not, and why."""

    exit_code = 7


class LockHeld(BetterClassroomError):
    """Another run works on this programme; the message names its holder."""

    exit_code = 8


class TryLater(BetterClassroomError):
    """Google cannot be reached, or a quota is used up: nothing is wrong with the programme."""

    exit_code = 9


OUT_OF_REACH = (RefusedByGoogle, SignInNeeded, TryLater)
"""What keeps one course or one Drive from being read; all the others can be, and that one is named."""


class OutcomeUnknown(TryLater):
    """A write was sent and its reply was lost: it may have happened. The next run finds out."""


class MailNotSent(TryLater):
    """The mail server cannot be reached, or refused a mail. The next run tries again."""
