"""Comments and replies in the sandbox's Drive, held against google-apis.md D.5."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox_drive import ELSEWHERE, FIRST, OWNER, WRITER, Drive, refused
from talking import ControlRefused


class Slides:
    """One file of the organiser's, which a participant may comment on."""

    def __init__(self, drive: Drive) -> None:
        self.drive = drive
        self.id: str = drive.put(b"%PDF")["id"]
        drive.share(self.id, FIRST, "commenter")

    def comment(self, content: str = "Kas saaks täpsemalt?", who: str = FIRST, fields: str = "*", **body: Any) -> Any:
        given = {"content": content} | body
        return self.drive.by(who).comments().create(fileId=self.id, body=given, fields=fields).execute()

    def comments(self, who: str = OWNER, **more: Any) -> list[Any]:
        query = {"fields": "*"} | more
        listed: list[Any] = self.drive.by(who).comments().list(fileId=self.id, **query).execute()["comments"]
        return listed

    def get(self, comment: Any, who: str = OWNER, **more: Any) -> Any:
        named = {"fileId": self.id, "commentId": comment["id"], "fields": "*"}
        return self.drive.by(who).comments().get(**named, **more).execute()

    def reply(self, comment: Any, who: str = OWNER, **body: Any) -> Any:
        named = {"fileId": self.id, "commentId": comment["id"], "fields": "*"}
        return self.drive.by(who).replies().create(body=body, **named).execute()

    def replies(self, comment: Any, **more: Any) -> list[Any]:
        named = {"fileId": self.id, "commentId": comment["id"], "fields": "*"}
        listed: list[Any] = self.drive.by().replies().list(**named, **more).execute()["replies"]
        return listed


@pytest.fixture
def slides(drive: Drive) -> Slides:
    return Slides(drive)


def test_d5_a_comment_holds_its_content_its_quote_and_its_author(slides: Slides) -> None:
    quote = {"mimeType": "text/plain", "value": "Partnerlus"}
    made = slides.comment("Kas <b>?\nJah", quotedFileContent=quote, anchor='{"r": "head"}')
    assert made == {
        "kind": "drive#comment",
        "id": made["id"],
        "content": "Kas <b>?\nJah",
        "htmlContent": "Kas &lt;b&gt;?<br>Jah",
        "createdTime": made["createdTime"],
        "modifiedTime": made["createdTime"],
        "author": {"kind": "drive#user", "displayName": "Osaleja Üks", "me": True},
        "deleted": False,
        "resolved": False,
        "quotedFileContent": quote,
        "anchor": '{"r": "head"}',
        "replies": [],
    }
    assert slides.comments() == [made | {"author": made["author"] | {"me": False}}]


def test_d5_g15_authors_come_without_address_and_permission_id(slides: Slides) -> None:
    slides.comment()
    (comment,) = slides.comments()
    assert comment["author"].keys() == {"kind", "displayName", "me"}


def test_d2_g15_fields_are_mandatory_except_to_delete(slides: Slides) -> None:
    comment = slides.comment()
    reply = slides.reply(comment, content="Jah")
    comments, replies = slides.drive.by().comments(), slides.drive.by().replies()
    named = {"fileId": slides.id, "commentId": comment["id"]}
    one = named | {"replyId": reply["id"]}
    for request in (
        comments.list(fileId=slides.id),
        comments.get(**named),
        comments.create(fileId=slides.id, body={"content": "a"}),
        comments.update(body={"content": "a"}, **named),
        replies.list(**named),
        replies.get(**one),
        replies.create(body={"content": "a"}, **named),
        replies.update(body={"content": "a"}, **one),
    ):
        with refused(400, "required"):
            request.execute()
    replies.delete(**one).execute()
    comments.delete(**named).execute()
    assert slides.comments() == []


def test_a_comment_needs_the_role_of_a_commenter(slides: Slides) -> None:
    slides.drive.share(slides.id, ELSEWHERE, "reader")
    with refused(403, "insufficientFilePermissions"):
        slides.comment(who=ELSEWHERE)
    with refused(403, "insufficientFilePermissions"):
        slides.comments(who=ELSEWHERE)
    with refused(404, "notFound"):
        slides.comment(who=WRITER)
    slides.drive.share(slides.id, ELSEWHERE, "commenter")
    assert slides.comment(who=ELSEWHERE)["author"]["displayName"] == "Partecipante Due"


