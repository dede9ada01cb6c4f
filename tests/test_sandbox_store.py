"""The store: rows in order, and transactions that leave nothing half done."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from better_classroom.sandbox.store import Store

NOW = datetime(2020, 6, 9, 9, 0, tzinfo=UTC)


class Stopped(Exception):
    pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(now=NOW, folder=tmp_path)
    yield store
    store.close()


def test_rows_keep_the_order_in_which_they_first_came(store: Store) -> None:
    for name in "cab":
        store.put("topics", "1", name, {"id": name})
    store.put("topics", "1", "c", {"id": "c", "new": True})
    assert [row["id"] for row in store.rows("topics", "1")] == ["c", "a", "b"]
    assert store.parents("topics") == ["1"]


def test_a_failed_transaction_leaves_rows_order_and_clock_as_they_were(store: Store) -> None:
    for name in "abc":
        store.put("topics", "1", name, {"id": name})

    def change_and_fail() -> None:
        store.put("topics", "1", "a", {"id": "a", "new": True})
        store.remove("topics", "1", "b")
        store.put("topics", "1", "b", {"id": "b", "again": True})
        store.put("topics", "2", "d", {"id": "d"})
        store.stamp()
        raise KeyError("stop")

    with pytest.raises(KeyError), store.transaction():
        change_and_fail()
    assert store.rows("topics", "1") == [{"id": "a"}, {"id": "b"}, {"id": "c"}]
    assert store.rows("topics", "2") == []
    assert store.now == NOW


def test_an_inner_transaction_goes_back_alone(store: Store) -> None:
    with store.transaction():
        store.put("topics", "1", "a", {"id": "a"})
        _carry_out(store, [("put", "1", "b", 0)], fails=True)
    assert store.rows("topics", "1") == [{"id": "a"}]


def test_ids_are_decimal_growing_and_never_given_twice(store: Store) -> None:
    store.put("courses", "", "700000000002", {"id": "700000000002"})
    assert [store.new_id() for _ in range(3)] == ["700000000001", "700000000003", "700000000004"]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a.b", "ä", "x" * 300])
def test_a_blob_stays_in_its_folder(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="no name"):
        store.blob_path(name)


def test_a_full_disk_is_no_acknowledgement(store: Store, tmp_path: Path) -> None:
    store.put("topics", "1", "a", {"id": "a"})
    whole = (tmp_path / "journal.jsonl").read_bytes()
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    import signal

    former = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (len(whole) + 20, hard))
    try:
        with pytest.raises(OSError, match="disk full"):
            store.put("topics", "1", "b", {"id": "b", "long": "x" * 100})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, former)
    assert store.rows("topics", "1") == [{"id": "a"}]
    assert (tmp_path / "journal.jsonl").read_bytes() == whole


CHANGES = st.lists(
    st.tuples(
        st.sampled_from(["put", "remove", "tick"]), st.sampled_from("pq"), st.sampled_from("abcd"), st.integers()
    ),
    max_size=12,
)


@given(st.lists(st.tuples(CHANGES, st.booleans()), max_size=8))
def test_a_replayed_journal_is_the_world_that_was(
    transactions: list[tuple[list[tuple[str, str, str, int]], bool]],
) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        store = Store(now=NOW, folder=Path(folder))
        for changes, fails in transactions:
            _carry_out(store, changes, fails=fails)
        before = ([store.items("rows", parent) for parent in "pq"], store.now)
        store.close()
        again = Store(now=datetime(2000, 1, 1, tzinfo=UTC), folder=Path(folder))
        after = ([again.items("rows", parent) for parent in "pq"], again.now)
        again.close()
    assert after == before


def _carry_out(store: Store, changes: list[tuple[str, str, str, int]], *, fails: bool) -> None:
    with contextlib.suppress(Stopped), store.transaction():
        for what, parent, name, value in changes:
            if what == "put":
                store.put("rows", parent, name, {"value": value})
            elif what == "remove":
                store.remove("rows", parent, name)
            else:
                store.stamp()
        if fails:
            raise Stopped
