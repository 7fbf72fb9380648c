"""Downloading a file: checked, resumed where it broke off, and complete or not there at all."""

import fcntl
import gzip
import hashlib
import os
import re
import sys
import tarfile
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import suppress
from http.client import HTTPException, HTTPResponse
from pathlib import Path, PurePosixPath
from typing import IO
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tinygrad_c.vision.datasets.files import DownloadError

CHUNK = 2**17
# Seconds without a byte after which a connection counts as broken.
TIMEOUT = 30
# Connections to one server; each must bring something, or it is the last.
CONNECTIONS = 10
# More than any file of these data sets: a server that sends more is not believed.
MAX_BYTES = 2**30


class BrokenTransferError(Exception):
    """What a server sent cannot be used."""


def download(urls: Sequence[str], path: Path, digest: str) -> None:
    """Download a file to `path` from the first of the URLs that gives it.

    What has arrived stands in ``path.part`` until the file is complete and its digest right; then
    it is renamed, so `path` is a complete file or is not there. A download that was interrupted
    goes on from there. Two processes that want the same file download it once.

    Parameters
    ----------
    digest : the name of a hash function, a colon and the digest in hexadecimal: "md5:d53e..."

    Raises
    ------
    DownloadError : where no server gives the file, or it cannot be written.
    """
    part = path.with_name(path.name + ".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open_alone(part) as file:
            if path.exists():
                part.unlink()
                return
            fetch(urls, file, digest)
            file.flush()
            os.fsync(file.fileno())
            part.replace(path)
            sync_folder(path.parent)
    except OSError as error:
        raise DownloadError(f"{path} cannot be written: {error.strerror or error}") from error


def open_alone(part: Path) -> IO[bytes]:
    """Open a file to append to it, once no other process has it open in this way."""
    while True:
        file = part.open("a+b")
        fcntl.flock(file, fcntl.LOCK_EX)
        # The process that had it may have renamed or removed it.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(file.fileno()), part.stat()):
                return file
        file.close()


def sync_folder(folder: Path) -> None:
    """Write the names in a folder to the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def fetch(urls: Sequence[str], file: IO[bytes], digest: str) -> None:
    """Fill the file from the first URL that gives bytes of this digest."""
    reasons = []
    for url in urls:
        # What an earlier attempt has left may be of another file: then once more without it.
        for _ in range(2):
            resumed = length(file) > 0
            try:
                receive(url, file)
            except BrokenTransferError as error:
                reasons.append(f"{url}: {error}")
                break
            found = digest_of(file, digest)
            if found == digest:
                return
            reason = describe_wrong(file, found, digest)
            file.truncate(0)
            if not resumed:
                reasons.append(f"{url}: {reason}")
                break
    if length(file) == 0:
        Path(file.name).unlink()
    raise DownloadError(
        f"{Path(file.name).name.removesuffix('.part')} could not be downloaded from "
        + "; nor from ".join(reasons)
    )


def length(file: IO[bytes]) -> int:
    """The number of bytes in a file."""
    return file.seek(0, os.SEEK_END)


def digest_of(file: IO[bytes], like: str) -> str:
    """The digest of a file, by the same function as the digest `like`."""
    name = like.partition(":")[0]
    file.seek(0)
    return f"{name}:{hashlib.file_digest(file, name).hexdigest()}"  # type: ignore[arg-type]


def describe_wrong(file: IO[bytes], found: str, digest: str) -> str:
    """Why the bytes in the file are not those that were wanted."""
    file.seek(0)
    if file.read(64).lstrip()[:1] == b"<":
        return "the server sent an HTML page"
    return f"the {length(file)} bytes that came have the checksum {found}, it must be {digest}"


def receive(url: str, file: IO[bytes]) -> None:
    """Append to the file what it lacks of a URL, with as many connections as it takes."""
    report = Report(url)
    for _ in range(CONNECTIONS):
        before = length(file)
        try:
            transfer(url, file, report)
        except HTTPError as error:
            raise BrokenTransferError(f"the server answers {error.code} {error.reason}") from None
        except TransferInterrupted as error:
            if length(file) <= before:
                raise BrokenTransferError(str(error)) from None
        else:
            report.end()
            return
    raise BrokenTransferError(f"the connection broke off {CONNECTIONS} times")


class TransferInterrupted(Exception):  # noqa: N818  it is no error while there is another attempt
    """A connection brought less than the file, or none was made."""


def transfer(url: str, file: IO[bytes], report: "Report") -> None:
    """Append what one connection brings; TransferInterrupted where that is not all."""
    have = length(file)
    request = Request(url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        response = urlopen(request, timeout=TIMEOUT)
    except HTTPError as error:
        if error.code != 416 or not have:
            raise
        # The file has no bytes beyond those that are here: it is complete, or too long.
        if complete_length(error.headers.get("Content-Range")) == have:
            return
        file.truncate(0)
        transfer(url, file, report)
        return
    except (OSError, HTTPException) as error:
        raise TransferInterrupted(f"no connection: {getattr(error, 'reason', error)}") from None
    with response:
        begins = position(response)
        if begins not in (0, have):
            if not have:
                raise BrokenTransferError("the server sends a part of the file, unasked")
            file.truncate(0)
            transfer(url, file, report)
            return
        if begins == 0:
            # A server that knows no ranges sends everything.
            file.truncate(0)
        have = begins
        announced = response.headers.get("Content-Length", "")
        total = have + int(announced) if announced.isdecimal() else None
        for chunk in chunks(response):
            file.write(chunk)
            have += len(chunk)
            report.show(have, total)
            if have > MAX_BYTES:
                file.truncate(0)
                raise BrokenTransferError(f"the server sends more than {MAX_BYTES} bytes")
    if total is not None and have < total:
        raise TransferInterrupted(f"the connection broke off after {have} of {total} bytes")


def position(response: HTTPResponse) -> int | None:
    """Where in the file the response begins; None where the server does not say."""
    if response.status != 206:
        return 0
    begins = re.match(r"bytes (\d+)-", response.headers.get("Content-Range") or "")
    return int(begins[1]) if begins else None


def complete_length(content_range: str | None) -> int | None:
    """The length of the whole file that a server names with a range it cannot give."""
    match = re.fullmatch(r"bytes \*/(\d+)", content_range or "")
    return int(match[1]) if match else None


def chunks(response: HTTPResponse) -> Iterator[bytes]:
    """The bytes of a response; TransferInterrupted where it breaks off."""
    while True:
        try:
            chunk = response.read1(CHUNK)
        except (OSError, HTTPException) as error:
            raise TransferInterrupted(f"the connection broke off: {error!r}") from None
        if not chunk:
            return
        yield chunk


class Report:
    """Tells on the standard error what is downloaded: a line, and on a terminal how far it is."""

    def __init__(self, url: str):
        self.live = sys.stderr.isatty()
        self.shown = 0.0
        print(f"Downloading {url}", file=sys.stderr, flush=True)

    def show(self, have: int, total: int | None) -> None:
        """So many bytes have come."""
        now = time.monotonic()
        if self.live and now - self.shown > 0.1:
            self.shown = now
            of = f" of {total / 1e6:.1f}" if total else ""
            print(f"\r  {have / 1e6:.1f}{of} MB\x1b[K", end="", file=sys.stderr, flush=True)

    def end(self) -> None:
        """All have come."""
        if self.live:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def unpack(archive: Path, folder: Path, names: Sequence[str]) -> None:
    """Unpack these files of a tar archive into a folder, each complete or not there at all.

    Raises
    ------
    DownloadError : where the archive is damaged, lacks a file, or the folder cannot be written.
    """
    missing = set(names)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive, "r:gz") as tar:
            for member in tar:
                name = PurePosixPath(member.name).name
                content = tar.extractfile(member) if name in missing else None
                if content is not None:
                    part = folder / (name + ".part")
                    with part.open("wb") as file:
                        while chunk := content.read(CHUNK):
                            file.write(chunk)
                        file.flush()
                        os.fsync(file.fileno())
                    part.replace(folder / name)
                    missing.remove(name)
        sync_folder(folder)
    except (tarfile.TarError, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DownloadError(f"{archive} is damaged: {error}: delete it") from error
    except OSError as error:
        raise DownloadError(f"{folder} cannot be written: {error.strerror or error}") from error
    if missing:
        raise DownloadError(f"{archive} lacks {sorted(missing)}: delete it")
