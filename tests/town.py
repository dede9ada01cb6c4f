"""Two published courses whose participants ask, for the tests of forgetting; and what is left of one of them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import worlds
from better_classroom.ledger import Ledger
from builders import ACCOUNT, a_programme, written
from talking import Control
from worlds import Organiser, Said

FIRST, SECOND = "osaleja.uks@tartu.example", "osaleja.kaks@birmingham.example"
THIRD = "resztvevo.harom@tartu.example"
PEOPLE = {FIRST: ("4711001", "Osaleja Üks"), SECOND: ("4711002", "Osaleja Kaks"), THIRD: ("4711003", "Résztvevő Három")}
AT = {FIRST: "tartu", SECOND: "birmingham", THIRD: "tartu"}
ASKED = "Kuidas mõõta linna ruumiandmete kvaliteeti?"
ANSWER = "Võrrelge neid maapinnal tehtud mõõtmistega."
GONE = {"tartu": "Küsija on oma andmed tagasi võtnud", "birmingham": "The person who asked has withdrawn their data"}


class Town:
    """Two published courses with participants, and everything that a command leaves behind."""

    def __init__(self, folder: Path, control: Control, google: Callable[[str, str, str], Any], url: str) -> None:
        self.control = control
        self.folder = folder
        self.said: list[Said] = []
        users = [{"email": ACCOUNT, "name": "Organiser"}]
        users += [{"id": number, "email": email, "name": name} for email, (number, name) in PEOPLE.items()]
        control.post("seed", {"users": users})
        self.clock("2020-06-16T11:00:00Z")
        self.programme = a_programme()
        self.programme["courses"]["tartu"]["participants"] = "tartu.csv"
        self.rewrite()
        lines = ["name,email", *(f"{PEOPLE[email][1]},{email}" for email in (FIRST, THIRD))]
        (folder / "tartu.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self.organiser = Organiser(folder / "programme.yaml", url, folder / "ledger.db")
        assert self.types("apply", "--yes").code == 0
        self.services = {email: google("classroom", "v1", worlds.token(control, email)) for email in (ACCOUNT, *PEOPLE)}
        for email, course in AT.items():
            worlds.join(self.services[email], self.services[ACCOUNT], f"p:{course}")
        with self.ledger() as ledger:
            self.ids = {key: entry.remote_id for key, entry in ledger.entries().items()}

    def rewrite(self, **changes: Any) -> None:
        self.programme |= changes
        written(self.folder, self.programme)

    def ledger(self) -> Ledger:
        return Ledger.open(str(self.folder / "ledger.db"), programme="better-test", target=self.organiser.target)

    def clock(self, now: str) -> None:
        self.control.post("clock", {"now": now})

    def types(self, *arguments: str) -> Said:
        said = self.organiser.types(*arguments)
        self.said.append(said)
        return said

    def ask(self, text: str, who: str = FIRST, slot: str = "before") -> None:
        course = AT[who]
        where = {"courseId": self.ids[f"{course}/course"], "courseWorkId": self.ids[f"{course}/seminar-1/{slot}"]}
        self.control.post("submissions", {**where, "userId": who, "answer": text})

    def sync(self) -> Any:
        return self.types("sync", "--json").data

    def listed(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.types("questions", "list", "--json").data
        return found

    def key_of(self, text: str) -> str:
        return next(str(one["key"]) for one in self.listed() if one["texts"][-1]["text"] == text)

    def answer(self, key: str, answer: str = ANSWER, visibility: str = "public", **more: str) -> None:
        cells = {"key": key, "status": "publish", "answer": answer, "visibility": visibility} | more
        file = self.folder / "vastus.csv"
        file.write_text(f"{','.join(cells)}\n{','.join(cells.values())}\n", encoding="utf-8")
        said = self.types("answers", "import", str(file))
        assert said.code == 0, said.err

    def forget(self, person: str = FIRST, *more: str) -> Said:
        return self.types("people", "forget", person, "--yes", *more)

    def read(self, course: str = "birmingham") -> str:
        """Every word of a course, as a participant of it reads them."""
        reader = next(email for email, where in AT.items() if where == course)
        courses = self.services[reader].courses()
        found = worlds.listed(
            courses.courseWorkMaterials().list, "courseWorkMaterial", courseId=self.ids[f"{course}/course"]
        )
        found += worlds.listed(courses.announcements().list, "announcements", courseId=self.ids[f"{course}/course"])
        return "\n".join(sorted(str(post.get("description", post.get("text"))) for post in found))

    def drafts(self) -> str:
        courses = self.services[ACCOUNT].courses()
        return json.dumps([worlds.posts(courses, self.ids[f"{course}/course"]) for course in GONE], ensure_ascii=False)

    def pseudonym(self, who: str = FIRST) -> int:
        with self.ledger() as ledger:
            return ledger.questions.numbers()[PEOPLE[who][0]]

    def in_the_files(self, word: str) -> list[str]:
        """Files of the ledger, and of the experts, that hold these bytes; SQLite keeps some text escaped."""
        kept = [word.encode(), json.dumps(word)[1:-1].encode()]
        files = [*self.folder.glob("ledger.db*"), *self.folder.glob("questions/*")]
        return sorted(str(file.name) for file in files if any(one in file.read_bytes() for one in kept))


def answered(town: Town) -> str:
    """The first person's question is answered and published; they have asked another one."""
    town.ask(ASKED)
    town.ask("Kas andmed on avalikud?", THIRD)
    town.sync()
    key = town.key_of(ASKED)
    town.answer(key)
    town.ask("Ja millal algab teine osa?", slot="after")
    town.types("people", "status")
    town.sync()
    assert ASKED in town.read("tartu")
    assert ASKED in town.read("birmingham")
    return key


def nothing_is_left(town: Town, pseudonym: int) -> None:
    number, name = PEOPLE[FIRST]
    for word in (ASKED, "millal algab teine", number, name, FIRST):
        assert town.in_the_files(word) == [], word
    seen = town.read("tartu") + town.read("birmingham") + town.drafts()
    seen += json.dumps(town.listed(), ensure_ascii=False)
    for word in (ASKED, "millal algab teine", name, FIRST, str(pseudonym)):
        assert word not in seen, word
    with town.ledger() as ledger:
        assert number not in ledger.questions.numbers()
        assert pseudonym not in ledger.questions.numbers().values()
