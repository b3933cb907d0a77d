"""Work side by side: what it makes, in its order, whatever the number of processors."""

import threading
from collections.abc import Iterator

import pytest

from farshore.executor import abreast as module
from farshore.executor.abreast import abreast


@pytest.fixture(params=[1, 2, 5])
def processors(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    n: int = request.param
    monkeypatch.setattr(module, "_available", lambda: n)
    module._threads.cache_clear()
    yield n
    module._threads.cache_clear()


def test_results_come_in_the_order_of_the_pieces(processors: int) -> None:
    last_first = threading.Event()

    def work(piece: int) -> int:
        if processors > 1 and piece == 0:
            assert last_first.wait(timeout=30)
        if piece == 1:
            last_first.set()
        return piece * piece

    assert abreast(work, range(7)) == [0, 1, 4, 9, 16, 25, 36]


def test_pieces_within_pieces_do_not_wait_for_each_other(processors: int) -> None:
    """With as many pieces as threads, all of which wait for pieces of their own."""
    assert abreast(lambda i: abreast(lambda j: 10 * i + j, range(3)), range(5)) == [
        [10 * i + j for j in range(3)] for i in range(5)
    ]


def test_a_fault_in_a_piece_is_raised(processors: int) -> None:
    def work(piece: int) -> float:
        return 1 / (piece - 2)

    with pytest.raises(ZeroDivisionError):
        abreast(work, range(4))


def test_none_and_one(processors: int) -> None:
    assert abreast(str, []) == []
    assert abreast(str, [3]) == ["3"]
