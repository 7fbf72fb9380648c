"""Record from torch what the op table's rows give: ``python -m tests.goldens.make_ops``.

Written with torch 2.13.0, a file for each family. The tests read the files, and need no torch. Rows
that are recorded stay as they are: on another CPU torch rounds some of them otherwise. Delete a
file to record its family anew.
"""

import torch
from safetensors.numpy import save_file

from tests.ops.table import FAMILIES
from tests.ops.test_table import GOLDENS, recorded, weights


def record(row, dtype):
    """The value of a row, and its gradients, by their names in the file."""
    key = f"{row.name}/{dtype}"
    operands = [torch.tensor(a) for a in row.arrays(dtype)]
    for t in operands:
        if row.differentiable and t.is_floating_point():
            t.requires_grad_()
    y = row.call(torch, *operands)
    goldens = {key: y.detach().numpy()}
    if row.differentiable:
        y.backward(torch.tensor(weights(tuple(y.shape), goldens[key].dtype)))
        leaves = [t for t in operands if t.requires_grad]
        for i, t in enumerate(leaves):
            grad = torch.zeros_like(t) if t.grad is None else t.grad
            goldens[f"{key}/grad{i}"] = grad.numpy()
    return goldens


def main():
    """Values and gradients of every row, in both dtypes."""
    before = recorded()
    for family, rows in FAMILIES.items():
        goldens = {}
        for row in rows:
            for dtype in ("float32", "float64"):
                key = f"{row.name}/{dtype}"
                if key in before:
                    kept = {k for k in before if k == key or k.startswith(key + "/")}
                    goldens |= {k: before[k] for k in kept}
                else:
                    goldens |= record(row, dtype)
        path = GOLDENS / f"{family}.safetensors"
        save_file({name: value.copy(order="C") for name, value in goldens.items()}, path)


if __name__ == "__main__":
    main()
