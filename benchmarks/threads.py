"""What a region of several threads costs: beside another process, and where there is little work.

busy core      each call of a product that takes about a millisecond, while another process keeps
               the last of the CPUs busy: a library whose regions end when all *threads* have
               arrived waits for the one that shares this CPU
small regions  an element-by-element function of more and more work, by 1 thread and by all
"""

import os
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager, nullcontext

from benchmarks.cases.elementwise import unary
from benchmarks.process import COMPARED, LIBRARIES
from benchmarks.tables import Table, fixed
from benchmarks.times import seconds

PRODUCT = "matmul 512x512 @ 512x512"
REGIONS = {f"exp of {1 << k}": unary("exp", 1 << k) for k in range(13, 19)}
QUIET, BUSY = (f"{PRODUCT}, {state}" for state in ("all cores free", "one core busy"))
SMALL = {f"small region, {name}": name for name in REGIONS}
NAMES = [QUIET, BUSY, *SMALL]
SECONDS = 1.0


def latencies(_library, prepare):
    """In the library's process: the seconds of each call, for `SECONDS`."""
    step, taken = prepare(), []
    step()
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        step()
        taken.append(time.perf_counter() - start)
    return taken


def scaling(library, prepare):
    """In the library's process: [seconds of a call with 1 thread, with all]."""
    n_threads = library.get_num_threads()
    library.set_num_threads(1)
    alone = seconds(library, prepare)
    library.set_num_threads(n_threads)
    return [alone, seconds(library, prepare)]


@contextmanager
def busy_core():
    """Another process that uses all of one CPU, until the block or this process ends."""
    cpu = max(os.sched_getaffinity(0))
    program = f"import os; os.sched_setaffinity(0, [{cpu}])\nwhile os.getppid() == {os.getpid()}: 0"
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        time.sleep(0.2)
        try:
            yield
        finally:
            process.kill()


def measure(names, libraries, _peak, options):
    """{"case", "latencies" or "scaling": {library: figures}}; the libraries take turns."""
    libraries = [library for library in libraries if library.name in COMPARED]
    for name in names:
        what = "scaling" if name in SMALL else "latencies"
        found = {library.name: [] for library in libraries}
        with busy_core() if name == BUSY else nullcontext():
            for _ in range(options.rounds):
                for library in libraries:
                    found[library.name].append(library.ask(what, SMALL.get(name, PRODUCT)))
        summary = best_of_each if name in SMALL else quantiles
        yield {"case": name, what: {library: summary(rounds) for library, rounds in found.items()}}


def best_of_each(rounds):
    """The best round with 1 thread, and the best with all."""
    return [min(times) for times in zip(*rounds, strict=True)]


def quantiles(rounds):
    """Of all calls in all rounds."""
    taken = [value for values in rounds for value in values]
    cuts = statistics.quantiles(taken, n=100)
    return {"median_ms": 1e3 * cuts[49], "p99_ms": 1e3 * cuts[98], "calls": len(taken)}


# ---- its tables ----


def judge(record, _limits):
    """The figures in one row."""
    row = dict(record)
    for library, figures in record.get("latencies", {}).items():
        row |= {f"{library} {key}": value for key, value in figures.items()}
    for library, (alone, together) in record.get("scaling", {}).items():
        row |= {f"{library} 1": alone, f"{library} all": together}
        row |= {f"{library} gain": alone / together}
    return row


def columns(figures):
    """{heading: (key, digits, factor)} as columns of each library."""
    return {"case": lambda row: row["case"]} | {
        f"{LIBRARIES[library]}, {title}": fixed(f"{library} {key}", digits, factor)
        for library in COMPARED
        for title, (key, digits, factor) in figures.items()
    }


LATENCY = columns({"median": ("median_ms", 2, 1), "99th percentile": ("p99_ms", 2, 1)})
SCALING = columns(
    {"1 thread": ("1", 1, 1e6), "all threads": ("all", 1, 1e6), "gain": ("gain", 2, 1)}
)


def tables(rows):
    """The tables of this part."""
    shared = [row for row in rows if "latencies" in row]
    small = [row for row in rows if "scaling" in row]
    yield Table("A region of all threads beside a busy process (milliseconds)", LATENCY, shared)
    yield Table("Small regions (microseconds)", SCALING, small)
