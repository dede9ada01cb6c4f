"""Each digest sent, and recorded as soon as the mail server has taken it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from better_classroom.errors import BetterClassroomError, MailNotSent
from better_classroom.ledger import Ledger
from better_classroom.notices.messages import Envelope, message
from better_classroom.notices.post import Post, ServerUnusable
from better_classroom.notices.writing import Due, Failure, Writer
from better_classroom.programme import Programme
from better_classroom.settings import Mail, Settings


@dataclass(slots=True)
class Mailed:
    """What was sent, and what could not be."""

    sent: int = 0
    failures: list[tuple[str, BetterClassroomError]] = field(default_factory=list)


def notify(
    *, programme: Programme, ledger: Ledger, settings: Settings, now: datetime, failures: Sequence[Failure] = ()
) -> Mailed:
    """Send every digest that is due; nothing where no mail server was named.

    ``failures`` is what else could not be done in this run. The experts come first, so that the organiser is told of
    what could not be sent to them. A mail that could not be sent stands in the result, and the next run tries again.
    """
    done = Mailed()
    if settings.mail is None:
        return done
    writer = Writer(programme, ledger, settings, now)
    with Post(settings.mail, timeout=settings.timeout) as post:
        sender = _Sender(settings.mail, post, ledger, writer.organiser, now)
        try:
            for expert in programme.experts.values():
                sender.send(writer.for_expert(expert), done, where=f"expert {expert.key}: no mail could be sent")
            due = writer.for_organiser([*failures, *done.failures])
            sender.send(due, done, where="organiser: no mail could be sent")
        except ServerUnusable as error:
            done.failures.append(("notices: no mail could be sent", error))
    return done


@dataclass(frozen=True, slots=True)
class _Sender:
    mail: Mail
    post: Post
    ledger: Ledger
    replies_to: str
    now: datetime

    def send(self, due: Due | None, done: Mailed, *, where: str) -> None:
        """Send one digest and record what it told; of what is refused, say so."""
        if due is None:
            return
        try:
            self.post.send(message(due.letter, self._envelope(due), file=due.file))
        except ServerUnusable:
            raise
        except MailNotSent as error:
            done.failures.append((where, error))
            return
        # A run that is killed here sends this mail again: there is no way to do both at once.
        self.ledger.notices.tell(due.recipient, due.found.news, self.now)
        done.sent += 1

    def _envelope(self, due: Due) -> Envelope:
        return Envelope(
            sender=self.mail.sender,
            sender_name=due.reader.programme,
            recipient=due.address,
            recipient_name=due.reader.name,
            replies_to=self.replies_to,
            name=due.name,
            at=self.now,
        )
