"""Random programmes and random edits of them, as an organiser might write them on a bad day."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from hypothesis import strategies as st

from builders import ACCOUNT

OTHER_ACCOUNT = "organizza@genova.example"
PROGRAMME = "better-machine"

Document = dict[str, Any]

# By alias we make the course; by id it exists already.
COURSES: dict[str, Document] = {
    "tartu": {"language": "et", "alias": "p:tartu"},
    "birmingham": {"language": "en", "alias": "p:birmingham", "time_zone": "Europe/London"},
    "genoa": {"language": "it", "id": "604567890123", "time_zone": "Europe/Rome", "account": OTHER_ACCOUNT},
    "nyiregyhaza": {"language": "hu", "alias": "p:nyiregyhaza", "time_zone": "Europe/Budapest"},
    "gavle": {"language": "sv", "id": "604567890124", "time_zone": "Europe/Stockholm"},
    "turku": {"language": "sv", "alias": "p:turku", "account": OTHER_ACCOUNT},
}
EXISTING = {key: course for key, course in COURSES.items() if "id" in course}
LANGUAGES = ("en", "et", "it", "hu", "sv")
ZONES = ("Europe/Tallinn", "Europe/London", "Asia/Kathmandu", "America/St_Johns", "Pacific/Auckland")
FILES = ("slides/1.pdf", "slides/Töö.pdf", "slides/עברית.pptx", "slides/e\u0301tat.odp", "slides/a{b}'\"=.mp4")
LINKS = (
    "https://www.interregeurope.eu/better/",
    "https://youtu.be/dQw4w9WgXcQ",
    "HTTPS://Example.example",
    "https://a.example/?q=%C3%B5&z=1#end",
    "https://docs.google.com/forms/d/e/none/viewform",
)

# Right to left, joining, zero width, what looks like a formula, a placeholder, a tag, an escape; blanks of all kinds.
PIECES = (
    "שלום", "مرحبا", "e\u0301\u0323", "👩‍🔬", "🏳️‍🌈", "\u200b", "\u202e", "\u2066", "{closes}", "{with_}", '"', "'", "=1+1",
    "+@-", "<b>&amp;", "\\n", "%s", "\u00a0", "\u3000", "\u2028", "\u2029", "ẞİı", "Ǆ", "ﷺ", "\ufeff", "#", "- ", ": ", "🇪🇪",
    "Nyíregyháza", "Gävle", "\t", "  ", "\ufffe", "\U0001f600", "|", "~", "null",
)  # fmt: skip

_shreds = st.lists(
    st.sampled_from(PIECES) | st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=4),
    max_size=3,
).map("".join)
_lines = st.lists(_shreds, min_size=1, max_size=3).map("\n".join)
any_number = st.integers(0, 999)


class Numbers:
    """Numbers that no other text or key of one story has: two posts of one title would be the programme's mistake."""

    def __init__(self) -> None:
        self.start_anew()

    def start_anew(self) -> None:
        """Begin with 1: the same story told again has the same numbers."""
        self._numbers = count(1)

    def __next__(self) -> int:
        return next(self._numbers)


NUMBERS = Numbers()


def numbered(text: str) -> str:
    return f"{text}{next(NUMBERS)}"


@st.composite
def words(draw: st.DrawFn, *, lines: bool = False) -> Any:
    """A text for participants: one for all languages, or one for some of them."""
    text = _lines if lines else _shreds
    if draw(st.booleans()):
        return numbered(draw(text))
    spoken = draw(st.lists(st.sampled_from(LANGUAGES), min_size=1, max_size=3, unique=True))
    return {language: numbered(draw(text)) for language in spoken}


attachments = st.one_of(
    st.sampled_from(FILES).map(lambda path: {"file": path}),
    st.tuples(st.sampled_from(FILES), st.sampled_from(FILES)).map(lambda two: {"file": {"en": two[0], "et": two[1]}}),
    st.sampled_from(LINKS).map(lambda url: {"link": url}),
    st.sampled_from(("dQw4w9WgXcQ", "abcdefghijk")).map(lambda video: {"youtube": video}),
)


@st.composite
def materials(draw: st.DrawFn) -> Document:
    material: Document = {
        "title": draw(words()),
        "publish": draw(
            st.sampled_from(("14 days before", "2 hours before", "at end", "1 day after", "200 days before"))
        ),
        "attachments": draw(st.lists(attachments, max_size=3, unique_by=str)),
    }
    if draw(st.booleans()):
        material["text"] = draw(words(lines=True))
    return material


