"""What is sent again, how often, after how long; and what an organiser reads when that does not help."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from better_classroom.errors import (
    AlreadyExists,
    BetterClassroomError,
    NotFound,
    NotOurs,
    OutcomeUnknown,
    RefusedByGoogle,
    SignInNeeded,
    TryLater,
)
from better_classroom.gateways import documents, refusals, scopes
from better_classroom.gateways.calls import Calls
from better_classroom.gateways.methods import METHODS, Repeat
from better_classroom.gateways.policy import Pace, Policy
from better_classroom.gateways.reasons import NO_SCOPE, REASONS
from better_classroom.gateways.transport import GOOGLE
from gateways_wire import Act, Server, client, half, hang_up, refuse, reply, reset, server

ACCOUNT = "organiser@tartu.example"
QUOTA = "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute per user'"


@pytest.fixture
def wire() -> Iterator[Server]:
    with server() as found:
        yield found


@pytest.fixture
def classroom(wire: Server) -> Iterator[Any]:
    with client("classroom", "v1", wire.url) as found:
        yield found


class Waits(list[float]):
    """A sleep that only notes what was asked of it."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


@pytest.fixture
def waits() -> Waits:
    return Waits()


@pytest.fixture
def calls(waits: Waits) -> Calls:
    return Calls(ACCOUNT, Policy(deadline=60, sleep=waits))


def create(classroom: Any) -> Any:
    return classroom.courses().topics().create(courseId="7", body={"name": "Ettekanne"})


def read(classroom: Any) -> Any:
    return classroom.courses().topics().list(courseId="7")


def patch(classroom: Any) -> Any:
    return classroom.courses().topics().patch(courseId="7", id="1", updateMask="name", body={"name": "Ettekanne"})


def delete(classroom: Any) -> Any:
    return classroom.courses().topics().delete(courseId="7", id="1")


LOST = [hang_up, reset, half, reply(200, b'{"topicId": '), refuse(500), refuse(502), refuse(503), refuse(504)]
NOTHING_DONE = [
    refuse(429, QUOTA, grpc="RESOURCE_EXHAUSTED"),
    refuse(403, QUOTA, reason="rateLimitExceeded", grpc="PERMISSION_DENIED"),
    refuse(403, QUOTA, reason="userRateLimitExceeded"),
]


@pytest.mark.parametrize("fault", LOST)
def test_a_create_whose_reply_is_lost_is_never_sent_again(
    wire: Server, classroom: Any, calls: Calls, fault: Act
) -> None:
    wire.script = [fault]
    with pytest.raises(OutcomeUnknown, match="it may have been done"):
        calls.run(create(classroom), item="topic “Ettekanne”")
    assert len(wire.requests) == 1


@pytest.mark.parametrize("fault", NOTHING_DONE)
def test_a_create_is_sent_again_where_the_reply_proves_that_nothing_was_done(
    wire: Server, classroom: Any, calls: Calls, fault: Act
) -> None:
    wire.script = [fault, fault, reply(200, {"topicId": "1"})]
    assert calls.run(create(classroom), item="topic") == {"topicId": "1"}
    assert len(wire.requests) == 3


def test_a_create_that_waited_for_its_quota_and_was_then_lost_is_not_sent_again(
    wire: Server, classroom: Any, calls: Calls
) -> None:
    wire.script = [NOTHING_DONE[0], hang_up]
    with pytest.raises(OutcomeUnknown):
        calls.run(create(classroom), item="topic")
    assert len(wire.requests) == 2


@pytest.mark.parametrize("fault", [*LOST, *NOTHING_DONE, refuse(408)])
@pytest.mark.parametrize("request_of", [read, patch])
def test_what_does_no_harm_twice_is_sent_again(
    wire: Server, classroom: Any, calls: Calls, fault: Act, request_of: Any
) -> None:
    wire.script = [fault, fault, reply(200, {"topicId": "1"})]
    assert calls.run(request_of(classroom), item="topic") == {"topicId": "1"}
    assert len(wire.requests) == 3


@pytest.mark.parametrize("request_of", [read, patch, create, delete])
def test_a_refusal_is_not_argued_with(wire: Server, classroom: Any, calls: Calls, request_of: Any) -> None:
    wire.otherwise = refuse(400, "Precondition check failed.", grpc="FAILED_PRECONDITION")
    with pytest.raises(RefusedByGoogle):
        calls.run(request_of(classroom), item="topic")
    assert len(wire.requests) == 1


