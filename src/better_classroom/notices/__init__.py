"""Digests by mail: to each expert of what waits for an answer, to the organiser of what happened; each thing once.

A digest goes out only when something is new since the last one, at most one a run to each. What was told is recorded
as soon as the mail server has acknowledged it. A run that is killed in the instant between repeats that one mail, under
the same Message-ID, by which many mail programs know it again.
"""

from better_classroom.notices.sending import Mailed, notify

__all__ = ["Mailed", "notify"]
