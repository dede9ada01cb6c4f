#!/usr/bin/env python3
"""What pulling many questions costs, as a multiple of what cannot be done without.

The baseline, measured in the same run, is Google's client reading the same pages and, for the first pull, ``sqlite3``
inserting the same rows with ``executemany``. Both sides are told in processor time, which does not mind what else the
machine does; pages come from a process of their own. Memory is that of the pull beyond what it had when it began. Budgets: design §12.

    scripts/bench/pull.py [--submissions 100000]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import resource
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import google.oauth2.credentials
import google_auth_httplib2
import httplib2
from googleapiclient import discovery
from googleapiclient.discovery_cache import get_static_doc

from better_classroom import programme as programmes
from better_classroom import questions
from better_classroom.course import Kind
from better_classroom.gateways import Policy, connect, needed
from better_classroom.ledger import Ledger
from better_classroom.memory import Entry
from better_classroom.programme import Programme

ORGANISER = "korraldaja@tartu.example"
PAGE = 100
BEGINNING = datetime(2020, 6, 9, 9, tzinfo=UTC)
COURSE = "604567890123"
MEMBERS = 1_000  # as many as a class can have (google-apis.md A.1)
BOXES = ("700000000001", "700000000002")
SETTLED = {"first pull": 1.5, "nothing new": 2.5}
PROGRAMME = f"""
version: 1
programme: bench
title: A large event
time_zone: Europe/Tallinn
account: {ORGANISER}
languages: [en]
courses: {{tartu: {{language: en, id: "{COURSE}"}}}}
experts: {{ekspert: {{name: Ekspert Üks, partner: Tartu, email: ekspert@tartu.example}}}}
seminars:
  one:
    title: Data
    starts: 2020-06-16 11:30
    ends: 2020-06-16 13:00
    experts: [ekspert]
    questions:
      before: {{opens: 14 days before, closes: at start}}
      after: {{opens: at end, closes: 14 days after}}
"""


def submission(number: int) -> dict[str, Any]:
    """One submission as Google lists it."""
    at = (BEGINNING + timedelta(seconds=number)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {
        "courseWorkId": BOXES[number % 2],
        "id": f"Cg{number:012}",
        "userId": f"1{number % MEMBERS:020}",
        "creationTime": at,
        "updateTime": at,
        "state": "TURNED_IN",
        "alternateLink": f"https://classroom.google.com/c/{COURSE}/sm/{number}/details",
        "courseWorkType": "SHORT_ANSWER_QUESTION",
        "shortAnswerSubmission": {
            "answer": f"Küsimus {number}: kuidas jagada andmeid nii, et sellest on kasu kõigile?"
        },
    }


def serve(submissions: int, told: Any) -> None:
    """Answer as Google would, from pages that are made once; ``told`` is sent the address."""
    pages = []
    for start in range(0, submissions, PAGE):
        page: dict[str, Any] = {"studentSubmissions": [submission(number) for number in range(start, start + PAGE)]}
        if start + PAGE < submissions:
            page["nextPageToken"] = str(start // PAGE + 1)
        pages.append(json.dumps(page).encode())

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            if address.path.endswith("/studentSubmissions"):
                token = parse_qs(address.query).get("pageToken", ["0"])[0]
                self.answer(pages[int(token)])
            else:
                self.answer(json.dumps({"id": "1001", "emailAddress": ORGANISER}).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.answer(b'{"access_token": "bench", "refresh_token": "bench"}')

        def answer(self, body: bytes) -> None:
            head = f"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n"
            self.wfile.write(f"{head}date: {self.date_time_string()}\r\n\r\n".encode() + body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    told.send(f"http://127.0.0.1:{server.server_port}")
    server.serve_forever()


def read_bare(url: str) -> Iterator[dict[str, Any]]:
    """Read every page with Google's client and nothing else."""
    document = json.loads(get_static_doc("classroom", "v1"))
    document["rootUrl"] = f"{url}/"
    document.pop("mtlsRootUrl", None)
    credentials = google.oauth2.credentials.Credentials("bench")  # type: ignore[no-untyped-call]  # google-auth types most of what it has, not this
    http = google_auth_httplib2.AuthorizedHttp(credentials, http=httplib2.Http(proxy_info=None))
    listing = discovery.build_from_document(document, http=http).courses().courseWork().studentSubmissions()
    token = None
    while True:
        page = listing.list(courseId=COURSE, courseWorkId="-", pageSize=PAGE, pageToken=token).execute()
        yield from page["studentSubmissions"]
        token = page.get("nextPageToken")
        if not token:
            return


