"""A process of its own for each library, `benchmarks.worker`, which answers requests."""

import importlib.util
import json
import os
import subprocess
import sys

LIBRARIES = {"tinygrad_c": "tinygrad_c", "torch": "PyTorch", "numpy": "NumPy"}
# Those that are compared in more than the times of single operations.
COMPARED = ("tinygrad_c", "torch")
THREADS = ("TINYGRAD_C_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def installed():
    """The libraries that this Python finds, tinygrad_c first."""
    return [name for name in LIBRARIES if importlib.util.find_spec(name)]


class Library:
    """``with Library(name, options) as library: library.ask("seconds", "exp of 4096")``"""

    def __init__(self, name, options):
        environment = os.environ | dict.fromkeys(THREADS, str(options.threads))
        if options.isa:
            environment["TINYGRAD_C_ISA"] = options.isa
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.worker", name, str(options.threads)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )

    def ask(self, *request):
        """Send one request, and wait for the answer."""
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"{self.name} ended at {' '.join(map(str, request))}")
        return json.loads(answer)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self.process.stdin.close()
        self.process.wait()
