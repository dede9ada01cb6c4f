"""What is no mistake and deserves to be known: missing translations, settings that do not act yet, lonely keys."""

from __future__ import annotations

from better_classroom import texts
from better_classroom.programme.complaints import Complaints
from better_classroom.programme.reading import Steps
from better_classroom.programme.titles import texts_in
from better_classroom.programme.words import listed, shown
from better_classroom.programme.written import WrittenProgramme, WrittenQuestionSettings


def hint(written: WrittenProgramme, complaints: Complaints) -> None:
    """Add every warning."""
    _translations(written, complaints)
    if written.questions:
        _settings(written.questions, complaints)
    if not complaints.mistakes:  # a seminar whose experts cannot be read leaves none of them idle
        _experts(written, complaints)


def _translations(written: WrittenProgramme, complaints: Complaints) -> None:
    languages = [language for language in written.languages or [] if language]
    surplus: dict[str, list[Steps]] = {}
    for steps, text in texts_in(written):
        if not text.root or "" in text.root or not languages:
            continue
        missing = [language for language in languages if language not in text.root]
        if missing:
            order = [*languages, *text.root]
            instead = next(language for language in order if language in text.root)
            message = f"not translated into {listed(missing)}: participants read it in {instead}"
            complaints.warn(steps, message, key=True)
        for language in text.root:
            if language in texts.LANGUAGES and language not in languages:
                surplus.setdefault(language, []).append((*steps, language))
    for language, places in surplus.items():
        count = f"{len(places)} texts are" if len(places) > 1 else "this text is"
        message = f"{count} written in `{language}`, which is not among `languages`"
        complaints.warn(places[0], message, "add it there, or nobody will read it", key=True)


def _settings(settings: WrittenQuestionSettings, complaints: Complaints) -> None:
    if settings.slide_comments:
        complaints.warn(
            ("questions", "slide_comments"),
            "whoever comments on slides does so by name: all participants of the course read who asked",
            "tell them so in the welcome; who wants to stay unknown asks in a question box",
            key=True,
        )


def _experts(written: WrittenProgramme, complaints: Complaints) -> None:
    leading: set[str] = set()
    for key, seminar in (written.seminars or {}).items():
        if seminar:
            leading |= {expert for expert in seminar.experts or [] if expert}
            boxes = seminar.questions
            if boxes and (boxes.before or boxes.after) and not seminar.experts:
                _nobody(key, complaints)
    for key in written.experts or {}:
        if key not in leading:
            complaints.warn(("experts", key), f"{shown(key)} leads no seminar", key=True)


def _nobody(key: str, complaints: Complaints) -> None:
    complaints.warn(
        ("seminars", key, "questions"),
        "this seminar has no experts: its questions wait until an organiser assigns them",
        "name its experts under `experts:`",
        key=True,
    )
