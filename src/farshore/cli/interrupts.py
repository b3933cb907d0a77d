"""Ctrl-C as a wish to stop: once for the best plan so far, twice for none."""

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from farshore.plan import Stop
from farshore.results import Outcome

__all__ = ["listening", "tell_if_early"]


@contextmanager
def listening(stop: Stop) -> Iterator[Stop]:
    """The stop, which the first Ctrl-C reaches as if time were up; another one raises KeyboardInterrupt."""
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    asked = threading.Event()

    def note(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            signal.default_int_handler(number, frame)
        asked.set()
        print("stopping with the best plan so far; Ctrl-C again to stop without", file=sys.stderr)

    before = signal.signal(signal.SIGINT, note)
    try:
        yield replace(stop, asked=asked.is_set)
    finally:
        signal.signal(signal.SIGINT, before)


def tell_if_early(outcome: Outcome, heard: Stop) -> None:
    """Say so if a plan is not what was asked for because somebody stopped it, or time did."""
    if heard.was_asked() or (not outcome.complete and outcome.services is None):
        print("Stopped early: this is the best plan so far, with its proof.")