def test_a_delete_that_finds_the_thing_gone_is_done(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.script = [hang_up, refuse(404, "Requested entity was not found.")]
    calls.run(delete(classroom), item="topic")
    assert len(wire.requests) == 2


def test_a_write_refused_after_a_lost_reply_may_have_been_done(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.script = [hang_up, refuse(400, "Precondition check failed.")]
    with pytest.raises(OutcomeUnknown, match="Precondition check failed"):
        calls.run(patch(classroom), item="topic")


def test_a_read_refused_after_a_lost_reply_is_refused(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.script = [hang_up, refuse(404, "Requested entity was not found.")]
    with pytest.raises(NotFound):
        calls.run(read(classroom), item="topic")


def test_a_create_without_a_connection_was_not_done(calls: Calls, waits: Waits) -> None:
    with server() as gone:
        pass
    with client("classroom", "v1", gone.url) as classroom, pytest.raises(TryLater, match="cannot be reached") as caught:
        calls.run(create(classroom), item="topic “Ettekanne”")
    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(waits) > 1


def test_a_lasting_fault_ends_at_the_deadline(wire: Server, classroom: Any, calls: Calls, waits: Waits) -> None:
    wire.otherwise = refuse(503, "The service is currently unavailable.")
    with pytest.raises(TryLater, match="The service is currently unavailable"):
        calls.run(read(classroom), item="topics")
    assert sum(waits) <= 60
    assert len(wire.requests) == len(waits) + 1


def test_a_lasting_fault_ends_even_where_nobody_waits(wire: Server, classroom: Any) -> None:
    wire.otherwise = refuse(503)
    with pytest.raises(TryLater):
        Calls(ACCOUNT, Policy(first_wait=0, attempts=5)).run(read(classroom), item="topics")
    assert len(wire.requests) == 5


def test_waits_are_spread_over_a_doubling_span(wire: Server, classroom: Any, waits: Waits) -> None:
    wire.otherwise = refuse(503)
    calls = Calls(ACCOUNT, Policy(deadline=10_000, first_wait=2, longest_wait=16, attempts=8, sleep=waits))
    with pytest.raises(TryLater):
        calls.run(read(classroom), item="topics")
    assert all(wait <= span for wait, span in zip(waits, [2, 4, 8, 16, 16, 16, 16], strict=True))
    assert len(set(waits)) == 7


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [("7", 7), ("Tue, 16 Jun 2020 09:00:40 GMT", 40), ("Tue, 16 Jun 2020 08:00:00 GMT", 0), ("soon", 0), ("-3", 0)],
)
def test_google_is_given_the_time_it_asks_for(
    wire: Server, classroom: Any, waits: Waits, retry_after: str, seconds: float
) -> None:
    wire.script = [refuse(429, QUOTA, retry_after=retry_after, date="Tue, 16 Jun 2020 09:00:00 GMT")]
    Calls(ACCOUNT, Policy(deadline=60, first_wait=0, sleep=waits)).run(create(classroom), item="topic")
    assert waits == [seconds]


def test_google_is_not_waited_for_beyond_the_deadline(wire: Server, classroom: Any, calls: Calls, waits: Waits) -> None:
    wire.otherwise = refuse(429, QUOTA, retry_after="3600")
    with pytest.raises(TryLater, match="again in 3600 seconds"):
        calls.run(create(classroom), item="topic")
    assert waits == []
    assert len(wire.requests) == 1


@pytest.mark.parametrize(
    "fault",
    [
        refuse(403, "Limit Exceeded", reason="dailyLimitExceeded"),
        refuse(403, "Limit Exceeded", reason="sharingRateLimitExceeded"),
        refuse(429, "@UserCourseJoinRateLimitReached The user joined too many courses."),
    ],
)
def test_a_limit_that_lasts_for_hours_is_not_waited_for(wire: Server, classroom: Any, calls: Calls, fault: Act) -> None:
    wire.otherwise = fault
    with pytest.raises(TryLater, match="quota is used up"):
        calls.run(create(classroom), item="topic")
    assert len(wire.requests) == 1


def test_an_unknown_method_of_the_sandbox_is_no_passing_fault(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.otherwise = refuse(501, "The sandbox does not know this method.")
    with pytest.raises(RefusedByGoogle):
        calls.run(read(classroom), item="topics")
    assert len(wire.requests) == 1


def test_a_course_just_made_may_be_unknown_for_a_moment(wire: Server, classroom: Any, calls: Calls) -> None:
    unknown = refuse(404, "@CourseNotFound The course was not found.", grpc="NOT_FOUND")
    wire.script = [unknown, unknown, reply(200, {"topicId": "1"})]
    assert calls.run(create(classroom), item="topic", patience=frozenset({"CourseNotFound"})) == {"topicId": "1"}
    wire.script = [unknown]
    with pytest.raises(NotFound):
        calls.run(create(classroom), item="topic")


def test_a_listing_goes_on_after_an_empty_page(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.script = [
        reply(200, {"topic": [{"topicId": "1"}], "nextPageToken": "b"}),
        reply(200, {"nextPageToken": "c"}),
        reply(200, {"topic": [{"topicId": "2"}]}),
    ]
    found = list(calls.pages(classroom.courses().topics().list, "topic", item="topics", courseId="7", pageSize=1))
    assert [entry["topicId"] for entry in found] == ["1", "2"]
    assert [re.findall(r"pageToken=(\w)", request.path) for request in wire.requests] == [[], ["b"], ["c"]]


def test_an_empty_listing_is_empty(classroom: Any, calls: Calls) -> None:
    assert list(calls.pages(classroom.courses().topics().list, "topic", item="topics", courseId="7")) == []


def test_a_listing_that_never_ends_is_ended(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.otherwise = reply(200, {"topic": [{"topicId": "1"}], "nextPageToken": "b"})
    with pytest.raises(TryLater, match="same page"):
        list(calls.pages(classroom.courses().topics().list, "topic", item="topics", courseId="7"))


def test_a_quota_is_kept_by_waiting_before_it_is_used_up(waits: Waits) -> None:
    pace = Pace({"classroom": 10}, waits)
    for _ in range(25):
        pace.wait("classroom")
    assert len(waits) == 15
    assert all(59 < wait <= 60 for wait in waits[:10])
    assert all(119 < wait <= 120 for wait in waits[10:])


def test_every_attempt_at_a_call_counts_towards_the_quota(wire: Server, classroom: Any, waits: Waits) -> None:
    wire.script = [refuse(503)]
    calls = Calls(ACCOUNT, Policy(first_wait=0, quotas={"classroom": 2}, sleep=waits))
    for _ in range(3):
        calls.run(read(classroom), item="topics")
    assert [wait > 0 for wait in waits] == [False, True, True]


def test_what_an_organiser_reads_names_the_account_the_item_and_what_to_do(
    wire: Server, classroom: Any, calls: Calls
) -> None:
    wire.otherwise = refuse(
        403, "@CourseStateDenied The user may not make the course active.", grpc="PERMISSION_DENIED"
    )
    with pytest.raises(RefusedByGoogle) as caught:
        calls.run(create(classroom), item="course “BETTER”")
    assert str(caught.value) == (
        "organiser@tartu.example, course “BETTER”: Google refused: organiser@tartu.example may not make a course active "
        "through an app; no personal account may (CourseStateDenied: The user may not make the course active.)\n"
        "  Create it in Classroom by hand, and write its id into the programme in place of the alias."
    )
    assert (caught.value.reason, caught.value.status) == ("CourseStateDenied", 403)


@pytest.mark.parametrize(
    ("status", "message", "reason", "kind"),
    [
        (
            403,
            "@ProjectPermissionDenied The Developer Console project is not permitted to make this request.",
            "",
            NotOurs,
        ),
        (404, "Requested entity was not found.", "", NotFound),
        (409, "Requested entity already exists", "", AlreadyExists),
        (401, "Request had invalid authentication credentials.", "", SignInNeeded),
        (403, "Request had insufficient authentication scopes.", "", SignInNeeded),
        (403, "The caller does not have permission", "forbidden", RefusedByGoogle),
    ],
)
def test_each_sort_of_refusal_has_its_class(
    status: int, message: str, reason: str, kind: type[BetterClassroomError]
) -> None:
    with server() as wire, client("classroom", "v1", wire.url) as classroom:
        wire.otherwise = refuse(status, message, reason=reason)
        with pytest.raises(kind) as caught:
            Calls(ACCOUNT, Policy()).run(create(classroom), item="topic")
    assert type(caught.value) is kind
    assert caught.value.where == "organiser@tartu.example, topic"


def test_a_missing_scope_is_named_with_what_to_do(wire: Server, classroom: Any, calls: Calls) -> None:
    wire.otherwise = refuse(403, "Request had insufficient authentication scopes.")
    with pytest.raises(SignInNeeded) as caught:
        calls.run(classroom.courses().students().list(courseId="7"), item="participants")
    assert "classroom.rosters.readonly" in caught.value.advice
    assert "better-classroom login --account organiser@tartu.example" in caught.value.advice


# That none is missing is held in test_refusals.py; of a missing scope the test above tells.
@pytest.mark.parametrize("reason", sorted(REASONS.keys() - {NO_SCOPE}))
def test_for_each_reason_there_is_something_to_do(reason: str) -> None:
    refusal = refusals.Refusal(403, reason, "Words of Google's.")
    told = refusals.explain(refusal, account=ACCOUNT, where="tartu", method="drive.files.create", project="better")
    known = REASONS[reason]
    assert known.meaning.format(account=ACCOUNT, project="better") in told.message
    assert f"({reason}: Words of Google's.)" in told.message
    assert told.advice == known.advice.format(account=ACCOUNT)
    assert "{" not in str(told)


@pytest.mark.parametrize(
    ("body", "reason", "message"),
    [
        (b'{"error": {"code": 403, "message": "@ClassroomApiDisabled The user\\n is  not."}}', "ClassroomApiDisabled", "The user is not."),
        (b'{"error": {"message": "@Alone"}}', "Alone", ""),
        (b'{"error": {"message": "No", "errors": [{"reason": "storageQuotaExceeded"}]}}', "storageQuotaExceeded", "No"),
        (b'{"error": {"message": "No", "errors": [{"reason": "forbidden"}]}}', "", "No"),
        (b'{"error": {"message": "No", "details": [{"@type": "x"}, {"reason": "SERVICE_DISABLED"}]}}', "SERVICE_DISABLED", "No"),
        (b'[{"error": {"message": "No"}}]', "", "No"),
        (b'{"error": "invalid_grant", "error_description": "Bad Request"}', "", "Bad Request"),
        (b"<html>Bad gateway</html>", "", ""),
        (b"\xff\xfe", "", ""),
        (b'{"error": null}', "", ""),
        (b"[]", "", ""),
        (b"7", "", ""),
    ],
)  # fmt: skip
def test_every_shape_of_an_error_is_read(body: bytes, reason: str, message: str) -> None:
    found = refusals.read(403, body)
    assert (found.reason, found.message) == (reason, message)


def discovered() -> dict[str, Any]:
    """Every method of the two APIs, by its id."""

    def walk(found: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for method in found.get("methods", {}).values():
            yield method["id"], method
        for resource in found.get("resources", {}).values():
            yield from walk(resource)

    apis = (("classroom", "v1"), ("drive", "v3"), ("sheets", "v4"))
    return {
        name: method for api, version in apis for name, method in walk(documents.document(api, version, target=GOOGLE))
    }


@pytest.mark.parametrize("method", METHODS)
def test_each_method_of_the_table_exists_and_is_repeated_as_its_verb_allows(method: str) -> None:
    verb = discovered()[method]["httpMethod"]
    allowed = {
        "GET": {Repeat.READ},
        "PATCH": {Repeat.SAME},
        "DELETE": {Repeat.DELETE},
        "POST": {Repeat.CREATE, Repeat.OWN_ID} | ({Repeat.SAME} if method == "drive.permissions.create" else set()),
    }
    assert METHODS[method] in allowed[verb]


@pytest.mark.parametrize("method", METHODS)
def test_the_scopes_asked_for_open_each_method_of_the_table(method: str) -> None:
    opening = set(discovered()[method]["scopes"])
    for asked in (scopes.needed(*scopes.Need), scopes.needed(scopes.need_of(method))):
        assert opening & asked


def test_no_scope_is_asked_for_in_vain() -> None:
    found = discovered()
    # google-apis.md F.1: addresses need the scope for addresses, and a roster scope to list people at all; the
    # discovery document has each of the two open the same methods.
    people = {f"{scopes.PREFIX}classroom.rosters.readonly", f"{scopes.PREFIX}classroom.profile.emails"}
    for scope in scopes.needed() - people:
        assert any(not set(found[method]["scopes"]) & (scopes.needed() - {scope}) for method in METHODS), scope


def test_a_wider_scope_serves_for_a_narrower_one() -> None:
    wanted = {f"{scopes.PREFIX}classroom.rosters.readonly", f"{scopes.PREFIX}drive.file"}
    assert scopes.missing(wanted, [f"{scopes.PREFIX}classroom.rosters", f"{scopes.PREFIX}drive"]) == ()
    assert scopes.missing(wanted, [f"{scopes.PREFIX}drive"]) == (f"{scopes.PREFIX}classroom.rosters.readonly",)