def test_a_course_group_may_be_let_comment(slides: Slides) -> None:
    # google-apis.md D.3: Classroom's own sharing lets participants read alone
    other = slides.drive.put(b"%PDF two")["id"]
    body = {"type": "group", "role": "commenter", "emailAddress": slides.drive.group()}
    named = {"fileId": other, "sendNotificationEmail": False}
    slides.drive.by().permissions().create(body=body, **named).execute()
    made = slides.drive.by(FIRST).comments().create(fileId=other, body={"content": "Miks?"}, fields="id").execute()
    assert made.keys() == {"id"}


def test_f1_drive_file_comments_on_the_apps_own_files_alone(slides: Slides) -> None:
    own = slides.drive.by(OWNER, "drive.file")
    assert own.comments().list(fileId=slides.id, fields="*").execute()["comments"] == []
    foreign = slides.drive.by(OWNER, "drive.file", project="another")
    with refused(404, "notFound"):
        foreign.comments().list(fileId=slides.id, fields="*").execute()
    reading = slides.drive.by(OWNER, "drive.readonly")
    with refused(403, "insufficientPermissions"):
        reading.comments().create(fileId=slides.id, body={"content": "a"}, fields="*").execute()


def test_a_comment_must_say_something(slides: Slides) -> None:
    for blank in ("", "  \n"):
        with refused(400, "badRequest"):
            slides.comment(blank)


def test_a_folder_takes_no_comments(slides: Slides) -> None:
    slides.id = slides.drive.folder()
    with refused(403, "commentsNotSupported"):
        slides.comment(who=OWNER)


def test_only_the_author_edits_and_only_the_content(slides: Slides) -> None:
    comment = slides.comment("Kas?")
    named = {"fileId": slides.id, "commentId": comment["id"], "fields": "*"}
    with refused(403, "insufficientFilePermissions"):
        slides.drive.by().comments().update(body={"content": "Muu"}, **named).execute()
    changed = slides.drive.by(FIRST).comments().update(body={"content": "Miks?"}, **named).execute()
    assert changed["content"] == "Miks?"
    assert changed["modifiedTime"] > comment["modifiedTime"]
    with refused(403, "fieldNotWritable"):
        slides.drive.by(FIRST).comments().update(body={"resolved": True}, **named).execute()


def test_d5_a_deleted_comment_is_a_tombstone_without_content(slides: Slides) -> None:
    comment = slides.comment(quotedFileContent={"value": "Partnerlus"})
    slides.drive.share(slides.id, ELSEWHERE, "writer")
    with refused(403, "insufficientFilePermissions"):
        slides.drive.by(ELSEWHERE).comments().delete(fileId=slides.id, commentId=comment["id"]).execute()
    slides.drive.by(FIRST).comments().delete(fileId=slides.id, commentId=comment["id"]).execute()
    assert slides.comments() == []
    (tombstone,) = slides.comments(includeDeleted=True)
    assert (tombstone["id"], tombstone["deleted"]) == (comment["id"], True)
    assert not {"content", "htmlContent", "quotedFileContent"} & tombstone.keys()
    assert tombstone["modifiedTime"] > comment["modifiedTime"]
    with refused(404, "notFound"):
        slides.get(comment)
    assert slides.get(comment, includeDeleted=True)["deleted"] is True
    with refused(404, "notFound"):
        slides.reply(comment, content="Jah")


def test_d5_a_reply_moves_the_comments_modified_time_and_stands_in_it(slides: Slides) -> None:
    comment = slides.comment()
    reply = slides.reply(comment, content="Jah, nii on.")
    assert (reply["kind"], reply["author"]["me"]) == ("drive#reply", True)
    changed = slides.get(comment)
    assert changed["modifiedTime"] == reply["modifiedTime"] > comment["modifiedTime"]
    assert [one["content"] for one in changed["replies"]] == ["Jah, nii on."]
    assert changed["resolved"] is False


def test_d5_start_modified_time_is_a_minimum(slides: Slides) -> None:
    first, second = slides.comment("Esimene?"), slides.comment("Teine?")
    later = slides.comments(startModifiedTime=second["modifiedTime"])
    assert [one["content"] for one in later] == ["Teine?"]
    since = slides.reply(first, content="Jah")["modifiedTime"]
    assert [one["content"] for one in slides.comments(startModifiedTime=since)] == ["Esimene?"]
    with refused(400, "invalid"):
        slides.comments(startModifiedTime="eile")


