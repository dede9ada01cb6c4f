from __future__ import annotations

from collections.abc import Callable
from typing import Any

from talking import Control


def test_googles_own_client_is_answered(google: Callable[[str, str, str], Any], control: Control) -> None:
    control.seed(courses=[{"name": "Tartu", "owner": "korraldaja@tartu.example"}])
    service = google("classroom", "v1", control.token("korraldaja@tartu.example", "classroom.courses"))
    assert [course["name"] for course in service.courses().list().execute()["courses"]] == ["Tartu"]
