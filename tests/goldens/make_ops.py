"""Record from torch what the op table's rows give: ``python -m tests.goldens.make_ops``.

Written with torch 2.13.0. The tests read the file, and need no torch. Rows that the file has stay
as they are: on another CPU torch rounds some of them otherwise. Delete it to record all anew.
"""

from pathlib import Path

import torch
from safetensors.numpy import load_file, save_file

from tests.ops.table import ROWS
from tests.ops.test_table import weights

PATH = Path(__file__).with_name("ops.safetensors")


def main():
    """Values and gradients of every row, in both dtypes."""
    goldens = {}
    recorded = load_file(PATH) if PATH.exists() else {}
    for row in ROWS:
        for dtype in ("float32", "float64"):
            key = f"{row.name}/{dtype}"
            if key in recorded:
                goldens |= {
                    k: v for k, v in recorded.items() if k == key or k.startswith(key + "/")
                }
                continue
            operands = [torch.tensor(a) for a in row.arrays(dtype)]
            for t in operands:
                if row.differentiable and t.is_floating_point():
                    t.requires_grad_()
            y = row.call(torch, *operands)
            goldens[key] = y.detach().numpy().copy()
            if row.differentiable:
                y.backward(torch.tensor(weights(tuple(y.shape), goldens[key].dtype)))
                leaves = [t for t in operands if t.requires_grad]
                for i, t in enumerate(leaves):
                    grad = torch.zeros_like(t) if t.grad is None else t.grad
                    goldens[f"{key}/grad{i}"] = grad.numpy().copy()
    save_file({name: value.copy(order="C") for name, value in goldens.items()}, PATH)


if __name__ == "__main__":
    main()
