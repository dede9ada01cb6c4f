"""The language of ``q``, ``orderBy`` and pages of files.list, held against google-apis.md D.2."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from better_classroom.sandbox.drive import query
from better_classroom.sandbox.errors import ApiError
from sandbox_drive import (
    DOCUMENT,
    FIRST,
    FOLDER,
    OWNER,
    PDF,
    WRITER,
    Drive,
    refused,
)


@pytest.fixture
def shelf(drive: Drive) -> Drive:
    """Three files, of which each query finds some."""
    drive.make("Ettekanne 1.pdf", appProperties={"bc_programme": "better-2020"}, properties={"keel": "et"})
    drive.make("Ettekanne 2.pdf", appProperties={"bc_programme": "better-2021"}, starred=True)
    drive.make("Märkmed ja küsimused", mimeType=DOCUMENT, description="Kuidas andmeid koguda")
    return drive


ONE, TWO, NOTES = "Ettekanne 1.pdf", "Ettekanne 2.pdf", "Märkmed ja küsimused"


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("", {ONE, TWO, NOTES}),
        ("name = 'Ettekanne 1.pdf'", {ONE}),
        ("name != 'Ettekanne 1.pdf'", {TWO, NOTES}),
        ("name contains 'ette'", {ONE, TWO}),
        ("name contains 'küsi'", {NOTES}),
        ("name contains 'kanne'", set()),  # google-apis.md D.2: prefix-only
        ("fullText contains 'andmeid'", {NOTES}),
        ("fullText contains '\"andmeid koguda\"'", {NOTES}),
        ("mimeType = 'application/pdf'", {ONE, TWO}),
        ("mimeType contains 'application/vnd'", {NOTES}),
        ("starred = true", {TWO}),
        ("starred != true", {ONE, NOTES}),
        ("trashed = false", {ONE, TWO, NOTES}),
        ("trashed=true", set()),
        ("'root' in parents", {ONE, TWO, NOTES}),
        ("'nowhere' in parents", set()),
        (f"'{OWNER}' in owners", {ONE, TWO, NOTES}),
        ("'me' in writers", {ONE, TWO, NOTES}),
        (f"'{WRITER}' in readers", set()),
        ("sharedWithMe = true", set()),
        ("visibility = 'limited'", {ONE, TWO, NOTES}),
        ("createdTime > '2019-01-01T00:00:00'", {ONE, TWO, NOTES}),
        ("modifiedTime < '2019-01-01T00:00:00+02:00'", set()),
        ("viewedByMeTime >= '2019-01-01'", {ONE, TWO, NOTES}),
        ("appProperties has { key='bc_programme' and value='better-2020' }", {ONE}),
        ("appProperties has {key='bc_programme' and value='better-2020'} and trashed=false", {ONE}),
        ("properties has { key='keel' and value='et' }", {ONE}),
        ("properties has { key='keel' and value='en' }", set()),
        ("not starred = true", {ONE, NOTES}),
        ("not not starred = true", {TWO}),
        ("name contains 'Ettekanne' and not starred = true", {ONE}),
        ("starred = true or mimeType = 'application/vnd.google-apps.document'", {TWO, NOTES}),
        ("starred = true and name = 'x' or name contains 'Märk'", {NOTES}),
        ("starred = true and (name = 'x' or name contains 'Märk')", set()),
        ("((name contains 'Märk'))", {NOTES}),
    ],
)
def test_d2_a_query_finds(shelf: Drive, q: str, found: set[str]) -> None:
    assert set(shelf.found(q)) == found


def test_d2_quotes_and_backslashes_are_escaped(drive: Drive) -> None:
    drive.make("Valentine's \\ Day")
    assert drive.found("name = 'Valentine\\'s \\\\ Day'") == ["Valentine's \\ Day"]


@pytest.mark.parametrize(
    "q",
    [
        "nonsense",
        "name",
        "name =",
        "name = Ettekanne",
        "name = 'unclosed",
        "name = 'wrong \\n escape'",
        "name > 'a'",
        "name = 'a' name = 'b'",
        "name = 'a' and",
        "and name = 'a'",
        "(name = 'a'",
        "name = 'a')",
        "trashed = 'false'",
        "trashed = maybe",
        "trashed > true",
        "modifiedTime > 'yesterday'",
        "modifiedTime contains '2020'",
        "mimeType '=' 'a'",
        "colour = 'red'",
        "'root' in drawers",
        "'root' = parents",
        "parents in 'root'",
        "appProperties has { key='a' }",
        "appProperties has { value='a' and key='b' }",
        "appProperties = 'a'",
        "fullText = 'a'",
        "name = 'a' AND name = 'b'",
        "name = 'a'; name = 'b'",
        "(" * 60 + "name = 'a'" + ")" * 60,
    ],
)
def test_d2_what_is_no_query_is_400_invalid(drive: Drive, q: str) -> None:
    with refused(400, "invalid") as error:
        drive.found(q)
    assert error["errors"][0]["location"] == "q"


@given(
    st.lists(
        st.sampled_from(
            [
                "name",
                "trashed",
                "'a'",
                "'",
                "\\",
                "=",
                "!=",
                ">",
                "(",
                ")",
                "{",
                "}",
                "not",
                "and",
                "or",
                "in",
                "has",
                "contains",
                "true",
                "key",
                "value",
            ]
        )
    )
)
def test_a_query_is_read_or_refused_whatever_it_is(words: list[str]) -> None:
    outcome = 400
    try:
        query.parse(" ".join(words))
    except ApiError as error:
        outcome = error.code
    assert outcome == 400


def test_d2_app_properties_of_another_app_are_not_found(shelf: Drive) -> None:
    q = "appProperties has { key='bc_programme' and value='better-2020' }"
    assert shelf.found(q, by=shelf.by(OWNER, project="another")) == []


def test_a_listing_holds_ones_own_files_and_those_shared_with_one(drive: Drive) -> None:
    shared, linked = drive.make("Jagatud.pdf"), drive.make("Lingiga.pdf")
    drive.make("Salajane.pdf")
    drive.share(shared["id"])
    anyone = {"type": "anyone", "role": "reader"}
    drive.by().permissions().create(fileId=linked["id"], body=anyone).execute()
    assert drive.found("", by=drive.by(FIRST)) == ["Jagatud.pdf"]
    assert drive.found("sharedWithMe = true", by=drive.by(FIRST)) == ["Jagatud.pdf"]
    assert drive.get(linked["id"], by=drive.by(FIRST))["name"] == "Lingiga.pdf"
    assert drive.found("visibility = 'anyoneWithLink'") == ["Lingiga.pdf"]


def test_what_the_whole_domain_can_find_is_in_its_corpus(drive: Drive) -> None:
    made = drive.make("Kõigile.pdf")
    domain = {"type": "domain", "role": "reader", "domain": "tartu.example", "allowFileDiscovery": True}
    drive.by().permissions().create(fileId=made["id"], body=domain).execute()
    assert drive.found("", by=drive.by(WRITER)) == []
    assert drive.found("", by=drive.by(WRITER), corpora="domain") == ["Kõigile.pdf"]


@pytest.mark.parametrize(
    ("order", "names"),
    [
        ("name", ["1", "12", "2", "kaust"]),
        ("name_natural", ["1", "2", "12", "kaust"]),
        ("name desc", ["kaust", "2", "12", "1"]),
        ("folder,name", ["kaust", "1", "12", "2"]),
        ("createdTime", ["12", "2", "1", "kaust"]),
        ("quotaBytesUsed desc,name", ["2", "1", "12", "kaust"]),
        ("starred desc, name_natural", ["12", "1", "2", "kaust"]),
        ("modifiedTime desc", ["kaust", "1", "2", "12"]),
    ],
)
def test_files_come_in_the_order_asked_for(drive: Drive, order: str, names: list[str]) -> None:
    drive.make("12", starred=True)
    drive.put(b"some bytes", "2")
    drive.make("1")
    drive.make("kaust", mimeType=FOLDER)
    assert drive.found("", orderBy=order) == names


@pytest.mark.parametrize("order", ["colour", "name up", "name desc desc", "name,", ","])
def test_an_order_that_is_none_is_400(drive: Drive, order: str) -> None:
    with refused(400, "invalid"):
        drive.found("", orderBy=order)


def test_d2_pages_are_of_100_unless_told_and_of_1000_at_most(drive: Drive) -> None:
    batch = drive.by().new_batch_http_request()
    for number in range(100):
        batch.add(drive.by().files().create(body={"name": str(number)}))
    batch.execute()
    drive.make("100")
    first = drive.by().files().list().execute()
    assert len(first["files"]) == 100
    rest = drive.by().files().list(pageToken=first["nextPageToken"]).execute()
    assert len(rest["files"]) == 1
    assert "nextPageToken" not in rest
    assert len(drive.by().files().list(pageSize=1001).execute()["files"]) == 101


def walked(service: Any, **query: Any) -> list[str]:
    names: list[str] = []
    request = service.files().list(**query)
    while request is not None:
        answer = request.execute()
        names += [row["name"] for row in answer["files"]]
        request = service.files().list_next(request, answer)
    return names


def test_d2_a_walk_over_pages_finds_each_file_once(drive: Drive) -> None:
    for number in range(7):
        drive.make(str(number))
    assert sorted(walked(drive.by(), pageSize=2)) == [str(number) for number in range(7)]


def test_a_page_token_of_another_query_is_400(drive: Drive) -> None:
    for number in range(3):
        drive.make(str(number))
    token = drive.by().files().list(pageSize=1, q="trashed=false").execute()["nextPageToken"]
    with refused(400, "badRequest"):
        drive.by().files().list(pageSize=1, pageToken=token).execute()


def test_fields_choose_from_a_listing(drive: Drive) -> None:
    drive.make(appProperties={"bc_file": "1f"})
    answer = drive.by().files().list(fields="files(name,appProperties,permissions/role)").execute()
    assert answer == {
        "files": [{"name": "Ettekanne.pdf", "appProperties": {"bc_file": "1f"}, "permissions": [{"role": "owner"}]}]
    }


@pytest.mark.parametrize(
    ("query", "code", "reason"),
    [
        ({"corpora": "galaxy"}, 400, "invalid"),
        ({"corpora": "drive"}, 400, "required"),
        ({"driveId": "0A"}, 501, "notImplemented"),
        ({"spaces": "outer"}, 400, "invalid"),
        ({"spaces": "appDataFolder"}, 501, "notImplemented"),
    ],
)
def test_there_is_nothing_to_list_elsewhere(drive: Drive, query: dict[str, Any], code: int, reason: str) -> None:
    with refused(code, reason):
        drive.by().files().list(**query).execute()


def test_mime_types_of_plain_names(drive: Drive) -> None:
    assert drive.make("Ettekanne.pdf")["mimeType"] == PDF
