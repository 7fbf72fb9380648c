"""A lock that a process holds on a folder, and loses however it ends."""

import fcntl
import os
from pathlib import Path


class FolderLock:
    """Holds `path` / .lock; a second holder gets an error that names the process.

    The operating system gives the lock back when the process ends, also when it is killed: there
    are no stale locks. The file itself stays.

    Raises
    ------
    BlockingIOError : where another process, or another lock of this one, holds the folder.
    OSError : where the file cannot be made.
    """

    def __init__(self, path: Path):
        self.file = os.open(path / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            fcntl.flock(self.file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self.file, 20).decode("ascii", "replace") or "?"
            os.close(self.file)
            raise BlockingIOError(
                error.errno,
                f"another training (process {holder}) is writing to this folder: wait for it or "
                "choose another one",
                str(path),
            ) from None
        os.ftruncate(self.file, 0)
        os.write(self.file, str(os.getpid()).encode())

    def release(self) -> None:
        """Let others have the folder; may be called again."""
        if self.file >= 0:
            os.close(self.file)
            self.file = -1
