"""Compare tinygrad_c with PyTorch and NumPy, side by side in one run: ``python -m benchmarks``.

Each library runs in a process of its own. They take turns, case by case, round by round, and the
best of all rounds counts: on a machine with other work it is the figure that repeats. The ratio is
tinygrad_c's time to PyTorch's (or to NumPy's where PyTorch is not installed): lower is better.

    python -m benchmarks [--threads 2] [--rounds 7] [--json] [pattern]
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys

LIBRARIES = ("tinygrad_c", "torch", "numpy")


def start(library, threads):
    """A process that times one case of `library` for each line it is sent."""
    environment = os.environ | {
        name: str(threads)
        for name in ("TINYGRAD_C_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    }
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker", library, str(threads)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )


def ask(process, line):
    """Send one line, and read the answer."""
    process.stdin.write(line + "\n")
    process.stdin.flush()
    return json.loads(process.stdout.readline())


def measure(processes, rounds, pattern):
    """{case: {library: seconds}}, the best of all rounds."""
    names = [name for name in ask(processes["tinygrad_c"], "cases") if pattern in name]
    best = {name: {} for name in names}
    for _ in range(rounds):
        for name in names:
            for library, process in processes.items():
                seconds = ask(process, name)
                if seconds is not None:
                    known = best[name].get(library, seconds)
                    best[name][library] = min(known, seconds)
    return best


def print_table(best):
    """One line per case; times in microseconds."""
    print(f"{'case':42}{'tinygrad_c':>12}{'PyTorch':>12}{'NumPy':>12}{'ratio':>8}")
    for name, times in best.items():
        other = times.get("torch", times.get("numpy"))
        columns = [
            f"{times[lib] * 1e6:12.1f}" if lib in times else f"{'-':>12}" for lib in LIBRARIES
        ]
        ratio = f"{times['tinygrad_c'] / other:8.2f}" if other else f"{'-':>8}"
        print(f"{name:42}{''.join(columns)}{ratio}")


def main():
    """The command."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("pattern", nargs="?", default="", help="only cases with this in their name")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="one JSON line per case, in seconds")
    options = parser.parse_args()
    installed = [name for name in LIBRARIES if importlib.util.find_spec(name)]
    processes = {name: start(name, options.threads) for name in installed}
    described = {name: ask(process, "describe") for name, process in processes.items()}
    best = measure(processes, options.rounds, options.pattern)
    if options.json:
        for name, times in best.items():
            print(json.dumps({"case": name, "threads": options.threads, **times}))
    else:
        for text in described.values():
            print(text)
        print(f"{options.threads} threads; microseconds, the best of {options.rounds} rounds\n")
        print_table(best)


if __name__ == "__main__":
    main()
