"""The process that runs the cases of one library: ``python -m benchmarks.worker LIBRARY THREADS``.

Each line of its input is a request, ``["seconds", "exp of 4096"]``, each line of its output the
answer, both in JSON. What a request does stands in the file of the part that makes it.
"""

import functools
import importlib
import json
import sys

from benchmarks import memory, opponents, threads, times
from benchmarks.cases import CASES

# Each is called with the library and a function that prepares the case.
ANSWERS = {
    "seconds": times.seconds,
    "memory": memory.of_step,
    "latencies": threads.latencies,
    "scaling": threads.scaling,
}


@functools.lru_cache(maxsize=1)
def prepare(library, name):
    """The function to time, or None where the library has no such case."""
    case = CASES.get(name) or threads.REGIONS[name]
    for_library = case.numpy if library.__name__ == "numpy" else case.torch
    return for_library and for_library(library)


def main():
    """Answer until the input ends."""
    library, n_threads = importlib.import_module(sys.argv[1]), int(sys.argv[2])
    if hasattr(library, "set_num_threads"):
        library.set_num_threads(n_threads)
    for line in sys.stdin:
        request, *name = json.loads(line)
        if request == "describe":
            answer = opponents.describe(library)
        else:
            answer = ANSWERS[request](library, functools.partial(prepare, library, *name))
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
