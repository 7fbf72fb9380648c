"""What a run has measured, written to a file and read again, several files as one."""

import json
from dataclasses import dataclass, field

from benchmarks import memory, package, threads, times
from benchmarks.limits import Limits

# Each has NAMES of what it measures, measure(names, libraries, peak, options), which yields a
# record of each name, judge(record, limits), which makes a row of it, and tables(rows).
PARTS = {"times": times, "memory": memory, "threads": threads, "package": package}


@dataclass
class Run:
    """`facts` about machine and libraries, `records` {(part, name): record}, and the `limits`."""

    facts: dict
    limits: Limits
    records: dict = field(default_factory=dict)

    def add(self, part, record):
        """Keep a record; the rounds of an earlier one of the same case are joined with its own."""
        earlier = self.records.get((part, record["case"]), {}).get("seconds", {})
        for library, rounds in earlier.items():
            record["seconds"][library] = rounds + record["seconds"].get(library, [])
        self.records[part, record["case"]] = record

    def rows(self):
        """{part: the rows of its records}, in the order of its names."""
        found = {}
        for part, module in PARTS.items():
            names = (name for name in module.NAMES if (part, name) in self.records)
            rows = [module.judge(self.records[part, name], self.limits) for name in names]
            found |= {part: rows} if rows else {}
        return found

    def write(self, path):
        """A line for the run, and a line for each row, all in JSON."""
        lines = [{"run": self.facts, "limits": self.limits.facts()}]
        lines += [{"part": part} | row for part, rows in self.rows().items() for row in rows]
        path.write_text("".join(json.dumps(line) + "\n" for line in lines))


def read(paths):
    """The runs in these files as one: all rounds of a case together, and the best limits."""
    joined = None
    for path in paths:
        head, *records = map(json.loads, path.read_text().splitlines())
        run = Run(head["run"], Limits(**head["limits"]))
        joined = joined or run
        different = [key for key, value in run.facts.items() if joined.facts.get(key) != value]
        if different:
            raise SystemExit(f"{path}: {', '.join(different)} must be as in {paths[0]}")
        joined.limits.join(run.limits)
        for record in records:
            joined.add(record["part"], record)
    return joined
