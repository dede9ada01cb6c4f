"""Our record of what we made in Google, of what was asked, and of what was answered.

``Ledger.open`` gives the record of one programme at one target; every method of it commits before it returns.
``lock`` keeps a second run away for as long as the first one lives.
"""

from better_classroom.ledger.boards import Board
from better_classroom.ledger.lock import lock
from better_classroom.ledger.record import Ledger
from better_classroom.ledger.rows import Account, Answer, Cut, Decision, Known, Question, Text
from better_classroom.ledger.tombstones import Marks

__all__ = ["Account", "Answer", "Board", "Cut", "Decision", "Known", "Ledger", "Marks", "Question", "Text", "lock"]
