"""The process that times the cases of one library; `benchmarks.__main__` starts and asks it."""

import importlib
import json
import sys
import time

from benchmarks.cases import CASES

ROUND_SECONDS = 0.15


def describe(library, module):
    """The library's version, and what it computes with."""
    text = f"{library} {module.__version__}"
    if library == "tinygrad_c":
        return f"{text}, {current_isa()} kernels"
    if library == "torch":
        return f"{text}, {module.backends.cpu.get_cpu_capability()}"
    return text


def current_isa():
    """The variant of the kernels that tinygrad_c has chosen."""
    return importlib.import_module("tinygrad_c._kernels.runtime").current_isa()


def seconds_per_call(step):
    """The fastest of several batches of calls."""
    step()
    start = time.perf_counter()
    step()
    once = time.perf_counter() - start
    calls = max(1, int(ROUND_SECONDS / 10 / max(once, 1e-7)))
    best = float("inf")
    end = time.perf_counter() + ROUND_SECONDS
    while time.perf_counter() < end:
        start = time.perf_counter()
        for _ in range(calls):
            step()
        best = min(best, (time.perf_counter() - start) / calls)
    return best


def make(name, library, module):
    """The function to time, or None where the library has no such case."""
    case = CASES[name]
    prepare = case.numpy if library == "numpy" else case.torch
    return prepare and prepare(module)


def main():
    """Answer each line of the standard input with a line of JSON."""
    library, threads = sys.argv[1], int(sys.argv[2])
    module = importlib.import_module(library)
    if library != "numpy":
        module.set_num_threads(threads)
    name, step = None, None
    for line in sys.stdin:
        request = line.strip()
        if request == "describe":
            answer = describe(library, module)
        elif request == "isa":
            answer = current_isa()
        else:
            if request != name:
                name, step = request, make(request, library, module)
            answer = step and seconds_per_call(step)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
