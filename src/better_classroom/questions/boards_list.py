"""What the ledger knows of each expert's board; Google is not asked."""

from __future__ import annotations

from better_classroom.ledger import Board, Ledger
from better_classroom.programme import Programme
from better_classroom.programme.model import Expert
from better_classroom.reports.boards import BoardLine


def lines(programme: Programme, ledger: Ledger) -> list[BoardLine]:
    """Every expert of the programme, then those who have left it and have a board still."""
    known, rows, waiting = ledger.boards.all(), ledger.boards.rows(), ledger.notices.waiting()
    found = []
    for key in (*programme.experts, *(key for key in known if key not in programme.experts)):
        expert, board = programme.experts.get(key), known.get(key)
        found.append(
            BoardLine(
                expert=key,
                name=expert.name if expert else key,
                state=_state(expert, board),
                link=board.link if board else "",
                rows=len(rows.get(key, ())),
                read_at=board.read_at if board else None,
                unanswered=tuple(one.key for one in waiting if key in one.experts),
            )
        )
    return found


def _state(expert: Expert | None, board: Board | None) -> str:
    if expert is None:
        return "not in the programme any more; the board is left alone"
    if not expert.has_sheet:
        return "gets files" + ("; the board from before is left alone" if board else "")
    if board is None:
        return "the first question makes a board"
    if board.renew:
        return "to be made anew by the next sync"
    return f"shared with {board.shared_with}" if board.shared_with else "made, not shared yet"
