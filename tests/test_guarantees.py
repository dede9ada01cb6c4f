"""The page about what can be relied on: every promise names a test, and every test that it names exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "guarantees.md").read_text(encoding="utf-8")
NAMED = re.compile(r"`(test_\w+\.py)::(test_\w+)`")


def promises() -> list[str]:
    """Each promise with the tests that it names, on one line."""
    return [" ".join(part.split()) for part in re.split(r"^- ", PAGE, flags=re.MULTILINE)[1:]]


def functions_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_promise_is_a_sentence_that_names_its_tests() -> None:
    assert len(promises()) > 40
    for promise in promises():
        sentence = promise.partition("#")[0].split(" `test_")[0]
        assert sentence.endswith("."), promise
        assert NAMED.search(promise), promise


def test_every_test_that_is_named_exists() -> None:
    named = set(NAMED.findall(PAGE))
    there = {(file, test) for file in {file for file, _ in named} for test in functions_of(ROOT / "tests" / file)}
    assert named <= there, named - there


def test_no_test_is_named_in_another_form() -> None:
    assert len(re.findall(r"test_\w+\.py", PAGE)) == len(NAMED.findall(PAGE))
