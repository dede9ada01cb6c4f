"""Inviting participants: who is to be invited where, and doing it so that nobody is invited twice.

An invitation is announced to the ledger before it is sent, and what Google answers about one that is there already
counts as success: a run that was killed anywhere is simply run again.
"""

from better_classroom.people.looking import Tools, check_again, find, look, of, to_invite
from better_classroom.people.sending import Summary, invite, resume

__all__ = ["Summary", "Tools", "check_again", "find", "invite", "look", "of", "resume", "to_invite"]
