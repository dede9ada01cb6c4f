"""Questions on their way from participants to experts, and answers on their way back.

``pull`` and ``pull_comments`` bring what was asked into the ledger, ``export`` writes it into the experts' files, ``take``
reads their answers, ``published`` says what is to be read by whom; publishing itself is plan and apply, as for everything else.
"""

from better_classroom.questions.answers import take
from better_classroom.questions.files import Exported, anew, export
from better_classroom.questions.forgotten import Forgotten
from better_classroom.questions.namesakes import is_recognised
from better_classroom.questions.published import Published, published, record_undelivered
from better_classroom.questions.pulling import CoursePull, PullReport, pull
from better_classroom.questions.slides import Drives, Slide, with_threads
from better_classroom.questions.slides import pull as pull_comments
from better_classroom.questions.taken import Taken
from better_classroom.questions.views import find, get

__all__ = [
    "CoursePull",
    "Drives",
    "Exported",
    "Forgotten",
    "Published",
    "PullReport",
    "Slide",
    "Taken",
    "anew",
    "export",
    "find",
    "get",
    "is_recognised",
    "published",
    "pull",
    "pull_comments",
    "record_undelivered",
    "take",
    "with_threads",
]
