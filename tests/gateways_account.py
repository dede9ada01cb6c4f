"""Tartu in the sandbox, and its organiser's account as the application sees it."""

from __future__ import annotations

from typing import Any

from better_classroom.gateways import Account, Need, Policy, connect, needed

ORGANISER = "korraldaja@tartu.example"
CO_TEACHER = "abi.korraldaja@tartu.example"
FIRST = "osaleja.uks@tartu.example"
SECOND = "osaleja.kaks@tartu.example"
PERSONAL = "resztvevo.ot@personal.example"
COURSE = "604567890123"
GROUP = "BETTER_Tartu_5f3a@classroom.example"

QUICK = Policy(timeout=5, deadline=5, first_wait=0.001, longest_wait=0.01, attempts=10)


def seed(control: Any) -> None:
    """An organiser with a course of two participants, and somebody with a personal account."""
    control.seed(
        users=[
            {"id": "101", "email": ORGANISER, "name": "Korraldaja Üks"},
            {"id": "102", "email": CO_TEACHER, "name": "Abi Korraldaja"},
            {"id": "201", "email": FIRST, "name": "Osaleja Üks"},
            {"id": "202", "email": SECOND, "name": "Osaleja Kaks"},
            {"id": "301", "email": PERSONAL, "name": "Résztvevő Öt", "consumer": True},
        ],
        courses=[
            {
                "id": COURSE,
                "name": "BETTER: Tartu",
                "owner": ORGANISER,
                "teachers": [CO_TEACHER],
                "students": [FIRST, SECOND],
            }
        ],
    )


def signed_in(url: str, email: str = ORGANISER, policy: Policy = QUICK) -> Account:
    """The account, connected by way of the control surface."""
    return connect(url, email, credentials=None, scopes=needed(*Need), policy=policy)
