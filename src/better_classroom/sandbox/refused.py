"""OAuth's way of refusing."""

from __future__ import annotations

from html import escape

from better_classroom.sandbox.wire import Reply, json_reply


class Refused(Exception):
    """An OAuth endpoint refuses: its short name for why, and a sentence."""

    def __init__(self, error: str, description: str, status: int = 400) -> None:
        super().__init__(description)
        self.error = error
        self.description = description
        self.status = status

    def reply(self) -> Reply:
        """As the token endpoint says it."""
        return json_reply(self.status, {"error": self.error, "error_description": self.description})

    def page(self) -> Reply:
        """As the consent page says it, to a person."""
        text = f"<!DOCTYPE html>\n<meta charset=utf-8>\n<title>Error {self.status}: {escape(self.error)}</title>\n"
        text += f"<h1>Error {self.status}: {escape(self.error)}</h1>\n<p>{escape(self.description)}\n"
        text += "<p>(This is the Classroom sandbox of better_classroom, not Google.)\n"
        return Reply(self.status, text.encode(), [("Content-Type", "text/html; charset=UTF-8")])