_spans = st.tuples(st.integers(1, 28), st.integers(8, 16))


def _times(span: tuple[int, int]) -> Document:
    day, hour = span
    return {"starts": f"2020-06-{day:02} {hour:02}:30", "ends": f"2020-06-{day:02} {hour + 2:02}:00"}


_boxes = st.fixed_dictionaries(
    {},
    optional={
        "before": st.sampled_from(({"opens": "14 days before", "closes": "at start"}, {"opens": "3 days before", "closes": "1 hour before"})),
        "after": st.sampled_from(({"opens": "at end", "closes": "14 days after"}, {"opens": "1 hour after", "closes": "2 days after"})),
    },
)  # fmt: skip


@st.composite
def reminders(draw: st.DrawFn) -> list[Document]:
    times = draw(
        st.lists(st.sampled_from(("1 day before", "1 hour before", "3 weeks before")), max_size=2, unique=True)
    )
    return [{"publish": time, "text": draw(words(lines=True))} for time in times]


@st.composite
def seminars(draw: st.DrawFn) -> Document:
    seminar: Document = {"title": draw(words()), **_times(draw(_spans)), "experts": ["lauri-sock"]}
    if draw(st.booleans()):
        seminar["label"] = draw(words())
    if draw(st.booleans()):
        seminar["summary"] = draw(words(lines=True))
    if draw(st.booleans()):
        seminar["join"] = {"with": "Webex {url}", "url": "https://better.webex.example/meet/1?a=b"}
    if draw(st.booleans()):
        seminar["materials"] = {f"m{number}": draw(materials()) for number in range(draw(st.integers(0, 2)))}
    if draw(st.booleans()):
        seminar["questions"] = draw(_boxes)
    if draw(st.booleans()):
        seminar["reminders"] = draw(reminders())
    return seminar


def _seminar_key() -> str:
    return f"s{next(NUMBERS)}"


@st.composite
def programmes(draw: st.DrawFn) -> Document:
    """A programme of one to six courses and one to ten seminars, mostly few."""
    courses = draw(
        st.lists(
            st.sampled_from(sorted(COURSES)), min_size=1, max_size=draw(st.sampled_from((2, 2, 2, 6))), unique=True
        )
    )
    most = draw(st.sampled_from((1, 2, 2, 3, 10)))
    made = [(_seminar_key(), draw(seminars())) for _ in range(draw(st.integers(1, most)))]
    programme: Document = {
        "version": 1,
        "programme": PROGRAMME,
        "title": draw(words()),
        "time_zone": draw(st.sampled_from(ZONES)),
        "account": ACCOUNT,
        "languages": list(draw(st.permutations(LANGUAGES))),
        "courses": {key: copy.deepcopy(COURSES[key]) for key in courses},
        "experts": {"lauri-sock": {"name": "Lauri Sock", "partner": "P4 Tartu", "email": "lauri.sock@tartu.example"}},
        "seminars": dict(made),
        "drift": draw(st.sampled_from(("keep", "restore"))),
    }
    if draw(st.booleans()):
        programme["welcome"] = {"publish": "21 days before the first seminar", "text": draw(words(lines=True))}
    return programme


# Edits: each changes a copy of the document in place, and may make it invalid; what is invalid is not written.

Edit = Callable[[Document, st.DrawFn], None]


def picked(draw: st.DrawFn, things: Any) -> Any:
    """Any one of them."""
    order = list(things)
    return order[draw(any_number) % len(order)]


def _a_seminar(document: Document, draw: st.DrawFn) -> Document:
    return picked(draw, document["seminars"].values())  # type: ignore[no-any-return]  # one of the documents


def _materials_of(document: Document) -> Iterator[Document]:
    for seminar in document["seminars"].values():
        yield from (seminar.get("materials") or {}).values()


def new_words(document: Document, draw: st.DrawFn) -> None:
    """Other words somewhere in a seminar."""
    seminar = _a_seminar(document, draw)
    name = draw(st.sampled_from(("title", "label", "summary")))
    seminar[name] = draw(words(lines=name == "summary"))


def fewer_words(document: Document, draw: st.DrawFn) -> None:
    """A seminar without a label, a summary, a place to join or experts."""
    _a_seminar(document, draw).pop(draw(st.sampled_from(("label", "summary", "join", "experts"))), None)


