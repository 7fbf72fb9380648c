"""One writer for each folder."""

import os
import subprocess
import sys

import pytest

from tinygrad_c.train.lock import FolderLock

HOLD = """
import sys
from pathlib import Path
from tinygrad_c.train.lock import FolderLock
lock = FolderLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_lock_names_the_process_that_holds_the_first(tmp_path):
    lock = FolderLock(tmp_path)
    with pytest.raises(BlockingIOError, match=rf"another training \(process {os.getpid()}\)"):
        FolderLock(tmp_path)
    lock.release()
    lock.release()
    FolderLock(tmp_path).release()


def test_a_process_that_is_killed_leaves_no_lock(tmp_path):
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, tmp_path], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        process.stdout.readline()
        with pytest.raises(BlockingIOError, match=f"process {process.pid}"):
            FolderLock(tmp_path)
        process.kill()
        process.wait()
    FolderLock(tmp_path).release()
