"""Signals that wait: so that Ctrl-C never cuts a step of the optimizer in two."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class SignalGate:
    """Lets SIGINT and SIGTERM wait, except in those parts of the program that may be cut short.

    While the gate is entered, their handlers (those that are Python functions: for SIGINT by
    default the one that raises KeyboardInterrupt) run only inside of ``with gate.open():``; a
    signal that comes earlier waits for it, one that still waits when the gate is left runs there.
    Signals reach the main thread only: elsewhere the gate changes nothing.
    """

    def __init__(self) -> None:
        self._handlers: dict[int, Callable[[int, FrameType | None], Any]] = {}
        self._waiting: int | None = None
        self._open = False

    def __enter__(self) -> "SignalGate":
        self._waiting = None
        if threading.current_thread() is threading.main_thread():
            for number in SIGNALS:
                handler = signal.getsignal(number)
                if callable(handler):
                    self._handlers[number] = handler
                    signal.signal(number, self._receive)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)
        waiting, handlers = self._waiting, self._handlers
        self._waiting, self._handlers = None, {}
        # A signal that already raised what leaves this block has been dealt with.
        if waiting is not None and kind is None:
            handlers[waiting](waiting, None)

    @contextmanager
    def open(self) -> Iterator[None]:
        """Where a signal may raise; one that waits does so at once."""
        self._open = True
        try:
            self._deliver()
            yield
        finally:
            self._open = False

    def _receive(self, number: int, frame: FrameType | None) -> None:
        # The first one counts. It is kept until the gate is left: should its exception be lost
        # (Python drops those raised in a finalizer), the next `open` raises it again.
        if self._waiting is None:
            self._waiting = number
            if self._open:
                self._deliver()

    def _deliver(self) -> None:
        if self._waiting is not None:
            self._handlers[self._waiting](self._waiting, None)
