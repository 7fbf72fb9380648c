"""Compare tinygrad_c with PyTorch and NumPy, side by side in one run: ``python -m benchmarks``.

Each library runs in a process of its own. They take turns, case by case, round by round, and the
best of all rounds counts: on a machine with other work it is the figure that repeats.

ratio     tinygrad_c's time to PyTorch's, or to NumPy's where there is no PyTorch: lower is better
quartile  the lower quartile of the rounds' ratios: above 1.05 tinygrad_c is behind
of limit  the time that the arithmetic or the memory traffic takes at the machine's measured peak
          (`peak.py`, the same number of threads), as a share of the time taken
"""

import argparse
import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path

from benchmarks.cases import CASES
from benchmarks.peak import Peak

LIBRARIES = ("tinygrad_c", "torch", "numpy")


def start(library, options):
    """A process that times one case of `library` for each line it is sent."""
    names = ("TINYGRAD_C_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
    environment = os.environ | dict.fromkeys(names, str(options.threads))
    if options.isa:
        environment["TINYGRAD_C_ISA"] = options.isa
    return subprocess.Popen(
        [sys.executable, "-m", "benchmarks.worker", library, str(options.threads)],
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


def measure(processes, rounds, names):
    """{case: {library: seconds in each round}}"""
    times = {name: {} for name in names}
    for _ in range(rounds):
        for name in names:
            for library, process in processes.items():
                seconds = ask(process, name)
                if seconds is not None:
                    times[name].setdefault(library, []).append(seconds)
    return times


def lower_quartile(values):
    """A quarter of the values are smaller."""
    return statistics.quantiles(values * 2, n=4, method="inclusive")[0]


def judge(name, times, peak):
    """The figures of one case."""
    case = CASES[name]
    row = {"case": name, **{library: min(seconds) for library, seconds in times.items()}}
    other = next((library for library in LIBRARIES[1:] if library in times), None)
    best = row["tinygrad_c"]
    if other:
        row["ratio"] = best / row[other]
        ratios = [a / b for a, b in zip(times["tinygrad_c"], times[other], strict=True)]
        row["quartile"] = lower_quartile(ratios)
    arithmetic = case.flops / peak.flops() if case.flops else 0
    traffic = case.nbytes / peak.bandwidth(case.nbytes) if case.nbytes else 0
    if case.flops:
        row["gflops"] = case.flops / best / 1e9
    if case.nbytes:
        row["gbytes"] = case.nbytes / best / 1e9
    if case.flops or case.nbytes:
        row["of_limit"] = max(arithmetic, traffic) / best
        row["bound"] = "arithmetic" if arithmetic >= traffic else "memory"
    return row


def line_of(row):
    """A row of the table; times in microseconds."""

    def column(key, form, factor=1):
        width = int(form.split(".")[0])
        return f"{row[key] * factor:{form}}" if key in row else f"{'-':>{width}}"

    rate = f"{'-':>16}"
    if row.get("bound") == "arithmetic":
        rate = f"{row['gflops']:9.1f} GFLOP/s"
    elif "bound" in row:
        rate = f"{row['gbytes']:9.1f} GB/s   "
    times = "".join(column(library, "12.1f", 1e6) for library in LIBRARIES)
    ratios = column("ratio", "7.2f") + column("quartile", "9.2f")
    share = f"{row['of_limit']:8.0%}" if "of_limit" in row else f"{'-':>8}"
    return f"{row['case']:46}{times}{ratios}{rate:>18}{share}"


def describe(processes, peak, options):
    """The lines above the table."""
    yield f"{platform.machine()}, {os.cpu_count()} CPUs, {options.threads} threads"
    for process in processes.values():
        yield ask(process, "describe")
    bandwidths = ", ".join(
        f"{peak.bandwidth(nbytes) / 1e9:.0f} GB/s in {nbytes >> 20} MB"
        for nbytes in (1 << 20, 1 << 24, 1 << 28)
    )
    float32, float64 = (peak.flops(size) / 1e9 for size in (4, 8))
    yield f"peak: {float32:.0f} GFLOP/s in float32, {float64:.0f} in float64; {bandwidths}"
    yield f"microseconds, the best of {options.rounds} rounds"


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("patterns", nargs="*", help="only cases with one of these in their name")
    parser.add_argument("--threads", type=int, default=min(2, os.cpu_count()))
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--isa", choices=["generic", "avx2", "avx512"], help="of tinygrad_c")
    parser.add_argument("--json", type=Path, help="write a JSON line per case to this file too")
    parser.add_argument("--roofline", type=Path, help="draw the roofline to this PNG file")
    return parser.parse_args()


def main():
    """The command."""
    options = parse()
    names = [n for n in CASES if any(p in n for p in options.patterns or [""])]
    installed = [name for name in LIBRARIES if importlib.util.find_spec(name)]
    processes = {name: start(name, options) for name in installed}
    isa = ask(processes["tinygrad_c"], "isa")
    peak = Peak(isa, options.threads)
    for text in describe(processes, peak, options):
        print(text)
    print(f"\n{'case':46}{'tinygrad_c':>12}{'PyTorch':>12}{'NumPy':>12}", end="")
    print(f"{'ratio':>7}{'quartile':>9}{'rate':>18}{'of limit':>9}", flush=True)
    rows = []
    for name in names:
        rows.append(judge(name, measure(processes, options.rounds, [name])[name], peak))
        print(line_of(rows[-1]), flush=True)
    ratios = [row["ratio"] for row in rows if "ratio" in row]
    if ratios:
        print(f"\n{len(ratios)} cases, geometric mean {statistics.geometric_mean(ratios):.2f}")
    if options.json:
        facts = {"isa": isa, "threads": options.threads, "peak_flops": peak.flops()}
        options.json.write_text("".join(json.dumps(facts | row) + "\n" for row in rows))
    if options.roofline:
        from benchmarks.roofline import draw

        draw(rows, peak, options.roofline)


if __name__ == "__main__":
    main()
