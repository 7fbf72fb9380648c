"""Ctrl-C and SIGTERM, as one exception that knows the exit code."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType
from typing import Any

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Signals within so many seconds of one another are one wish: `make` and the terminal may both
# send one. A later one cuts short what the first has left running.
ONE_WISH = 1.0
# What extension modules may make of the exception that a signal raises while they are imported.
DISGUISES = (ImportError, RuntimeError, SystemError)
# Callbacks of weak references and finalizers cannot raise: so many seconds later it is tried again.
AGAIN = 0.01


class Interrupted(KeyboardInterrupt):
    """The user or the system wants the command to end."""

    def __init__(self, number: int, advice: str = "Interrupted."):
        super().__init__(advice)
        self.number = number

    @property
    def code(self) -> int:
        """The exit code that shells give to a command that ends so."""
        return 128 + self.number


class Interrupts:
    """Lets SIGINT and SIGTERM raise Interrupted while it is entered."""

    received: int | None = None

    def __enter__(self) -> None:
        self.received = None
        self.last = -ONE_WISH
        self.previous = {number: signal.signal(number, self.handle) for number in SIGNALS}
        self.previous[signal.SIGALRM] = signal.signal(signal.SIGALRM, self.raise_again)
        self.hook, sys.unraisablehook = sys.unraisablehook, self.swallow

    def __exit__(self, *_: object) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        sys.unraisablehook = self.hook
        for number, handler in self.previous.items():
            signal.signal(number, handler)

    def swallow(self, unraisable: Any) -> None:
        if isinstance(unraisable.exc_value, Interrupted):
            signal.setitimer(signal.ITIMER_REAL, AGAIN)
        else:
            self.hook(unraisable)

    def raise_again(self, number: int, frame: FrameType | None) -> None:
        if self.received is not None:
            raise Interrupted(self.received)

    def handle(self, number: int, frame: FrameType | None) -> None:
        now = monotonic()
        if now - self.last >= ONE_WISH:
            self.last, self.received = now, number
            raise Interrupted(number)

    @contextmanager
    def undisguised(self) -> Iterator[None]:
        """Let the block raise Interrupted where a signal is the reason of another exception."""
        try:
            yield
        except DISGUISES as error:
            if self.received is None:
                raise
            raise Interrupted(self.received) from error


interrupts = Interrupts()
