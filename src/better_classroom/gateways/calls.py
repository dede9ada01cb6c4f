"""The one place where a request may be sent again; ``methods`` says which (docs/decisions/0005).

A read, and a write that leaves the same world when carried out twice, is repeated on any passing fault. A create is
repeated only where the reply, or the lack of a connection, proves that it was not carried out; a create whose reply
was lost is reported as OutcomeUnknown, and the next run looks for what became of it.
"""

from __future__ import annotations

import contextlib
import http.client
import logging
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import httplib2
import tenacity
from googleapiclient.errors import HttpError

from better_classroom.errors import BetterClassroomError, NotFound, OutcomeUnknown, RefusedByGoogle, TryLater
from better_classroom.gateways import refusals
from better_classroom.gateways.methods import METHODS, Repeat
from better_classroom.gateways.policy import Pace, Policy
from better_classroom.gateways.transport import NotSent

T = TypeVar("T")


# The client writes replies it cannot read, and so what participants wrote, into its log; refusals are told by us.
logging.getLogger("googleapiclient.http").setLevel(logging.ERROR)

LOST = (OSError, http.client.HTTPException, httplib2.HttpLib2Error)
"""What it looks like from here when a reply never came, or came in pieces."""


class _Passing(Exception):
    """A fault that may pass.

    ``proof``: it is certain that nothing was carried out. ``after``: seconds that Google asks us to wait.
    """

    def __init__(self, words: str, *, proof: bool, after: float = 0.0, advice: str = "") -> None:
        super().__init__(words)
        self.proof = proof
        self.after = after
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Calls:
    """Carries out the calls of one account; several threads may share it."""

    account: str
    policy: Policy
    project: str = ""
    """The Cloud project in whose name the account asks; empty where that is not known."""
    pace: Pace = field(init=False)
    repeating: Mapping[Repeat, tenacity.Retrying] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "pace", Pace(self.policy.quotas, self.policy.sleep))
        object.__setattr__(self, "repeating", {repeat: _repeating(repeat, self.policy) for repeat in Repeat})

    def run(
        self, request: Any, *, item: str, patience: frozenset[str] = frozenset(), repeat: Repeat | None = None
    ) -> dict[str, Any]:
        """Carry out one request of the Google client, and return its reply; a delete returns nothing of use.

        ``item`` names what it is about, for messages; ``patience`` holds reasons of refusals that pass by themselves;
        ``repeat`` says what the table cannot know: that this request is otherwise than its method's others.
        Raises RefusedByGoogle, SignInNeeded, TryLater, and OutcomeUnknown where a write may have been carried out.
        """
        method: str = request.methodId
        if METHODS[method] is Repeat.DELETE:
            return self._delete(request, item=item, patience=patience)
        return self.step(lambda: _reply(request), method, item=item, patience=patience, repeat=repeat)

    def pages(
        self,
        method: Callable[..., Any],
        key: str,
        *,
        item: str,
        patience: frozenset[str] = frozenset(),
        **parameters: Any,
    ) -> Iterator[dict[str, Any]]:
        """Every entry of a listing, page after page; an empty page may have a successor (google-apis.md A.11)."""
        token: str | None = None
        while True:
            page = self.run(method(**parameters, pageToken=token), item=item, patience=patience)
            yield from page.get(key, ())
            following = page.get("nextPageToken")
            if not following:
                return
            if following == token:
                raise TryLater("Google gave the same page of a list twice", where=self._where(item))
            token = following

    def step(
        self,
        send: Callable[[], T],
        method: str,
        *,
        item: str,
        patience: frozenset[str] = frozenset(),
        repeat: Repeat | None = None,
    ) -> T:
        """Carry out one step of a call to the method; ``send`` makes one attempt each time it is called.

        Raises as ``run`` does.
        """
        repeat = repeat or METHODS[method]
        lost = False

        def attempt() -> T:
            nonlocal lost
            self.pace.wait(_quota(method))
            try:
                return send()
            except (HttpError, NotSent, _Passing, *LOST) as error:
                fault = self._fault(error, method, item=item, patience=patience)
                lost |= isinstance(fault, _Passing) and not fault.proof
                raise fault from error

        try:
            return self.repeating[repeat](attempt)
        except _Passing as error:
            if lost and repeat is not Repeat.READ:
                raise self._unknown(str(error), item) from error
            raise TryLater(str(error), where=self._where(item), advice=error.advice) from error
        except RefusedByGoogle as error:
            # A refusal that follows a lost reply may come from what the lost attempt did.
            if lost and repeat in {Repeat.SAME, Repeat.OWN_ID}:
                raise self._unknown(error.message, item) from error
            raise

    def _delete(self, request: Any, *, item: str, patience: frozenset[str]) -> dict[str, Any]:
        with contextlib.suppress(NotFound):
            self.step(lambda: request.execute(num_retries=0), request.methodId, item=item, patience=patience)
        return {}

    def _fault(
        self, error: Exception, method: str, *, item: str, patience: frozenset[str]
    ) -> _Passing | BetterClassroomError:
        """What one failed attempt means."""
        if isinstance(error, _Passing):
            return error
        if isinstance(error, NotSent):
            return _Passing(f"Google cannot be reached: {error}", proof=True, advice=CONNECTION)
        if not isinstance(error, HttpError):
            return _Passing(f"the reply was lost ({type(error).__name__}: {error})", proof=False, advice=CONNECTION)
        refusal = refusals.read(error.status_code, error.content)
        if refusal.is_rate_limit or refusal.is_passing:
            return _pause(refusal, _retry_after(error.resp))
        told = refusals.explain(
            refusal, account=self.account, where=self._where(item), method=method, project=self.project
        )
        return _Passing(told.message, proof=True, advice=told.advice) if refusal.reason in patience else told

    def _unknown(self, words: str, item: str) -> OutcomeUnknown:
        return OutcomeUnknown(
            f"it may have been done, or not: {words}",
            where=self._where(item),
            advice="Run the same command again: it looks first, and does nothing twice.",
        )

    def _where(self, item: str) -> str:
        return f"{self.account}, {item}" if item else self.account


