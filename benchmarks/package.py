"""What the package costs before anything is computed: the time and memory of its import, its size.

import     from the start of the process until the import is done, each in a process of its own,
           with bytecode, which an installer or the first import leaves
resident   the peak of this process's resident memory (VmHWM)
installed  the bytes of the package's folder and of the libraries beside it that belong to it,
           without bytecode; of a tree that is built in place, what would be installed
wheel      the bytes of the newest wheel of tinygrad_c in dist/, if there is one
"""

import importlib.util
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.process import LIBRARIES
from benchmarks.tables import Table, fixed

IMPORT, RESIDENT, INSTALLED, WHEEL = NAMES = [
    "import (ms)", "import, resident (MB)", "installed (MB)", "wheel (MB)"
]  # fmt: skip
PROGRAM = """
import {name}, time
print(time.monotonic())
print(*(line for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""
# A package built in place has its C sources beside it, of which those are shipped that
# `kernel_source` shows.
SHIPPED = {".py", ".pyi", ".so", ".npz", ".md", ".typed"}


def import_once(name):
    """Seconds from the start of the process, and bytes of resident memory."""
    start = time.monotonic()
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", PROGRAM.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    words = done.stdout.split()
    return float(words[0]) - start, 1024 * int(words[2])


def installed(name):
    """The bytes of a package's files."""
    folder = Path(importlib.util.find_spec(name).submodule_search_locations[0])
    in_place = (folder.parent / "pyproject.toml").exists()
    files = [
        path
        for root in (folder, folder.with_name(f"{name}.libs"))
        for path in root.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
        if not in_place or path.suffix in SHIPPED
    ]
    if in_place:
        variants = importlib.import_module(f"{name}.variants")
        for choice in variants.CHOICES.values():
            files += [folder.parent / "csrc" / source for source in choice.sources.values()]
    return sum(path.stat().st_size for path in files)


def wheel():
    """The bytes of the newest wheel in dist/, or None."""
    wheels = sorted(Path("dist").glob("tinygrad_c-*.whl"), key=lambda path: path.stat().st_mtime)
    return wheels[-1].stat().st_size if wheels else None


def measure(names, libraries, _peak, options):
    """{"case", "figures": {library: figure}} of each name."""
    libraries = [library.name for library in libraries]
    figures = {name: {} for name in NAMES}
    if {IMPORT, RESIDENT} & {*names}:
        for x in libraries:
            import_once(x)
        rounds = [{x: import_once(x) for x in libraries} for _ in range(options.rounds)]
        for x in libraries:
            times, peaks = zip(*(found[x] for found in rounds), strict=True)
            figures[IMPORT][x], figures[RESIDENT][x] = 1e3 * min(times), min(peaks) / 1e6
    if INSTALLED in names:
        figures[INSTALLED] = {x: installed(x) / 1e6 for x in libraries}
    if WHEEL in names and wheel():
        figures[WHEEL]["tinygrad_c"] = wheel() / 1e6
    for name in names:
        yield {"case": name, "figures": figures[name]}


# ---- its table ----


def judge(record, _limits):
    """The figures in one row."""
    row = record | record["figures"]
    if "torch" in row and "tinygrad_c" in row:
        row["ratio"] = row["tinygrad_c"] / row["torch"]
    return row


COLUMNS = {
    "case": lambda row: row["case"],
    **{title: fixed(name, 1) for name, title in LIBRARIES.items()},
    "ratio": fixed("ratio", 3),
}


def tables(rows):
    """The table of this part."""
    yield Table("Import and size", COLUMNS, rows)
