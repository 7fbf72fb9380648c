"""How failures and warnings are said."""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


class UsageError(Exception):
    """A wrong argument: the command ends with exit code 2."""


def describe(error: BaseException) -> str:
    """What went wrong, in one line."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror if error.filename is None else f"{error.filename}: {error.strerror}"
    text = " ".join(str(error).split()) or type(error).__name__
    # What the data sets advise to those who write Python.
    return text.replace("download=True", "--download")


@contextmanager
def plain_warnings() -> Iterator[None]:
    """Let warnings be sentences, without the line of code that gave them."""

    def show(message: Warning | str, *_: Any, **__: Any) -> None:
        print(f"Warning: {message}", file=sys.stderr)

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield
