"""Ctrl-C and SIGTERM, as one exception that knows the exit code."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM)
# Signals within so many seconds of one another are one wish: `make` and the terminal may both
# send one. A later one cuts short what the first has left running.
ONE_WISH = 1.0
# What extension modules may make of the exception that a signal raises while they are imported.
DISGUISES = (ImportError, RuntimeError, SystemError)


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

    def __exit__(self, *_: object) -> None:
        for number, handler in self.previous.items():
            signal.signal(number, handler)

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
