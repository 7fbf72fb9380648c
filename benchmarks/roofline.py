"""The roofline picture: how near each case is to what arithmetic and memory allow.

Williams, Waterman, Patterson: Roofline: an insightful visual performance model for multicore
architectures, Communications of the ACM 52(4), 2009.
"""

import matplotlib
import numpy as np

from benchmarks.cases import CASES
from benchmarks.limits import WRITTEN
from benchmarks.report import SHOWN


def draw(run, path):
    """Operations per second over operations per byte, under the machine's roofs."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 5.5), layout="constrained")
    x = np.geomspace(0.02, 500, 200)
    for (label, case), style in zip(SHOWN.items(), ("-", "--", ":"), strict=True):
        bandwidth = run.limits.bandwidth(case.reads + case.writes, WRITTEN.index(1 / 2))
        y = np.minimum(run.limits.flops, bandwidth * x) / 1e9
        axes.plot(x, y, style, color="0.35", linewidth=1, label=f"roof for {label}")
    for family, points in families(run.rows().get("times", [])).items():
        axes.scatter(*zip(*points, strict=True), s=18, alpha=0.8, label=family)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="floating-point operations per byte",
        ylabel="GFLOP/s",
        title=f"tinygrad_c, {run.facts['threads']} threads, float32",
    )
    axes.grid(which="major", alpha=0.3)
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(path, dpi=110)


def families(rows):
    """{family: points}, of the cases whose operations and bytes are both known."""
    found = {}
    for row in rows:
        if "gflops" in row and "gbytes" in row:
            case = CASES[row["case"]]
            point = case.flops / (case.reads + case.writes), row["gflops"]
            found.setdefault(row["family"], []).append(point)
    return found
