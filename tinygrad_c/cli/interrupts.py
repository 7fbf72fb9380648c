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


class Interrupted(KeyboardInterrupt):
    """The user or the system wants the command to end."""

    def __init__(self, number: int, advice: str = "Interrupted."):
        super().__init__(advice)
        self.number = number

    @property
    def code(self) -> int:
        """The exit code that shells give to a command that ends so."""
        return 128 + self.number


@contextmanager
def interruptible() -> Iterator[None]:
    """Let SIGINT and SIGTERM raise Interrupted."""
    last = -ONE_WISH

    def interrupt(number: int, frame: FrameType | None) -> None:
        nonlocal last
        now = monotonic()
        if now - last >= ONE_WISH:
            last = now
            raise Interrupted(number)

    previous = {number: signal.signal(number, interrupt) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
