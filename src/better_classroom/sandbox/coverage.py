"""Which of Google's methods the sandbox reproduces, as a table in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from better_classroom.sandbox.discovery import Method, load
from better_classroom.sandbox.handlers import HANDLERS

_TITLES = {"classroom": "Classroom v1", "drive": "Drive v3", "sheets": "Sheets v4"}


def table() -> str:
    """Every method of the three documents, by resource; those in bold are done, the others answer 501."""
    methods = load().by_id
    parts = []
    for service, title in _TITLES.items():
        own = [method for method in methods.values() if method.service == service]
        done = sum(method.id in HANDLERS for method in own)
        parts.append(f"### {title}: {done} of {len(own)} methods\n\n| resource | done | 501 |\n|---|---|---|\n")
        parts[-1] += "".join(_rows(own))
    return "\n".join(parts)


def _rows(methods: list[Method]) -> Iterator[str]:
    resources: dict[str, list[Method]] = {}
    for method in sorted(methods, key=lambda one: one.id):
        resources.setdefault(method.id.rpartition(".")[0], []).append(method)
    for resource, own in resources.items():
        done = " ".join(f"`{_last(method)}`" for method in own if method.id in HANDLERS)
        missing = " ".join(f"`{_last(method)}`" for method in own if method.id not in HANDLERS)
        yield f"| `{resource}` | {done} | {missing} |\n"


def _last(method: Method) -> str:
    return method.id.rpartition(".")[2]
