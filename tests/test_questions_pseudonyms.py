from __future__ import annotations

import pytest

from better_classroom.errors import UsageError
from better_classroom.questions.pseudonyms import number

KEY = b"no secret"


def test_the_same_asker_has_the_same_four_digits() -> None:
    first = number("1001", programme="better-2020", key=KEY, taken=set())
    assert first == number("1001", programme="better-2020", key=KEY, taken=set())
    assert 1000 <= first <= 9999


@pytest.mark.parametrize("other", [{"programme": "better-2021"}, {"key": b"another"}])
def test_another_programme_or_key_gives_other_numbers(other: dict[str, object]) -> None:
    askers = [str(asker) for asker in range(50)]

    def numbers(**changed: object) -> list[int]:
        settings: dict[str, object] = {"programme": "better-2020", "key": KEY} | changed
        return [number(asker, taken=set(), **settings) for asker in askers]  # type: ignore[arg-type]  # mixed on purpose

    assert sum(one == two for one, two in zip(numbers(), numbers(**other), strict=True)) < 3


def test_a_taken_number_gives_way_to_the_next_free_one() -> None:
    wanted = number("1001", programme="p", key=KEY, taken=set())
    assert number("1001", programme="p", key=KEY, taken={wanted, wanted + 1}) == wanted + 2


def test_behind_the_last_number_comes_the_first() -> None:
    wanted = number("1001", programme="p", key=KEY, taken=set())
    assert number("1001", programme="p", key=KEY, taken=set(range(wanted, 10_000))) == 1000


def test_numbers_stay_apart_and_grow_longer_when_four_digits_run_out() -> None:
    taken: set[int] = set()
    for asker in range(12_000):
        found = number(str(asker), programme="p", key=KEY, taken=taken)
        assert found not in taken
        taken.add(found)
    assert {len(str(found)) for found in taken} == {4, 5}


def test_without_a_key_there_is_no_pseudonym() -> None:
    with pytest.raises(UsageError, match="secret key"):
        number("1001", programme="p", key=b"", taken=set())
