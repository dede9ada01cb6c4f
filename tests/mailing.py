"""A run that has something to mail, for the tests of notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import asking
from better_classroom import notices, settings
from better_classroom.errors import BetterClassroomError
from better_classroom.ledger import Ledger
from better_classroom.programme import Programme
from postbox import Postbox

LAURI, HENRIK = "lauri-sock@tartu.example", "henrik-mazzanti@tartu.example"
SENDER = "seminars@tartu.example"
NOW = asking.EARLIER + timedelta(hours=1)


def found(folder: Path, postbox: Postbox | None, **more: Any) -> settings.Settings:
    """Settings as an organiser writes them; without a postbox, none for mail."""
    if postbox is not None:
        address = {"smtp_host": "127.0.0.1", "smtp_port": postbox.port, "smtp_security": "none", "mail_from": SENDER}
        more = address | more
    lines = [f"{name} = {value}" if isinstance(value, int) else f'{name} = "{value}"' for name, value in more.items()]
    (folder / settings.FILE).write_text("\n".join(lines), encoding="utf-8")
    return settings.load(programme=folder / "programme.yaml", target="google")


@dataclass
class Office:
    """A programme, its ledger and its mail server."""

    folder: Path
    ledger: Ledger
    postbox: Postbox | None
    programme: Programme = field(default_factory=asking.programme)
    more: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asking.publish_boxes(self.ledger, self.programme)

    def hears(self, *texts: str, at: datetime = asking.EARLIER, **changes: Any) -> None:
        """Participants ask, each one question, and a pull brings them."""
        submissions = [
            asking.asked(text, submission=f"s{n}", asker=str(1000 + n), at=at, **changes)
            for n, text in enumerate(texts, 1)
        ]
        asking.pull(self.ledger, *submissions, of=self.programme, now=at + timedelta(minutes=1))

    def mails(self, now: datetime = NOW, failures: Sequence[tuple[str, BetterClassroomError]] = ()) -> notices.Mailed:
        where = found(self.folder, self.postbox, **self.more)
        return notices.notify(programme=self.programme, ledger=self.ledger, settings=where, now=now, failures=failures)

    def expert(self, key: str, **changes: Any) -> None:
        """Change an expert."""
        experts = {**self.programme.experts, key: replace(self.programme.experts[key], **changes)}
        self.programme = replace(self.programme, experts=experts)
