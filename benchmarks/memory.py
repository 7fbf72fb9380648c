"""How much memory a step needs, and whether it takes new pages from the system after warm-up.

Both libraries are measured alike, each case in a fresh process:

process  anonymous memory at its peak during steps after the warm-up, less what the process had
         after steps of a small network: data, model, results and whatever the allocator keeps,
         without what a library loads when it is used first. From VmHWM of /proc/self/status, reset
         by /proc/self/clear_refs; mapped files (code) do not count.
faults   minor page faults of the median step after the warm-up, by getrusage

tinygrad_c's arena says more. alive: bytes of all arrays between steps, the data, parameters and
gradients among them. peak: bytes of arrays at the peak of a step. workspace: scratch memory of the
kernels. operands: bytes of the operands, results and their gradients by the definition, where
that is known.
"""

import gc
import importlib
import resource
import statistics
from pathlib import Path

from benchmarks.cases import CASES, FAMILIES
from benchmarks.cases.steps import lenet5, training
from benchmarks.process import COMPARED, Library
from benchmarks.tables import Table, fixed

WARM_UP, STEPS = 20, 11
# Bytes by which a process may differ from one run to the next.
NOISE = 1_000_000
NAMES = [
    name
    for name in [*FAMILIES["conv"], *FAMILIES["steps"]]
    if not name.startswith("drawn") and not name.endswith("forward")
]


def status():
    """{name: bytes} of the process's memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    sizes = (line.split() for line in lines if line.startswith(("Rss", "VmHWM")))
    return {name.rstrip(":"): 1024 * int(kib) for name, kib, _ in sizes}


def of_step(library, prepare):
    """In the library's process, which is fresh: the memory and the faults of one case."""
    runtime = start_anew(library)
    before = status()
    step = prepare()
    for _ in range(WARM_UP):
        step()
    Path("/proc/self/clear_refs").write_text("5")
    if runtime:
        runtime.reset_peak_memory_stats()
    faults = []
    for _ in range(STEPS):
        start = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        step()
        faults.append(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - start)
    after = status()
    peak = after["VmHWM"] - after["RssFile"] - after["RssShmem"]
    found = {"process": peak - before["RssAnon"], "faults": statistics.median(faults)}
    if runtime:
        arena = runtime.memory_stats()
        found |= {"alive": arena["in_use"], "peak": arena["peak"], "workspace": arena["workspace"]}
    return found


def start_anew(library):
    """Train a small network, that all is loaded, and drop it; tinygrad_c's runtime, if it is it."""
    step = training(lenet5, (2, 1, 28, 28), 10).torch(library)
    step()
    step()
    del step
    gc.collect()
    if library.__name__ != "tinygrad_c":
        return None
    runtime = importlib.import_module("tinygrad_c._kernels.runtime")
    runtime.empty_cache()
    return runtime


def measure(names, libraries, _peak, options):
    """{"case", "memory": {library: ...}} of each case."""
    for name in names:
        found = {}
        for library in libraries:
            if library.name in COMPARED:
                with Library(library.name, options) as fresh:
                    found[library.name] = fresh.ask("memory", name)
        yield {"case": name, "memory": found}


# ---- its table ----


def judge(record, _limits):
    """The figures of one case in one row."""
    row = {"case": record["case"], "operands": CASES[record["case"]].working_set or None}
    for library, figures in record["memory"].items():
        row |= {f"{library} {key}": value for key, value in figures.items()}
    if row.get("torch process", 0) > NOISE:
        row["memory ratio"] = row["tinygrad_c process"] / row["torch process"]
    return record | row


MEGABYTES = {
    "operands": "operands",
    "alive": "tinygrad_c alive",
    "peak": "tinygrad_c peak",
    "workspace": "tinygrad_c workspace",
    "process": "tinygrad_c process",
    "PyTorch's process": "torch process",
}
COLUMNS = {
    "case": lambda row: row["case"],
    **{title: fixed(key, 1, 1e-6) for title, key in MEGABYTES.items()},
    "ratio": fixed("memory ratio", 2),
    "faults": fixed("tinygrad_c faults", 0),
    "PyTorch's faults": fixed("torch faults", 0),
}


def tables(rows):
    """The table of this part."""
    yield Table("Memory of a step (MB)", COLUMNS, rows)
