"""The examples that ship: true to the event's facts, whole in five languages, the slides real files, the secrets none."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from pypdf import PageObject, PdfReader
from pypdf.generic import DictionaryObject

from better_classroom import programme, settings, texts
from better_classroom.gateways import keyfiles, scopes

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "better-2020"
CREDENTIALS = ROOT / "credentials.example"
PROGRAMME = programme.load(EXAMPLE / "programme.yaml")
SLIDES = sorted((EXAMPLE / "slides").glob("*.pdf"))

each_presentation = pytest.mark.parametrize("path", SLIDES, ids=lambda path: path.stem)


def words(path: Path, page: int) -> str:
    return " ".join(PdfReader(path).pages[page].extract_text().split())


def test_check_finds_nothing_to_complain_or_warn_about() -> None:
    checked = programme.check(EXAMPLE / "programme.yaml")
    assert (checked.complaints, checked.warnings) == ((), ())


def test_seminars_are_held_when_and_by_whom_the_event_says() -> None:
    held = [
        (seminar.starts, seminar.ends, [PROGRAMME.experts[key].name for key in seminar.experts])
        for seminar in PROGRAMME.seminars.values()
    ]
    # 11:30 to 13:00 in Tallinn, which keeps summer time in June
    hours = [
        (datetime(2020, 6, day, 8, 30, tzinfo=UTC), datetime(2020, 6, day, 10, tzinfo=UTC)) for day in (16, 17, 18)
    ]
    experts = ["Lauri Sock", "Henrik Mazzanti", "Dr Steve Harding"]
    assert held == [(*times, [expert]) for times, expert in zip(hours, experts, strict=True)]


def test_each_of_the_five_cities_has_its_course_in_its_language_and_time_zone() -> None:
    found = {key: (course.language, course.time_zone.key, course.alias) for key, course in PROGRAMME.courses.items()}
    assert found == {
        "tartu": ("et", "Europe/Tallinn", "p:better-2020-tartu"),
        "genoa": ("it", "Europe/Rome", "p:better-2020-genoa"),
        "nyiregyhaza": ("hu", "Europe/Budapest", "p:better-2020-nyiregyhaza"),
        "birmingham": ("en", "Europe/London", "p:better-2020-birmingham"),
        "gavle": ("sv", "Europe/Stockholm", "p:better-2020-gavle"),
    }


def test_every_text_is_written_in_all_five_languages_and_differs_between_them() -> None:
    written = yaml.safe_load((EXAMPLE / "programme.yaml").read_text(encoding="utf-8"))
    found = list(translations(written))
    assert len(found) == 18
    for text in found:
        assert tuple(sorted(text)) == tuple(sorted(texts.LANGUAGES))
    titles = [seminar.title for seminar in PROGRAMME.seminars.values()]
    titles += [seminar.summary for seminar in PROGRAMME.seminars.values() if seminar.summary]
    assert all(len({title.say(language) for language in texts.LANGUAGES}) == 5 for title in titles)


def translations(node: object) -> list[dict[str, str]]:
    """Every map from languages to words, wherever it stands."""
    if isinstance(node, list):
        return [found for part in node for found in translations(part)]
    if not isinstance(node, dict):
        return []
    if node.keys() & set(texts.LANGUAGES):
        return [node]
    return [found for part in node.values() for found in translations(part)]


def test_participants_have_role_names_with_diacritics_and_addresses_that_reach_nobody() -> None:
    for course in PROGRAMME.courses.values():
        people = course.participants or ()
        assert len({person.email for person in people}) == 8
        assert all(person.email.endswith(".example") for person in people)
        assert course.language == "en" or not "".join(person.name for person in people).isascii()
    assert all(expert.email.endswith(".example") for expert in PROGRAMME.experts.values())


def test_each_seminar_has_its_presentation_both_boxes_and_a_reminder_in_every_language() -> None:
    assert len(SLIDES) == 3
    for seminar, path in zip(PROGRAMME.seminars.values(), SLIDES, strict=True):
        boxes = seminar.questions
        assert boxes is not None
        assert boxes.before is not None
        assert boxes.after is not None
        assert (boxes.before.closes, boxes.after.opens) == (seminar.starts, seminar.ends)
        assert [reminder.key for reminder in seminar.reminders or ()] == ["1-day-before"]
        attached = (seminar.materials or {})["presentation"].attachments[0]
        assert isinstance(attached, programme.FileAttachment)
        assert {attached.path(language) for language in texts.LANGUAGES} == {f"slides/{path.name}"}


@each_presentation
def test_presentations_are_real_files_of_several_pages_with_their_fonts_inside(path: Path) -> None:
    reader = PdfReader(path)
    assert 5 <= len(reader.pages) <= 8
    assert path.stat().st_size < 300_000
    assert all(page.extract_text().strip() for page in reader.pages)
    fonts = {str(name) for page in reader.pages for name in base_fonts(page)}
    assert fonts, "no text at all"
    assert all("+DejaVuSans" in font for font in fonts), "a whole font, or one that the reader may lack"


def base_fonts(page: PageObject) -> list[object]:
    resources = page["/Resources"]
    assert isinstance(resources, DictionaryObject)
    fonts = resources["/Font"]
    assert isinstance(fonts, DictionaryObject)
    return [font.get_object()["/BaseFont"] for font in fonts.values()]


@each_presentation
def test_presentations_say_what_the_programme_says(path: Path) -> None:
    seminar = list(PROGRAMME.seminars.values())[SLIDES.index(path)]
    expert = PROGRAMME.experts[seminar.experts[0]]
    first, last = words(path, 0), words(path, -1)
    assert programme.topic_name(seminar, "en").partition(": ")[0] in first
    assert seminar.title.say("en") in first
    assert f"{expert.name} ({expert.partner})" in first
    assert texts.span(seminar.starts, seminar.ends, PROGRAMME.time_zone, "en") in first
    assert last.startswith("Ask your question in Classroom")
    assert texts.say("en", "box.before.title") in last


@each_presentation
def test_presentations_carry_the_seminars_own_date_so_that_drawing_them_again_changes_nothing(path: Path) -> None:
    seminar = list(PROGRAMME.seminars.values())[SLIDES.index(path)]
    written = PdfReader(path).metadata
    assert written
    assert written.creation_date == seminar.starts


def test_example_credentials_have_the_right_shape_and_no_worth() -> None:
    client = keyfiles.read(CREDENTIALS / "oauth-client.json")
    service = keyfiles.read(CREDENTIALS / "service-account.json")
    assert isinstance(client, keyfiles.Client)
    assert isinstance(service, keyfiles.ServiceAccount)
    assert "example" in client.client_id
    assert "example" in client.client_secret
    with pytest.raises(ValueError, match="PEM"):
        load_pem_private_key(service.info["private_key"].encode(), password=None)


def test_example_settings_show_every_key_and_set_none() -> None:
    lines = (CREDENTIALS / "better-classroom.toml").read_text(encoding="utf-8").splitlines()
    assert tomllib.loads("\n".join(lines)) == {}
    shown = tomllib.loads(
        "\n".join(line.removeprefix("#") for line in lines if line.startswith("#") and line[1:2] != " ")
    )
    assert set(shown) == set(settings.KEYS)


def test_readme_of_the_credentials_lists_the_scopes_that_are_asked_for() -> None:
    readme = (CREDENTIALS / "README.md").read_text(encoding="utf-8")
    assert {line for line in readme.splitlines() if line.startswith(scopes.PREFIX)} == scopes.needed()
