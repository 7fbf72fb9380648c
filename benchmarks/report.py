"""A run as text for the terminal, and as Markdown for docs/benchmarks.md."""

from benchmarks import opponents, targets
from benchmarks.cases.case import Case
from benchmarks.runs import PARTS

# The working sets whose bandwidth is named: in the caches of one core, in the shared one, in none.
SHOWN = {f"{size} MB": Case(None, reads=size << 19, writes=size << 19) for size in (1, 16, 256)}


DEFINITIONS = "\n\n".join(f"{name}: {part.__doc__.strip()}" for name, part in PARTS.items())


def head(run):
    """Lines about the machine and the libraries."""
    facts = run.facts
    yield (
        f"{facts['cpu']}, {facts['cpus']} CPUs, {facts['threads']} threads, {facts['system']}, "
        f"Python {facts['python']}, transparent huge pages: {facts['huge_pages']}"
    )
    yield from opponents.lines(facts["libraries"])
    bandwidths = ", ".join(
        f"{(case.reads + case.writes) / run.limits.traffic(case) / 1e9:.0f} GB/s in {size}"
        for size, case in SHOWN.items()
    )
    yield (
        f"peak with {facts['isa']} and {facts['threads']} threads: {run.limits.flops / 1e9:.0f} "
        f"GFLOP/s; read and written half and half: {bandwidths}"
    )


def tables(run):
    """All tables: the figures to hold, and those of each part, the rows that are behind first."""
    parts = run.rows()
    found = [targets.table([row for rows in parts.values() for row in rows])]
    for part, rows in parts.items():
        found += PARTS[part].tables(rows)
    return [table for table in found if table.rows or table.note]


def text(run):
    """Lines for the terminal: what is looked for stands at the end."""
    yield from (*head(run), "")
    for table in reversed(tables(run)):
        yield from (*table.text(), "")


def markdown(run):
    """The lines of docs/benchmarks.md."""
    yield "# Measured beside PyTorch and NumPy"
    yield ""
    yield from (f"- {line}" for line in head(run))
    for table in tables(run):
        yield ""
        yield from table.markdown()
    yield from ("", "## How it is measured", "", "```text", DEFINITIONS, "```")
