"""What a result depends on beside its configuration: versions, kernels, machine, commit."""

import os
import platform
import subprocess
from contextlib import suppress
from importlib.metadata import version

from tinygrad_c._kernels import runtime


def environment() -> dict[str, str]:
    """The versions and the kernels that a result depends on, by name."""
    from tinygrad_c import __version__

    return {
        "tinygrad_c": __version__,
        "python": f"{platform.python_version()} ({platform.python_implementation()})",
        "numpy": version("numpy"),
        "safetensors": version("safetensors"),
        "platform": platform.platform(),
        "isa": f"{runtime.current_isa()} (this CPU has {', '.join(runtime.isas())})",
        "threads": f"{runtime.get_num_threads()} (of {os.cpu_count()} CPUs)",
    }


def commit() -> str | None:
    """The commit that is checked out in the current folder, with `+` where files differ from it;
    None outside of a git repository."""
    with suppress(OSError, subprocess.SubprocessError):
        head = git("rev-parse", "HEAD")
        return f"{head}+" if git("status", "--porcelain", "--untracked-files=no") else head
    return None


def git(*arguments: str) -> str:
    return subprocess.run(
        ["git", *arguments], capture_output=True, text=True, check=True, timeout=5
    ).stdout.strip()