def insert_bare(ours: Path, folder: Path) -> float:
    """Insert the rows that our pull has made; gives the seconds that the inserting alone took."""
    made = sqlite3.connect(f"file:{ours}?mode=ro", uri=True)
    tables = ("askers", "questions", "texts", "assignments")
    bare = sqlite3.connect(folder / "bare.db")
    bare.execute("PRAGMA journal_mode=WAL")
    for name in tables:
        bare.executescript(
            ";".join(
                row[0]
                for row in made.execute("SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL", (name,))
            )
        )
    # SQL has no placeholder for the name of a table.
    rows = {name: made.execute(f"SELECT * FROM {name}").fetchall() for name in tables}  # noqa: S608 - four names of ours
    began = time.process_time()
    for name in tables:
        places = ",".join("?" * len(rows[name][0]))
        bare.executemany(f"INSERT INTO {name} VALUES ({places})", rows[name])  # noqa: S608 - four names of ours
    bare.commit()
    return time.process_time() - began


@dataclass(frozen=True, slots=True)
class Pull:
    """Our own pull, of one programme into one ledger."""

    url: str
    programme: Programme
    ledger: Path

    def run(self) -> None:
        """Pull once."""
        target = self.url
        policy = Policy(quotas={"classroom": 10**6, "drive": 10**6})
        with (
            connect(target, ORGANISER, credentials=None, scopes=needed(), policy=policy) as account,
            Ledger.open(str(self.ledger), programme="bench", target=target) as ledger,
        ):
            for slot, box in zip(("before", "after"), BOXES, strict=True):
                key = f"tartu/one/{slot}"
                ledger.settle(key, Entry(key, Kind.BOX, "tartu", ORGANISER, box, {}, {}))
            questions.pull(
                programme=self.programme,
                ledger=ledger,
                submissions=lambda _: account.classroom.submissions(COURSE),
                now=BEGINNING + timedelta(days=3),
                key=b"bench",
            )


def seconds(what: Callable[[], object]) -> float:
    """Processor time of this process."""
    began = time.process_time()
    what()
    return time.process_time() - began


def peak() -> float:
    """The most memory that this process has had, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(url: str, folder: Path) -> None:
    """Measure, and print the table."""
    (folder / "programme.yaml").write_text(PROGRAMME, encoding="utf-8")
    pull = Pull(url, programmes.load(folder / "programme.yaml"), folder / "ledger.db")
    before = peak()
    first = seconds(pull.run)
    grown = peak() - before
    again = min(seconds(pull.run) for _ in range(2))
    reading = min(seconds(lambda: list(read_bare(url))) for _ in range(2))
    inserting = insert_bare(pull.ledger, folder)
    print(f"{'':14}{'ours':>9}{'bare':>9}{'ratio':>8}{'budget':>8}")
    for name, ours, bare in (("first pull", first, reading + inserting), ("nothing new", again, reading)):
        print(f"{name:14}{ours:>7.2f} s{bare:>7.2f} s{ours / bare:>8.2f}{SETTLED[name]:>8}")
    print(f"memory beyond the start: {grown:.0f} MiB")


def main() -> None:
    """Read the arguments, start the pages' process, measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--submissions", type=int, default=100_000)
    chosen = parser.parse_args()
    here, there = multiprocessing.Pipe()
    server = multiprocessing.Process(target=serve, args=(chosen.submissions, there), daemon=True)
    server.start()
    with tempfile.TemporaryDirectory() as name:
        measure(here.recv(), Path(name))
    server.terminate()


if __name__ == "__main__":
    main()
