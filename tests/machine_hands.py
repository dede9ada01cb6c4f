"""What hands and others do in Classroom in random stories, and how the organiser undoes it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from better_classroom.change import Remark
from better_classroom.cli.wiring import survey
from better_classroom.course import Kind, Post, Topic
from better_classroom.ledger import Ledger
from better_classroom.sandbox.store import rfc3339
from builders import ACCOUNT
from machine_programmes import PROGRAMME, any_number, words
from machine_stage import RESOURCES
from machine_story import PERMITS, Story, said
from machine_world import TABLES, Place, course_id, is_ours, rows, topics


class Hands(Story):
    """A story in which people use Classroom's own page as well."""

    @rule(which=any_number, field=st.sampled_from(("title", "description")), new=words())
    def edits_by_hand(self, which: int, field: str, new: Any) -> None:
        for place, row in self._any_of_ours(which):
            self._patch(place, row, "text" if place[0] == "announcements" else field, said(new))

    @rule(which=any_number)
    def publishes_by_hand(self, which: int) -> None:
        for place, row in self._any_of_ours(which):
            if row["state"] == "DRAFT":
                self._patch(place, row, "state", "PUBLISHED")
                self.witness.public.add(place)

    @rule(which=any_number, hours=st.integers(1, 500))
    def moves_by_hand(self, which: int, hours: int) -> None:
        for place, row in self._any_of_ours(which):
            if row["state"] == "DRAFT":
                self._patch(place, row, "scheduledTime", rfc3339(self.store.now + timedelta(hours=hours)))

    @rule(which=any_number)
    def detaches_by_hand(self, which: int) -> None:
        for place, row in self._any_of_ours(which):
            if row.get("materials"):
                self.witness.by_hand.add(place)
                # The API cannot do that; Classroom's own page can.
                self.store.put(*place, row | {"materials": row["materials"][1:], "updateTime": self.store.stamp()})

    @rule(which=any_number)
    def deletes_by_hand(self, which: int) -> None:
        for place, row in self._any_of_ours(which):
            self.witness.by_hand.add(place)
            self._teacher(row).ask("DELETE", f"/v1/courses/{place[1]}/{RESOURCES[place[0]]}/{place[2]}")

    @rule(which=any_number)
    def deletes_a_topic_by_hand(self, which: int) -> None:
        found = [(one, row) for one in self.store.parents("topics") for row in topics(self.store, one).values()]
        if not found:
            return
        there, topic = found[which % len(found)]
        for place, row in rows(self.store):
            if row.get("topicId") == topic["topicId"]:
                self.witness.by_hand.add(place)
                if place in self.witness.strangers:
                    self.witness.strangers[place] = {name: row[name] for name in row if name != "topicId"}
        owner = self.stage.email(self.store.get("courses", "", there)["ownerId"])  # type: ignore[index]  # it is there
        self.stage.person(owner).ask("DELETE", f"/v1/courses/{there}/topics/{topic['topicId']}")
        self.settled = False

    @rule(which=any_number, state=st.sampled_from(("DRAFT", "PUBLISHED")))
    def somebody_makes_what_looks_like_ours(self, which: int, state: str) -> None:
        found = [item for item in self.wanted.items if isinstance(item, Post)]
        item = found[which % len(found)]
        spec = self.document["courses"][item.key.partition("/")[0]]
        there = course_id(self.store, spec.get("alias") or spec.get("id"))
        if not there:
            return
        name = next((one.name for one in self.wanted.items if isinstance(one, Topic) and one.key == item.topic), "")
        topic = next((key for key, row in topics(self.store, there).items() if row["name"] == name), "")
        person = self.stage.person(spec.get("account", ACCOUNT), "classroom-page")
        table = TABLES[item.kind]
        made = person.ask("POST", f"/v1/courses/{there}/{RESOURCES[table]}", _alike(item, topic, state))
        assert made.status == 200, made.body
        place = (table, there, made.json["id"])
        self.witness.strangers[place] = self.store.get(*place) or {}
        self.witness.complaints.clear()  # it took that post for one of ours
        self.settled = False

    @precondition(lambda self: self.settled)
    @rule(which=any_number)
    def restores(self, which: int) -> None:
        """What a hand did is undone where the organiser says so, and nowhere else."""
        with self._session() as run:
            notes = survey(run).plan.notes
        keys = [note.key for note in notes if note.remark in {Remark.DRIFT, Remark.CONFLICT, Remark.MISSING}]
        if keys:
            self._expect()
            key = keys[which % len(keys)]
            assert self._types("apply", "--yes", "--restore", key, *PERMITS).code == 0
            self._everything_holds()
            with self._session() as run:
                assert key not in {note.key for note in survey(run).plan.notes}

    def _any_of_ours(self, which: int) -> Iterator[tuple[Place, Any]]:
        found = [(place, row) for place, row in rows(self.store) if is_ours(row)]
        if found:
            self.settled = False
            place, row = found[which % len(found)]
            if place[2] not in self._known():  # what a hand changes before any run has seen it is nobody's
                self.let_go.add(place)
            yield place, row

    def _known(self) -> set[str]:
        """Google's ids of the posts that the ledger has."""
        if not self.organiser.ledger.exists():
            return set()
        with Ledger.open(str(self.organiser.ledger), programme=PROGRAMME, target=self.organiser.target) as ledger:
            entries = ledger.entries().values()
            return {remote_id for entry in entries for remote_id in (entry.remote_id, entry.superseded)}

    def _patch(self, place: Place, row: Any, field: str, value: str) -> None:
        self.witness.by_hand.add(place)
        path = f"/v1/courses/{place[1]}/{RESOURCES[place[0]]}/{place[2]}?updateMask={field}"
        self._teacher(row).ask("PATCH", path, {field: value})

    def _teacher(self, row: Any) -> Any:
        # A person in Classroom's own page may change anything: our own project's token stands for it here.
        return self.stage.person(self.stage.email(row["creatorUserId"]))


def _alike(item: Post, topic: str, state: str) -> dict[str, Any]:
    if item.kind is Kind.ANNOUNCEMENT:
        return {"text": item.text, "state": state}
    body = {"title": item.title, "description": item.text, "state": state, "topicId": topic}
    return body | ({"workType": "SHORT_ANSWER_QUESTION"} if item.kind is Kind.BOX else {})
