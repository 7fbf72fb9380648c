"""Files of data sets: finding them, and reading them with every doubt about their contents."""

import gzip
import os
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO

import numpy as np

# More than any file of these data sets holds: a header that promises more is not believed.
MAX_BYTES = 2**30
GZIP_MAGIC = b"\x1f\x8b"
# An idx file begins with two zeros, the code of uint8 and the number of its dimensions.
UINT8 = 0x08


class DatasetNotFoundError(FileNotFoundError, RuntimeError):
    """A file of a data set is not there: also a RuntimeError, which torchvision raises."""


class DownloadError(RuntimeError):
    """A file could not be downloaded; the message says why, for every server that was asked."""


class DamagedFileError(ValueError, RuntimeError):
    """A file is not what its data set needs: also a RuntimeError, which torchvision raises."""


def find_file(folders: Iterable[Path], names: Sequence[str]) -> Path | None:
    """The first of these files that is there."""
    paths = [folder / name for folder in folders for name in names]
    return next((path for path in paths if path.is_file()), None)


def describe_foreign(start: bytes) -> str:
    """What a file is that does not begin as it should."""
    if start.lstrip()[:1] == b"<":
        return "is an HTML page: the server sent an error in place of the data"
    return f"begins with {start[:4].hex(' ')}"


def read_idx(path: Path, shape: Sequence[int | None]) -> np.ndarray:
    """The uint8 array of an idx file, unpacked where the file is gzip, whatever it is called.

    Format: two zeros, 0x08 for uint8, the number of dimensions, each dimension in 4 bytes, most
    significant first, then the elements.

    Parameters
    ----------
    shape : the dimensions that the array must have; None for any number above 0

    Raises
    ------
    DamagedFileError : that says what is wrong with the file.
    """
    with path.open("rb") as file:
        start = file.read(64)
        file.seek(0)
        if not start:
            raise DamagedFileError("is empty")
        if start[:2] != GZIP_MAGIC:
            return read_elements(file, shape)
        try:
            with gzip.open(file) as unpacked:
                return read_elements(unpacked, shape)
        except EOFError:
            size = os.fstat(file.fileno()).st_size
            raise DamagedFileError(
                f"ends in the middle of its gzip data, at {size} bytes"
            ) from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise DamagedFileError(f"holds damaged gzip data: {error}") from None


def read_elements(file: IO[bytes] | gzip.GzipFile, shape: Sequence[int | None]) -> np.ndarray:
    """What `read_idx` reads, from an unpacked file; never more than the header promises."""
    size = 4 + 4 * len(shape)
    header = file.read(size)
    magic = bytes([0, 0, UINT8, len(shape)])
    if header[:4] != magic:
        raise DamagedFileError(
            f"{describe_foreign(header)}, an idx file of {len(shape)} dimensions with "
            f"{magic.hex(' ')}"
        )
    if len(header) < size:
        raise DamagedFileError(f"ends in its header, at {len(header)} bytes of {size}")
    found = [int.from_bytes(header[i : i + 4]) for i in range(4, size, 4)]
    if any(n == 0 or wanted not in (n, None) for n, wanted in zip(found, shape, strict=True)):
        wanted = " x ".join("N" if n is None else str(n) for n in shape)
        raise DamagedFileError(
            f"holds an array of {' x '.join(map(str, found))}, it must be {wanted}"
        )
    count = int(np.prod(found, dtype=object))
    if count > MAX_BYTES:
        raise DamagedFileError(
            f"promises {count} bytes, more than the {MAX_BYTES} that are believed"
        )
    elements = file.read(count)
    if len(elements) < count:
        raise DamagedFileError(
            f"is too short: it holds {len(elements)} bytes of the {count} of its "
            f"{' x '.join(map(str, found))} array"
        )
    if file.read(1):
        raise DamagedFileError(
            f"goes on after the {count} bytes of its {' x '.join(map(str, found))} array"
        )
    return np.frombuffer(elements, np.uint8).reshape(found)


def check_labels(labels: np.ndarray, classes: int) -> None:
    """DamagedFileError unless all labels are below `classes`."""
    wrong = np.flatnonzero(labels >= classes)
    if len(wrong):
        raise DamagedFileError(
            f"holds the label {labels[wrong[0]]} at {wrong[0]}, labels must be from 0 to "
            f"{classes - 1}"
        )


def read_records(path: Path, size: int) -> np.ndarray:
    """The uint8 array (N, size) of a file of records of `size` bytes.

    Raises
    ------
    DamagedFileError : that says what is wrong with the file.
    """
    with path.open("rb") as file:
        length = os.fstat(file.fileno()).st_size
        start = file.read(64)
        file.seek(0)
        if not start:
            raise DamagedFileError("is empty")
        if start[:2] == GZIP_MAGIC and length % size:
            raise DamagedFileError("is packed with gzip: unpack it")
        if length % size:
            what = f"{describe_foreign(start)}, and " if start.lstrip()[:1] == b"<" else ""
            raise DamagedFileError(
                f"{what}holds {length} bytes, which are {length // size} records of {size} bytes "
                f"and {length % size} bytes more"
            )
        if length > MAX_BYTES:
            raise DamagedFileError(
                f"holds {length} bytes, more than the {MAX_BYTES} that are believed"
            )
        return np.fromfile(file, np.uint8).reshape(-1, size)
