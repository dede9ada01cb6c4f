"""What docs/programme.md shows is right: its examples load, and the schema agrees with the check about them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import jsonschema  # type: ignore[import-untyped]  # its stubs are one more package for one test
import pytest
import yaml

from better_classroom import programme
from better_classroom.programme import starter
from better_classroom.programme.complaints import model_at, names
from better_classroom.programme.schema import kinds
from better_classroom.programme.written import Written

ROOT = Path(__file__).parent.parent
DOCS = (ROOT / "docs/programme.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", DOCS, re.MULTILINE | re.DOTALL)
WHOLE = [example for example in EXAMPLES if example.startswith("version: 1")]
PARTS = [example for example in EXAMPLES if not example.startswith("version: 1")]
SCHEMA = programme.json_schema()


def folder_with_files(folder: Path) -> Path:
    """Make every file that the examples name."""
    for path in re.findall(r"\b(?:slides|participants)/[\w.-]+", DOCS):
        (folder / path).parent.mkdir(exist_ok=True)
        content = b"name,email\n" if path.endswith(".csv") else b"%PDF-1.4\n"
        (folder / path).write_bytes(content)
    return folder / "programme.yaml"


def completed(part: str) -> dict[str, Any]:
    """Put a part into the first whole example: at the top, or into its seminar."""
    whole: dict[str, Any] = yaml.load(WHOLE[0], Loader=yaml.BaseLoader)
    keys: dict[str, Any] = yaml.load(part, Loader=yaml.BaseLoader)
    at_the_top = keys.keys() <= set(names(model_at(()))) and not {"before", "after"} & keys.get("questions", {}).keys()
    (whole if at_the_top else whole["seminars"]["partnership"]).update(keys)
    return whole


@pytest.mark.parametrize("example", WHOLE)
def test_whole_examples_load(tmp_path: Path, example: str) -> None:
    path = folder_with_files(tmp_path)
    path.write_text(example, encoding="utf-8")

    assert programme.check(path).complaints == ()
    assert programme.check(path).warnings == ()


@pytest.mark.parametrize("part", PARTS)
def test_parts_load_in_their_place(tmp_path: Path, part: str) -> None:
    path = folder_with_files(tmp_path)
    path.write_text(yaml.safe_dump(completed(part), allow_unicode=True, sort_keys=False), encoding="utf-8")

    assert programme.check(path).complaints == ()


def test_every_key_is_explained() -> None:
    keys = {key for kind in kinds(Written) for key in names(kind)}

    assert [key for key in sorted(keys) if f"`{key}`" not in DOCS and f"{key}:" not in DOCS] == []


def test_the_complaints_shown_are_those_made(tmp_path: Path) -> None:
    path = tmp_path / "programme.yaml"
    base = (ROOT / "tests/broken/time-skipped-hour.yaml").read_text(encoding="utf-8").splitlines()
    base[13:15] = ["    start: 2020-03-29 03:00", "    ends: 2020-03-29 03:30"]
    path.write_text("\n".join(base), encoding="utf-8")

    for complaint in programme.check(path).complaints:
        assert str(complaint).replace(f"{tmp_path}/", "") in DOCS
    assert len(programme.check(path).complaints) == 2


@pytest.mark.parametrize("example", WHOLE)
def test_the_schema_allows_the_examples(example: str) -> None:
    jsonschema.validate(yaml.safe_load(example), SCHEMA)


def test_the_schema_allows_what_init_writes_and_the_programme_of_better() -> None:
    for path in (starter.BLANK / "programme.yaml", ROOT / "examples/better-2020/programme.yaml"):
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), SCHEMA)


@pytest.mark.parametrize(
    ("steps", "value"),
    [
        (("colour",), "blue"),
        (("version",), 2),
        (("languages",), ["en", "fi"]),
        (("courses", "Tartu"), {"language": "et", "alias": "p:x"}),
        (("courses", "tartu"), {"language": "et"}),
        (("courses", "tartu"), {"language": "et", "alias": "p:x", "id": "1"}),
        (("courses", "tartu", "alias"), "x"),
        (("seminars", "partnership", "starts"), "16.06.2020"),
        (("seminars", "partnership", "starts"), "1 day before"),
        (("seminars", "partnership", "title"), {"se": "Titel"}),
        (("seminars", "partnership", "title"), {}),
        (("seminars", "partnership", "join", "url"), "ftp://x"),
        (("seminars", "partnership", "materials", "presentation", "publish"), "tomorrow"),
        (("seminars", "partnership", "materials", "presentation", "attachments"), [{}]),
        (("seminars", "partnership", "materials", "presentation", "attachments"), [{"link": "https://x", "file": "a"}]),
        (("drift",), "no"),
        (("questions",), {"slide_comments": "perhaps"}),
    ],
)
def test_the_schema_refuses_what_the_check_refuses(tmp_path: Path, steps: tuple[str, ...], value: object) -> None:
    data = yaml.safe_load(WHOLE[0])
    around = data
    for step in steps[:-1]:
        around = around[step]
    around[steps[-1]] = value
    path = folder_with_files(tmp_path)
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")

    assert programme.check(path).complaints
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, SCHEMA)


def test_the_schema_is_a_schema_and_says_what_everything_is_for() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    groups = [SCHEMA, *(part for part in SCHEMA["$defs"].values() if "properties" in part)]

    assert all(group["additionalProperties"] is False for group in groups)
    assert all(group["required"] is not None for group in groups)
    assert all(value["description"] for group in groups for value in group["properties"].values())
