"""Compare tinygrad_c with PyTorch and NumPy, side by side in one run: ``python -m benchmarks``.

Each library runs in a process of its own, and runs the same lines. Progress goes to the standard
error, the tables to the standard output: what is behind and what is to hold stands at the end.

Files written with --json can be read again, several as one: all rounds of a case count then. So a
run can be made in pieces, and a disturbed case again.
"""

import argparse
import os
import platform
import sys
from contextlib import ExitStack
from pathlib import Path

from benchmarks import report
from benchmarks.peak import Peak
from benchmarks.process import Library, installed
from benchmarks.runs import PARTS, Run, read


def parse():
    """The command line."""
    parser = argparse.ArgumentParser(
        "python -m benchmarks",
        description=f"{__doc__}\n{report.DEFINITIONS}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("patterns", nargs="*", help="only what has one of these in its name")
    add("--parts", nargs="+", choices=PARTS, default=[*PARTS], help="only these parts")
    add("--threads", type=int, default=min(2, os.cpu_count()), help="of every library")
    add("--rounds", type=int, default=7)
    add("--isa", choices=["generic", "avx2", "avx512"], help="of tinygrad_c")
    add("--json", type=Path, metavar="FILE", help="write what was measured, a line for each row")
    add("--read", type=Path, nargs="+", metavar="FILE", help="measure nothing, read these files")
    add("--markdown", action="store_true", help="print docs/benchmarks.md")
    add("--roofline", type=Path, metavar="FILE", help="draw the roofline to this PNG file")
    return parser.parse_args()


def machine():
    """What the figures depend on beside the libraries."""
    models = [
        x for x in Path("/proc/cpuinfo").read_text().splitlines() if x.startswith("model name")
    ]
    pages = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    return {
        "cpu": models[0].split(": ")[1] if models else platform.machine(),
        "cpus": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "huge_pages": pages.read_text().split("[")[1].split("]")[0] if pages.exists() else "none",
    }


def measure(options):
    """A `Run` of the chosen parts and names; what has been measured is written as it comes."""
    with ExitStack() as stack:
        libraries = [stack.enter_context(Library(name, options)) for name in installed()]
        described = {library.name: library.ask("describe") for library in libraries}
        isa = described["tinygrad_c"]["kernels"]["kernels"]
        facts = {"threads": options.threads, "isa": isa, "libraries": described}
        peak = Peak(isa, options.threads)
        run = Run(machine() | facts, peak.limits)
        for part in options.parts:
            for case in report.SHOWN.values():
                peak.probe(case)
            module = PARTS[part]
            names = [n for n in module.NAMES if any(p in n for p in options.patterns or [""])]
            for record in module.measure(names, libraries, peak, options):
                run.add(part, record)
                ratio = module.judge(record, run.limits).get("ratio")
                note = f", ratio {ratio:.2f}" if ratio else ""
                print(f"{part}: {record['case']}{note}", file=sys.stderr, flush=True)
                if options.json:
                    run.write(options.json)
    return run


def main():
    """The command."""
    options = parse()
    run = read(options.read) if options.read else measure(options)
    if options.read and options.json:
        run.write(options.json)
    for line in (report.markdown if options.markdown else report.text)(run):
        print(line)
    if options.roofline:
        from benchmarks.roofline import draw

        draw(run, options.roofline)


if __name__ == "__main__":
    main()
