"""docs/sandbox.md names a test for every rule; the tests are there.

A test's name begins with the place of its rule in the fact sheet: ``test_a2_…`` is of section A.2, ``test_02_…`` of
fact 2 of section 0, ``test_g8_…`` of row 8 of section G, ``test_h3_…`` of the unknown number 3.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "sandbox.md").read_text()
ROWS = {found[1]: found[0] for found in re.finditer(r"^\| (G\.\d+) \|.*$", PAGE, re.MULTILINE)}
TESTS = {
    name
    for module in (ROOT / "tests").glob("test_sandbox_*.py")
    for name in re.findall(r"^def (test_\w+)", module.read_text(), re.MULTILINE)
}
PLACES = [
    "01",
    "02",
    "03",
    "a1",
    "a2",
    "a3",
    "a4",
    "a5",
    "a6",
    "a7",
    "a8",
    "a9",
    "a11",
    "a13",
    "b1",
    "b2",
    "b3",
    "c",
    "d1",
    "d2",
    "d3",
    "d5",
    "d6",
    "e1",
    "f1",
]


@pytest.mark.parametrize("row", range(1, 18))
def test_every_row_of_section_g_has_its_tests(row: int) -> None:
    if row == 16:
        assert f"G.{row}" not in ROWS  # Forms
        return
    named = re.findall(r"`(test_\w+)`", ROWS[f"G.{row}"])
    assert named
    assert set(named) <= TESTS


@pytest.mark.parametrize("place", PLACES)
def test_every_section_that_we_route_has_tests_named_after_it(place: str) -> None:
    assert any(name.startswith(f"test_{place}_") for name in TESTS)
