"""What became of the answers in the experts' files."""

from __future__ import annotations

from dataclasses import dataclass, field

from better_classroom.errors import Complaint


@dataclass(slots=True)
class Taken:
    """What became of the rows; questions by key."""

    published: list[str] = field(default_factory=list)
    private: list[str] = field(default_factory=list)
    """Recorded, to be told to the asker alone."""
    corrected: list[str] = field(default_factory=list)
    """Decided otherwise than before; they stand under one of the others too."""
    declined: list[str] = field(default_factory=list)
    taken_back: list[str] = field(default_factory=list)
    known: int = 0
    """Rows that say what was already recorded."""
    waiting: int = 0
    """Rows with an answer that no status lets out yet."""
    complaints: list[Complaint] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def new(self) -> int:
        """Rows that say what was not known."""
        return sum(map(len, (self.published, self.private, self.declined, self.taken_back)))

    def numbers(self) -> dict[str, int]:
        """How many rows came to what."""
        return {
            "public": len(self.published),
            "private": len(self.private),
            "corrected": len(self.corrected),
            "declined": len(self.declined),
            "taken_back": len(self.taken_back),
            "known": self.known,
            "waiting": self.waiting,
            "complaints": len(self.complaints),
        }