def _quota(method: str) -> str:
    """Which quota a call counts against; Sheets alone counts reads and writes apart (google-apis.md C)."""
    api = method.partition(".")[0]
    return f"{api}, writing" if api == "sheets" and METHODS[method] is not Repeat.READ else api


CONNECTION = "Check this machine's connection, and run the same command again."


def _repeating(repeat: Repeat, policy: Policy) -> tenacity.Retrying:
    def worth_it(error: BaseException) -> bool:
        return isinstance(error, _Passing) and (error.proof or repeat is not Repeat.CREATE)

    def too_late(state: tenacity.RetryCallState) -> bool:
        # idle_for counts the waits as they were asked for, so a sleep that does not sleep ends too.
        spent = max(state.seconds_since_start or 0.0, state.idle_for)
        return spent + state.upcoming_sleep > policy.deadline or state.attempt_number >= policy.attempts

    return tenacity.Retrying(
        retry=tenacity.retry_if_exception(worth_it),
        wait=lambda state: _wait(state, policy),
        stop=too_late,
        sleep=policy.sleep,
        reraise=True,
    )


def _reply(request: Any) -> dict[str, Any]:
    reply = request.execute(num_retries=0)
    if not isinstance(reply, dict):
        # The client hands over what is not JSON as it stands.
        raise _Passing("the reply came in pieces", proof=False, advice=CONNECTION)
    return reply


def _wait(state: tenacity.RetryCallState, policy: Policy) -> float:
    """Full jitter over a doubling span, and never less than Google asked for."""
    error = state.outcome.exception() if state.outcome else None
    span = min(policy.longest_wait, policy.first_wait * 2.0 ** (state.attempt_number - 1))
    after = error.after if isinstance(error, _Passing) else 0.0
    return max(after, random.uniform(0.0, span))  # noqa: S311 - spreads waits, guards nothing


def _retry_after(headers: Any) -> float:
    """Seconds that a reply's Retry-After asks for: a number, or an instant, which counts from the reply's own Date."""
    text = str(headers.get("retry-after", "")).strip()
    try:
        if not text or text.isdecimal():
            return float(text or 0)
        then, now = parsedate_to_datetime(text), parsedate_to_datetime(headers.get("date", ""))
        return max(0.0, (then - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0


def _pause(refusal: refusals.Refusal, after: float) -> _Passing:
    advice = f"Run the same command again in {after:.0f} seconds." if after else "Run the same command again later."
    if refusal.is_rate_limit:
        return _Passing(f"Google's quota is used up: {refusal.message}", proof=True, after=after, advice=advice)
    words = f"Google is out of order (HTTP status {refusal.status}): {refusal.message}"
    return _Passing(words, proof=False, after=after, advice=advice)
