"""People: who is meant, what is kept about them, and inviting them.

Inviting: who is to be invited where, and doing it so that nobody is invited twice.

An invitation is announced to the ledger before it is sent, and what Google answers about one that is there already
counts as success: a run that was killed anywhere is simply run again.
"""

from better_classroom.people.dossier import dossier, named_in_answers, theirs
from better_classroom.people.identity import HOW_TO_NAME, Identity, Member, identify, number_in
from better_classroom.people.looking import Tools, check_again, find, look, of, to_invite
from better_classroom.people.sending import Summary, invite, resume

__all__ = [
    "HOW_TO_NAME",
    "Identity",
    "Member",
    "Summary",
    "Tools",
    "check_again",
    "dossier",
    "find",
    "identify",
    "invite",
    "look",
    "named_in_answers",
    "number_in",
    "of",
    "resume",
    "theirs",
    "to_invite",
]
