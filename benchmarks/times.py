"""How long each case takes in each library, and how that compares with what the machine allows.

The libraries take turns, case by case, round by round, and the best of all rounds counts: on a
machine with other work it is the figure that repeats.

ratio     tinygrad_c's time to PyTorch's, or to NumPy's where there is no PyTorch: lower is better
quartile  the lower quartile of the rounds' ratios: above 1.05 tinygrad_c is behind
of limit  the time that the arithmetic or the memory traffic takes at the machine's peak, as a
          share of the time taken. The peaks are measured in short tries before each round, with the
          same number of threads, and the best of the whole run counts for all cases; so the table
          comes at the end. Traffic is each operand and result once, in each pass, at the speed of
          the fastest loop (`peak.c`) that writes the same share of a working set no larger.
"""

import statistics
import time

from benchmarks.cases import CASES, FAMILY_OF
from benchmarks.process import LIBRARIES
from benchmarks.tables import Table, fixed

NAMES = list(CASES)
ROUND_SECONDS = 0.15
# A case is behind where the lower quartile of its rounds' ratios is above this.
BEHIND = 1.05


def seconds(_library, prepare):
    """In the library's process: the fastest of several batches of calls, in seconds for a call."""
    step = prepare()
    if step is None:
        return None
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


def measure(names, libraries, peak, options):
    """{"case", "seconds": {library: one for each round}} of each case; the libraries take turns."""
    for name in names:
        taken = {}
        for _ in range(options.rounds):
            peak.probe(CASES[name])
            for library in libraries:
                found = library.ask("seconds", name)
                if found is not None:
                    taken.setdefault(library.name, []).append(found)
        yield {"case": name, "seconds": taken}


# ---- the figures of a case ----


def lower_quartile(values):
    """A quarter of the values are smaller."""
    return statistics.quantiles(values * 2, n=4, method="inclusive")[0]


def compare(taken):
    """Each library's best round; the ratio to PyTorch, or to NumPy, and the rounds' quartile."""
    row = {library: min(rounds) for library, rounds in taken.items()}
    other = next((name for name in list(LIBRARIES)[1:] if name in taken), None)
    if other and "tinygrad_c" in taken:
        row["ratio"] = row["tinygrad_c"] / row[other]
        ratios = [a / b for a, b in zip(taken["tinygrad_c"], taken[other], strict=True)]
        row["quartile"] = lower_quartile(ratios)
    return row


def judge(record, limits):
    """The figures of one case, its share of the machine's `limits` among them."""
    case = CASES[record["case"]]
    row = record | {"family": FAMILY_OF[record["case"]]} | compare(record["seconds"])
    best = row["tinygrad_c"]
    if case.flops:
        row["gflops"] = case.flops / best / 1e9
    if case.working_set:
        row["gbytes"] = (case.reads + case.writes) / best / 1e9
    if case.flops or case.working_set:
        arithmetic, traffic = limits.arithmetic(case), limits.traffic(case)
        row["of_limit"] = max(arithmetic, traffic) / best
        row["bound"] = "arithmetic" if arithmetic >= traffic else "memory"
    return row


def behind(rows):
    """The rows in which tinygrad_c is slower than PyTorch, the slowest first."""
    slower = [row for row in rows if row.get("quartile", 0) > BEHIND]
    return sorted(slower, key=lambda row: -row["ratio"])


def means(rows):
    """A row for each family, and one for all: the number of cases, and of those that are behind,
    and the geometric mean of the ratios."""
    families = {}
    for row in rows:
        if "ratio" in row:
            families.setdefault(row["family"], []).append(row)
    everything = [row for members in families.values() for row in members]
    for family, members in [*families.items(), *([("all", everything)] if everything else [])]:
        yield {
            "family": family,
            "cases": len(members),
            "mean": statistics.geometric_mean(row["ratio"] for row in members),
            "behind": len(behind(members)),
        }


# ---- its tables ----


def rate(row):
    """What was reached of the resource that is the limit."""
    if "bound" not in row:
        return ""
    if row["bound"] == "arithmetic":
        return f"{row['gflops']:.0f} GFLOP/s"
    return f"{row['gbytes']:.0f} GB/s"


COLUMNS = {
    "case": lambda row: row["case"],
    **{title: fixed(name, 1, 1e6) for name, title in LIBRARIES.items()},
    "ratio": fixed("ratio", 2),
    "quartile": fixed("quartile", 2),
    "rate": rate,
    "of limit": lambda row: f"{row['of_limit']:.0%}" if "of_limit" in row else "",
}
FAMILY_COLUMNS = {
    "family": lambda row: row["family"],
    "cases": lambda row: f"{row['cases']}",
    "geometric mean": fixed("mean", 2),
    "behind": lambda row: f"{row['behind']}",
}


def tables(rows):
    """The tables of this part."""
    slower = behind(rows)
    title = "Behind PyTorch" if any("torch" in row for row in rows) else "Behind NumPy"
    fewest = min(len(row["seconds"]["tinygrad_c"]) for row in rows)
    note = f"Microseconds, the best of {fewest} rounds or more."
    yield Table(title, COLUMNS, slower, f"{len(slower)} of {len(rows)} cases. {note}")
    yield Table("Ratio by family", FAMILY_COLUMNS, list(means(rows)))
    yield Table("All cases", COLUMNS, rows, note)
