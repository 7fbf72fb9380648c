"""The figures to hold, and whether they are held."""

from benchmarks import package, threads
from benchmarks.cases import FAMILIES
from benchmarks.tables import Table

# {case: the highest ratio of tinygrad_c's time, or size, to PyTorch's}
RATIOS = {
    "matmul 1024x1024 @ 1024x1024": 0.52,
    "matmul 128x784 @ 256x784.T": 0.55,
    "conv 256x16x14x14 -> 32 k3, forward": 1.05,
    "conv 256x16x14x14 -> 32 k3, with gradients": 1.0,
    "conv 256x1x28x28 -> 16 k3, forward": 0.7,
    "conv 256x1x28x28 -> 16 k3, with gradients": 0.35,
    "conv 32x64x56x56 -> 256 k1, forward": 0.3,
    "conv 32x64x56x56 -> 256 k1, with gradients": 0.3,
    "conv 128x64x28x28 -> 64 k3 g64, forward": 0.5,
    "conv 128x64x28x28 -> 64 k3 g64, with gradients": 0.3,
    "max_pool 2x2 of 256x16x28x28, forward": 0.06,
    "max_pool 2x2 of 256x16x28x28, with gradient": 0.12,
    "tanh of 3211264": 0.2,
    "batch_norm 256x16x28x28, forward": 0.3,
    "batch_norm 256x16x28x28, with gradients": 0.35,
    "50 multiplications, forward": 0.35,
    "50 multiplications, with backward": 0.2,
    "step: MLP 2-16-16-2, batch 50": 0.17,
    "step: softmax regression 784-10, batch 128": 0.3,
    "step: MLP 784-256-128-10, batch 128": 0.4,
    "step: course CNN, batch 256": 0.45,
    "step: LeNet-5, batch 64": 0.3,
    "step: ResNet-20, batch 128": 0.8,
    "import (ms)": 0.15,
}
# {case: (the key of tinygrad_c's figure in the row, what it is, its highest value)}
FIGURES = {
    threads.BUSY: ("tinygrad_c p99_ms", "99th percentile, ms", 6),
    package.INSTALLED: ("tinygrad_c", "MB", 6),
    package.WHEEL: ("tinygrad_c", "MB", 2),
    **{step: ("tinygrad_c faults", "page faults", 0) for step in FAMILIES["steps"]},
}


def compared(rows):
    """A row for each figure to hold that was measured: {"case", "what", "found", "hold"}."""
    for row in rows:
        name = row["case"]
        if name in RATIOS and "ratio" in row:
            yield {"case": name, "what": "ratio", "found": row["ratio"], "hold": RATIOS[name]}
        if name in FIGURES and FIGURES[name][0] in row:
            key, what, limit = FIGURES[name]
            yield {"case": name, "what": what, "found": row[key], "hold": limit}


COLUMNS = {
    "case": lambda row: row["case"],
    "figure": lambda row: row["what"],
    "found": lambda row: f"{row['found']:.3g}",
    "to hold": lambda row: f"{row['hold']:.3g}",
    "": lambda row: "" if row["found"] <= row["hold"] else "missed",
}


def table(rows):
    """The figures to hold beside those found."""
    return Table("Figures to hold", COLUMNS, list(compared(rows)))
