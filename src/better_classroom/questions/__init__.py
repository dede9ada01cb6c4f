"""Questions on their way from participants to experts, and answers on their way back.

``pull`` brings what was asked into the ledger, ``export`` writes it into the experts' files, ``take`` reads their
answers, ``public_answers`` says what is to be published; publishing itself is plan and apply, as for everything else.
"""

from better_classroom.questions.answers import take
from better_classroom.questions.files import Exported, anew, export
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.published import public_answers
from better_classroom.questions.pulling import CoursePull, PullReport, pull
from better_classroom.questions.taken import Taken
from better_classroom.questions.views import find, get

__all__ = [
    "CoursePull",
    "Exported",
    "Forgotten",
    "PullReport",
    "Taken",
    "anew",
    "export",
    "find",
    "get",
    "public_answers",
    "pull",
    "take",
]
