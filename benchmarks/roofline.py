"""The roofline picture: how near each case is to what arithmetic and memory allow.

Williams, Waterman, Patterson: Roofline: an insightful visual performance model for multicore
architectures, Communications of the ACM 52(4), 2009.
"""

import matplotlib
import numpy as np

from benchmarks.cases import CASES

CACHES = {"1 MB": 1 << 20, "16 MB": 1 << 24, "256 MB": 1 << 28}


def draw(rows, peak, path):
    """Operations per second over operations per byte, under the machine's roofs."""
    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(figsize=(9, 5.5), layout="constrained")
    x = np.geomspace(0.02, 500, 200)
    roof = peak.flops()
    for (label, nbytes), style in zip(CACHES.items(), ("-", "--", ":"), strict=True):
        y = np.minimum(roof, peak.bandwidth(nbytes) * x) / 1e9
        axes.plot(x, y, style, color="0.35", linewidth=1, label=f"roof for {label}")
    for family, members in families(rows).items():
        points = [(CASES[r["case"]].flops / CASES[r["case"]].nbytes, r["gflops"]) for r in members]
        axes.scatter(*zip(*points, strict=True), s=18, alpha=0.8, label=family)
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="floating-point operations per byte",
        ylabel="GFLOP/s",
        title=f"tinygrad_c, {peak.threads} threads, float32",
    )
    axes.grid(which="major", alpha=0.3)
    axes.legend(fontsize=8, loc="lower right")
    figure.savefig(path, dpi=110)


def families(rows):
    """{family: rows}, of the cases whose operations and bytes are both known."""
    found = {}
    for row in rows:
        if "gflops" in row and "gbytes" in row:
            found.setdefault(row["case"].split()[0], []).append(row)
    return found
