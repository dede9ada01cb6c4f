"""Programmes for tests: valid by default, small, and written to a folder as an organiser would write them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

ACCOUNT = "organiser@tartu.example"


def a_seminar(number: int = 1, **changes: Any) -> dict[str, Any]:
    """A seminar with one item of every kind."""
    day = 15 + number
    seminar: dict[str, Any] = {
        "label": {"en": f"Seminar {number}", "et": f"Seminar {number}"},
        "title": {"en": f"Working with data {number}", "et": f"Töö andmetega {number}"},
        "summary": {"en": "What cities can do.", "et": "Mida linnad saavad teha."},
        "starts": f"2020-06-{day} 11:30",
        "ends": f"2020-06-{day} 13:00",
        "experts": ["lauri-sock"],
        "join": {"with": "Webex", "url": f"https://better.webex.example/meet/{number}"},
        "materials": {
            "presentation": {
                "title": {"en": f"Seminar {number}: presentation", "et": f"Seminar {number}: ettekanne"},
                "publish": "14 days before",
                "attachments": [{"file": f"slides/{number}.pdf"}, {"link": "https://www.interregeurope.eu/better/"}],
            },
        },
        "questions": {
            "before": {"opens": "14 days before", "closes": "at start"},
            "after": {"opens": "at end", "closes": "14 days after"},
        },
        "reminders": [{"publish": "1 day before", "text": {"en": "Tomorrow!", "et": "Homme!"}}],
    }
    return seminar | changes


def a_programme(
    *, seminars: int = 1, courses: tuple[str, ...] = ("tartu", "birmingham"), **changes: Any
) -> dict[str, Any]:
    """A programme of that many seminars in these courses; ``changes`` replace whole top-level keys."""
    known = {
        "tartu": {"language": "et", "alias": "p:tartu"},
        "birmingham": {"language": "en", "time_zone": "Europe/London", "alias": "p:birmingham"},
        "genoa": {"language": "en", "time_zone": "Europe/Rome", "alias": "p:genoa"},
    }
    programme: dict[str, Any] = {
        "version": 1,
        "programme": "better-test",
        "title": {"en": "BETTER: a test", "et": "BETTER: proov"},
        "time_zone": "Europe/Tallinn",
        "account": ACCOUNT,
        "languages": ["en", "et"],
        "courses": {course: copy.deepcopy(known[course]) for course in courses},
        # Boards have tests of their own, in which the experts have Google accounts.
        "experts": {
            "lauri-sock": {
                "name": "Lauri Sock",
                "partner": "P4 Tartu",
                "email": "lauri.sock@tartu.example",
                "board": "file",
            }
        },
        "seminars": {f"seminar-{number}": a_seminar(number) for number in range(1, seminars + 1)},
        "welcome": {"publish": "21 days before the first seminar", "text": {"en": "Welcome!", "et": "Tere tulemast!"}},
    }
    return programme | changes


def written(folder: Path, programme: dict[str, Any]) -> Path:
    """Write a programme, and a small presentation for every file that it names and that is not there."""
    folder.mkdir(parents=True, exist_ok=True)
    for seminar in programme["seminars"].values():
        for material in (seminar.get("materials") or {}).values():
            for attachment in material.get("attachments", []):
                if "file" in attachment:
                    _presentation(folder / attachment["file"])
    path = folder / "programme.yaml"
    path.write_text(yaml.safe_dump(programme, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return path


def _presentation(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"%PDF-1.4\n% " + path.name.encode() + b"\n%%EOF\n")