def other_times(document: Document, draw: st.DrawFn) -> None:
    _a_seminar(document, draw).update(_times(draw(_spans)))


def other_sections(document: Document, draw: st.DrawFn) -> None:
    """A section that is left out, or written anew."""
    seminar = _a_seminar(document, draw)
    name = draw(st.sampled_from(("materials", "questions", "reminders")))
    if name in seminar and draw(st.booleans()):
        del seminar[name]
    else:
        made = {"questions": _boxes, "reminders": reminders(), "materials": st.just({"m0": draw(materials())})}
        seminar[name] = draw(made[name])


def other_materials(document: Document, draw: st.DrawFn) -> None:
    """A material more, fewer, or elsewhere in the order."""
    seminar = _a_seminar(document, draw)
    there = seminar.get("materials") or {}
    if there and draw(st.booleans()):
        del there[picked(draw, there)]
    else:
        there[f"m{next(NUMBERS)}"] = draw(materials())
    seminar["materials"] = dict(draw(st.permutations(sorted(there.items()))))


def other_material(document: Document, draw: st.DrawFn) -> None:
    """Title, text, time or attachments of one material."""
    found = list(_materials_of(document))
    if not found:
        return
    material, new = picked(draw, found), draw(materials())
    name = draw(st.sampled_from(("title", "text", "publish", "attachments")))
    if name in new:
        material[name] = new[name]


def other_attachments(document: Document, draw: st.DrawFn) -> None:
    """One attachment more or fewer, or another order."""
    found = [material for material in _materials_of(document) if material["attachments"]]
    if not found:
        return
    material = picked(draw, found)
    kept = draw(st.permutations(material["attachments"]))
    material["attachments"] = kept[1:] if draw(st.booleans()) else [*kept, draw(attachments)]


def more_or_fewer_seminars(document: Document, draw: st.DrawFn) -> None:
    if len(document["seminars"]) > 1 and draw(st.booleans()):
        del document["seminars"][picked(draw, document["seminars"])]
    else:
        document["seminars"][_seminar_key()] = draw(seminars())
    document["seminars"] = dict(draw(st.permutations(list(document["seminars"].items()))))


def cancelled_or_not(document: Document, draw: st.DrawFn) -> None:
    seminar = _a_seminar(document, draw)
    if seminar.pop("cancelled", None) is None:
        seminar["cancelled"] = {"text": draw(words(lines=True))}


def other_courses(document: Document, draw: st.DrawFn) -> None:
    """A course joins the programme or leaves it."""
    key = draw(st.sampled_from(sorted(COURSES)))
    if key not in document["courses"]:
        document["courses"][key] = copy.deepcopy(COURSES[key])
    elif len(document["courses"]) > 1:
        del document["courses"][key]


def other_course(document: Document, draw: st.DrawFn) -> None:
    """Language, zone or name of one course."""
    course = picked(draw, document["courses"].values())
    name = draw(st.sampled_from(("language", "time_zone", "name")))
    course[name] = draw(
        {"language": st.sampled_from(LANGUAGES), "time_zone": st.sampled_from(ZONES), "name": words()}[name]
    )


def other_whole(document: Document, draw: st.DrawFn) -> None:
    """Title, zone, order of languages, welcome, or what becomes of drift."""
    name = draw(st.sampled_from(("title", "time_zone", "languages", "welcome", "drift")))
    if name == "welcome" and document.pop("welcome", None):
        return
    document[name] = draw(
        {
            "title": words(),
            "time_zone": st.sampled_from(ZONES),
            "languages": st.permutations(LANGUAGES),
            "welcome": st.fixed_dictionaries(
                {"publish": st.just("21 days before the first seminar"), "text": words(lines=True)}
            ),
            "drift": st.sampled_from(("keep", "restore")),
        }[name]
    )


EDITS: tuple[Edit, ...] = (
    new_words,
    fewer_words,
    other_times,
    other_sections,
    other_materials,
    other_material,
    other_attachments,
    more_or_fewer_seminars,
    cancelled_or_not,
    other_courses,
    other_course,
    other_whole,
)


@st.composite
def edited(draw: st.DrawFn, document: Document) -> Document:
    """The document after one edit, which may have made it invalid."""
    new = copy.deepcopy(document)
    draw(st.sampled_from(EDITS))(new, draw)
    return new
