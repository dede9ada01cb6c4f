"""A school for random calls: how its people call, what we know of its world, and the rules that hold after every call."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import urlencode

from hypothesis.stateful import RuleBasedStateMachine, invariant

from better_classroom.sandbox.server import Running
from better_classroom.sandbox.store import Store
from talking import Answer, Control, Wire

START = datetime(2020, 6, 1, 8, 0, tzinfo=UTC)
COURSE = "604567890123"
TOPICS = f"/v1/courses/{COURSE}/topics"

OWNER = "korraldaja@tartu.example"
CO_TEACHER = "abi.korraldaja@tartu.example"
FIRST = "osaleja.uks@tartu.example"
SECOND = "osaleja.kaks@tartu.example"
INVITED = "osaleja.kolm@tartu.example"
ADMIN = "haldur@tartu.example"
OUTSIDER = "partecipante.due@genova.example"
CONSUMER = "resztvevo.ot@personal.example"
EVERYBODY = (OWNER, CO_TEACHER, FIRST, SECOND, INVITED, ADMIN, OUTSIDER, CONSUMER)

ALL = (
    "classroom.courses",
    "classroom.topics",
    "classroom.courseworkmaterials",
    "classroom.announcements",
    "classroom.coursework.students",
    "classroom.coursework.me",
    "classroom.rosters",
    "drive",
)
FEW = ("classroom.courses.readonly", "classroom.topics.readonly", "classroom.announcements.readonly", "drive.readonly")
KINDS = {
    "courseWorkMaterials": ("courseWorkMaterial", "courseWorkMaterialStates"),
    "courseWork": ("courseWork", "courseWorkStates"),
    "announcements": ("announcements", "announcementStates"),
}
STATES = ("DRAFT", "PUBLISHED", "DELETED")
FOLDER = "application/vnd.google-apps.folder"

Caller = tuple[str, str, bool]  # address, project, whether the app was given every scope

ORGANISER: Caller = (OWNER, "better", True)


class School(RuleBasedStateMachine):
    """A course, its people and their files; and what we remember of what we did."""

    running: ClassVar[Running]
    met: ClassVar[Counter[tuple[str, int]]] = Counter()
    """How often each method was answered with each status."""
    steps: ClassVar[Counter[str]] = Counter()
    """How often the rules were looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.control = Control(self.running.url)
        self.wires: dict[Caller, Wire] = {}
        self.makers: dict[str, str] = {}  # the project that made an item, by the item's id
        self.ids: set[str] = set()
        self.bytes: dict[str, bytes] = {}
        self.marks: dict[tuple[str, str], dict[str, str]] = {}  # appProperties, by file and project
        self.went_back = False
        self.listed: dict[str, list[dict[str, Any]]] = {}  # the posts of each kind when the rules are looked at
        self.control.post("reset", {"now": START.isoformat()})
        users = [{"email": who} for who in EVERYBODY[:5]] + [{"email": ADMIN, "admin": True}, {"email": OUTSIDER}]
        self.control.seed(
            users=[*users, {"email": CONSUMER, "consumer": True}],
            courses=[
                {"id": COURSE, "name": "Tartu", "owner": OWNER, "teachers": [CO_TEACHER], "students": [FIRST, SECOND]}
            ],
        )

    def teardown(self) -> None:
        self.met.update((call["method"], call["status"]) for call in self.control.calls())
        for wire in self.wires.values():
            wire.close()
        self.control.close()
        self.the_journal_is_the_world()

    def the_journal_is_the_world(self) -> None:
        """What a restart would read is what is there, in the same order (docs/sandbox.md, ``--data``)."""
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(self.store.blobs.parent / "journal.jsonl", folder)
            again = Store(now=START, folder=Path(folder))
            assert _ordered(again._tables) == _ordered(self.store._tables)  # noqa: SLF001 - as below
            assert again.now == self.store.now
            again.close()

    # --- what always holds

    @invariant()
    def the_rules_hold(self) -> None:
        self.steps["looked"] += 1
        self.listed = {kind: self.rows(kind) for kind in KINDS}
        self.topic_names_are_trimmed_and_unique()
        self.posts_have_a_link_once_they_are_public_and_not_before()
        self.scheduled_posts_are_public_once_their_time_has_come()
        self.participants_see_what_is_public_and_for_them()
        self.there_is_one_submission_for_every_student_and_question()
        self.files_have_one_owner_and_the_bytes_they_were_given()
        self.marks_are_private_to_the_app_that_made_them()
        self.files_are_there_for_whom_they_are_shared_with_alone()
        self.no_bytes_lie_about_that_nobody_refers_to()

    def topic_names_are_trimmed_and_unique(self) -> None:
        found = self.topic_names()
        assert len(found) == len(set(found))
        assert all(1 <= len(name) <= 100 and " ".join(name.split()) == name for name in found)

    def posts_have_a_link_once_they_are_public_and_not_before(self) -> None:
        for kind in KINDS:
            for row in self.listed[kind]:
                assert ("alternateLink" in row) == (row["state"] == "PUBLISHED"), row
                assert row["creationTime"] <= row["updateTime"] or self.went_back

    def scheduled_posts_are_public_once_their_time_has_come(self) -> None:
        now = self.store.now
        for kind in KINDS:
            for row in self.listed[kind]:
                if (
                    row["state"] == "DRAFT"
                    and datetime.fromisoformat(row.get("scheduledTime", "9999-01-01T00:00Z")) <= now
                ):
                    assert self.course_state() != "ACTIVE" or not self.store.get(
                        "teachers", COURSE, row["creatorUserId"]
                    )

    def participants_see_what_is_public_and_for_them(self) -> None:
        for kind in KINDS:
            rows = self.listed[kind]
            for who in (FIRST, SECOND, INVITED, OUTSIDER):
                role = self.role(who)
                answer = self.ask((who, "other", True), "GET", f"{self.place(kind)}?{urlencode(self.all_states(kind))}")
                if role == "student":
                    seen = [row["id"] for row in answer.json.get(self.key(kind), [])]
                    public = [row["id"] for row in rows if row["state"] == "PUBLISHED" and self.is_for(row, who)]
                    assert seen == public
                elif role != "teacher":
                    assert answer.status == 403

    def there_is_one_submission_for_every_student_and_question(self) -> None:
        listed = self.submissions()
        pairs = [(one["courseWorkId"], one["userId"]) for one in listed]
        assert len(pairs) == len(set(pairs))
        public = [row for row in self.listed["courseWork"] if row["state"] == "PUBLISHED"]
        assert {work for work, _ in pairs} <= {row["id"] for row in public}
        wanted = {(row["id"], self.id_of(who)) for row in public for who in self.students() if self.is_for(row, who)}
        assert wanted <= set(pairs)

    def files_have_one_owner_and_the_bytes_they_were_given(self) -> None:
        for row in self.store.rows("files", ""):
            owner = self.email_of(row["owner"])
            shown = self.ask((owner, "better", True), "GET", f"/drive/v3/files/{row['id']}?fields=*").json
            owners = [one for one in shown["permissions"] if one["role"] == "owner"]
            assert [one["emailAddress"] for one in owners] == [owner], shown
            assert [one["emailAddress"] for one in shown["owners"]] == [owner]
            if row["id"] in self.bytes:
                content = self.bytes[row["id"]]
                assert shown["md5Checksum"] == hashlib.md5(content, usedforsecurity=False).hexdigest()
                assert shown["size"] == str(len(content))
                assert (
                    self.ask((owner, "better", True), "GET", f"/drive/v3/files/{row['id']}?alt=media").body == content
                )

    def marks_are_private_to_the_app_that_made_them(self) -> None:
        for row in self.store.rows("files", ""):
            for project in ("better", "other"):
                by = (self.email_of(row["owner"]), project, True)
                shown = self.ask(by, "GET", f"/drive/v3/files/{row['id']}?fields=appProperties").json
                assert shown.get("appProperties", {}) == self.marks.get((row["id"], project), {})

    def files_are_there_for_whom_they_are_shared_with_alone(self) -> None:
        for row in self.store.rows("files", ""):
            for who in (FIRST, OUTSIDER):
                answer = self.ask((who, "better", True), "GET", f"/drive/v3/files/{row['id']}")
                assert answer.status == (200 if self.drive_role(who, row["id"]) else 404)

    def no_bytes_lie_about_that_nobody_refers_to(self) -> None:
        kept = {path.name for path in self.store.blobs.iterdir()}
        tables = self.tables()
        assert kept <= set(_blobs(tables))
        assert set(_blobs([tables.get("files"), tables.get("revisions")])) <= kept

    # --- how we call

    def ask(self, by: Caller, verb: str, path: str, body: Any = None, **headers: str) -> Answer:
        """One call; what is refused, and what only looks, changes nothing."""
        before, now = self.tables(), self.store.now
        answer = self.wire(by).ask(verb, path, body, **headers)
        assert answer.status < 500, (verb, path, body, answer)
        if answer.status >= 400:
            assert answer.error["code"] == answer.status
        if answer.status >= 400 or verb == "GET":
            assert self.store.now == now, (verb, path, body, answer)
            assert self.tables() == before, (verb, path, body, answer)
        return answer

    def wire(self, by: Caller) -> Wire:
        if by not in self.wires:
            who, project, every = by
            self.wires[by] = Wire(self.running.url, self.control.token(who, *(ALL if every else FEW), project=project))
        return self.wires[by]

    def part(self, by: Caller, verb: str, path: str, body: Any) -> bytes:
        who, project, every = by
        token = self.control.token(who, *(ALL if every else FEW), project=project)
        head = (
            f"--b\r\nContent-Type: application/http\r\n\r\n{verb} {path} HTTP/1.1\r\nAuthorization: Bearer {token}\r\n"
        )
        return f"{head}Content-Type: application/json\r\n\r\n{json.dumps(body)}\r\n".encode()

    def upload(self, by: Caller, verb: str, path: str, *, metadata: Any, content: bytes, how: str) -> Answer:
        wire = self.wire(by)
        if how == "multipart":
            body = (
                b"--b\r\nContent-Type: application/json\r\n\r\n%s\r\n--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n--b--"
            )
            whole = body % (json.dumps(metadata).encode(), content)
            answer = wire.ask(verb, f"{path}?uploadType=multipart", whole, content_type="multipart/related; boundary=b")
        else:
            answer = wire.ask(verb, f"{path}?uploadType=resumable", metadata, x_upload_content_type="text/plain")
            session = answer.headers.get("location", "").removeprefix(self.running.url)
            sent = 0
            while session and answer.status in {200, 308}:
                end = min(len(content), sent + 262_144)
                span = f"bytes {sent}-{end - 1}/{len(content)}" if content else "bytes */0"
                answer = wire.ask("PUT", session, content[sent:end], content_range=span)
                sent = end
                if answer.status == 200:
                    break
        assert answer.status < 500, answer
        return answer

    def new(self, identity: str, by: Caller) -> str:
        assert identity not in self.ids, f"the id {identity} was given twice"
        self.ids.add(identity)
        self.makers[identity] = by[1]
        return identity

    def made(self, by: Caller, path: str, body: Any) -> str:
        answer = self.ask(by, "POST", path, body)
        assert answer.status == 200, answer
        return self.new(answer.json.get("id") or answer.json["topicId"], by)

    # --- what we know of the world

    @property
    def store(self) -> Any:
        return self.running.world.store

    def tables(self) -> dict[str, dict[str, dict[str, Any]]]:
        """All rows, but for tokens and what the next write sweeps away; no public method gives them all."""
        tables = self.store._tables  # noqa: SLF001
        return {
            name: {parent: dict(rows) for parent, rows in table.items() if rows}
            for name, table in tables.items()
            if name != "tokens"
        }

    def rows(self, what: str) -> list[dict[str, Any]]:
        """What a teacher's listing shows, in every state."""
        by = (self.owner(), "better", True)
        answer = self.ask(by, "GET", f"{self.place(what)}?{urlencode([*self.all_states(what), ('pageSize', 100)])}")
        assert answer.status == 200, answer
        assert "nextPageToken" not in answer.json
        found: list[dict[str, Any]] = answer.json.get(self.key(what), [])
        return found

    def submissions(self) -> list[dict[str, Any]]:
        place = f"{self.place('courseWork')}/-/studentSubmissions?pageSize=100"
        found: list[dict[str, Any]] = []
        token = ""
        while True:
            page = self.ask(
                (self.owner(), "better", True), "GET", f"{place}&pageToken={token}" if token else place
            ).json
            found += page.get("studentSubmissions", [])
            token = page.get("nextPageToken", "")
            if not token:
                return found

    def topic_names(self) -> list[str]:
        return [row["name"] for row in self.rows("topics")]

    def place(self, what: str) -> str:
        return f"/v1/courses/{COURSE}/{what}"

    def key(self, what: str) -> str:
        return "topic" if what == "topics" else KINDS[what][0]

    def all_states(self, what: str) -> list[tuple[str, Any]]:
        return [] if what == "topics" else [(KINDS[what][1], state) for state in STATES]

    def in_hours(self, hours: int) -> str:
        moment: datetime = self.store.now + timedelta(hours=hours)
        return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")

    def id_of(self, who: str) -> str:
        return str(self.store.get("emails", "", who)["user"])

    def email_of(self, user_id: str) -> str:
        return str(self.store.get("users", "", user_id)["email"])

    def owner(self) -> str:
        return self.email_of(self.store.get("courses", "", COURSE)["ownerId"])

    def course_state(self) -> str:
        return str(self.store.get("courses", "", COURSE)["courseState"])

    def students(self) -> list[str]:
        return [self.email_of(row["userId"]) for row in self.store.rows("students", COURSE)]

    def role(self, who: str) -> str:
        """The role of somebody in the course, teacher before administrator before student."""
        user = self.id_of(who)
        if self.store.get("teachers", COURSE, user):
            return "teacher"
        if who == ADMIN:
            return "admin"
        return "student" if self.store.get("students", COURSE, user) else ""

    def is_for(self, row: dict[str, Any], who: str) -> bool:
        named = row.get("individualStudentsOptions", {}).get("studentIds")
        return named is None or self.id_of(who) in named

    def drive_role(self, who: str, file: str) -> str | None:
        from better_classroom.sandbox.drive import access

        return access.role_of(self.store, file, self.id_of(who))

    def teaches(self, by: Caller) -> None:
        """Assert that somebody was allowed to write into the course."""
        assert self.role(by[0]) == "teacher"
        assert by[2], "an app without the scope has written"

    def keeps(self, by: Caller) -> None:
        assert self.role(by[0]) in {"teacher", "admin"}
        assert by[2], "an app without the scope has written"

    def owns(self, by: Caller, identity: str) -> None:
        """Assert that somebody was allowed to change that item."""
        self.teaches(by)
        assert self.makers[identity] == by[1], "another project's item was changed"


def _ordered(tables: dict[str, dict[str, dict[str, Any]]]) -> dict[str, dict[str, list[Any]]]:
    return {
        name: {parent: list(rows.items()) for parent, rows in table.items() if rows}
        for name, table in tables.items()
        if any(table.values())
    }


def _blobs(value: Any) -> Iterator[str]:
    """The names of bytes that rows speak of."""
    if isinstance(value, dict):
        for name, one in value.items():
            if name == "blob" and isinstance(one, str) and one:
                yield one
            elif name == "blobs":
                yield from one
            else:
                yield from _blobs(one)
    elif isinstance(value, list):
        for one in value:
            yield from _blobs(one)