def test_d5_comments_are_resolved_and_reopened_by_replies_alone(slides: Slides) -> None:
    comment = slides.comment()
    reply = slides.reply(comment, action="resolve")
    assert reply["action"] == "resolve"
    assert slides.get(comment)["resolved"] is True
    slides.reply(comment, who=FIRST, action="reopen", content="Veel üks asi")
    assert slides.get(comment)["resolved"] is False
    with refused(400, "invalid"):
        slides.reply(comment, action="close")
    with refused(400, "required"):
        slides.reply(comment)
    slides.drive.share(slides.id, ELSEWHERE, "commenter")
    with refused(403, "insufficientFilePermissions"):
        slides.reply(comment, who=ELSEWHERE, action="resolve")


def test_replies_are_listed_oldest_first_edited_by_their_author_and_deleted(slides: Slides) -> None:
    comment = slides.comment()
    first, second = slides.reply(comment, content="Üks"), slides.reply(comment, content="Kaks")
    assert [one["content"] for one in slides.replies(comment)] == ["Üks", "Kaks"]
    named = {"fileId": slides.id, "commentId": comment["id"], "replyId": first["id"]}
    with refused(403, "insufficientFilePermissions"):
        slides.drive.by(FIRST).replies().update(body={"content": "Muu"}, fields="*", **named).execute()
    changed = slides.drive.by().replies().update(body={"content": "Uus"}, fields="*", **named).execute()
    assert changed["content"] == "Uus"
    assert slides.get(comment)["modifiedTime"] == changed["modifiedTime"]
    slides.drive.by().replies().delete(**named).execute()
    assert [one["id"] for one in slides.replies(comment)] == [second["id"]]
    tombstones = slides.replies(comment, includeDeleted=True)
    assert [(one["deleted"], "content" in one) for one in tombstones] == [(True, False), (False, True)]
    assert [one["id"] for one in slides.get(comment)["replies"]] == [second["id"]]
    with refused(404, "notFound"):
        slides.drive.by().replies().get(fields="*", **named).execute()


def test_d5_comments_come_in_pages_of_20_and_at_most_100(slides: Slides) -> None:
    for number in range(103):
        slides.drive.control.post("comments", {"fileId": slides.id, "userId": FIRST, "content": f"{number}?"})
    comments = slides.drive.by().comments()
    first = comments.list(fileId=slides.id, fields="*").execute()
    assert (first["kind"], len(first["comments"])) == ("drive#commentList", 20)
    request, seen = comments.list(fileId=slides.id, pageSize=1000, fields="*"), []
    while request is not None:
        answer = request.execute()
        seen.append([one["content"] for one in answer["comments"]])
        request = comments.list_next(request, answer)
    assert [len(one) for one in seen] == [100, 3]
    assert seen[0][:2] == ["102?", "101?"]
    with refused(400, "badRequest"):
        comments.list(fileId=slides.id, pageToken=first["nextPageToken"], pageSize=7, fields="*").execute()


def test_a_comment_counts_in_the_files_version_and_not_in_its_modified_time(slides: Slides) -> None:
    before = slides.drive.get(slides.id)
    slides.comment()
    after = slides.drive.get(slides.id)
    assert int(after["version"]) > int(before["version"])
    assert after["modifiedTime"] == before["modifiedTime"]


# --- what a participant does in Drive's page


def test_a_participant_comments_in_drives_page(slides: Slides) -> None:
    said = {"fileId": slides.id, "userId": FIRST, "content": "Kuidas alustada?", "quoted": "Partnerlus"}
    made = slides.drive.control.post("comments", said)
    (comment,) = slides.comments()
    assert comment["id"] == made["id"]
    assert comment["content"] == "Kuidas alustada?"
    assert comment["quotedFileContent"] == {"mimeType": "text/plain", "value": "Partnerlus"}
    assert comment["author"]["displayName"] == "Osaleja Üks"


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"userId": "keegi@mujal.example"}, "404: There is no user"),
        ({"userId": ELSEWHERE}, "404: File not found"),
        ({"content": " "}, "400: The content must not be blank"),
        ({"fileId": "puudub"}, "404: File not found"),
        ({"tsitaat": "a"}, "400: the request has no 'tsitaat'"),
    ],
)
def test_what_nobody_could_do_in_drives_page_is_refused(slides: Slides, change: dict[str, str], complaint: str) -> None:
    said = {"fileId": slides.id, "userId": FIRST, "content": "Kuidas alustada?"}
    with pytest.raises(ControlRefused, match=complaint):
        slides.drive.control.post("comments", said | change)
    assert slides.comments() == []


def test_who_may_only_look_cannot_comment_in_drives_page(slides: Slides) -> None:
    slides.drive.share(slides.id, ELSEWHERE, "reader")
    with pytest.raises(ControlRefused, match="403"):
        slides.drive.control.post("comments", {"fileId": slides.id, "userId": ELSEWHERE, "content": "Kas?"})
