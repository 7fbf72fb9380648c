"""What a row of the op table is."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Row:
    """One call of one operation.

    ``call(t, *tensors)``: the call; ``t`` is the module tinygrad_c or torch.
    ``define(*arrays)``: its definition in NumPy.
    ``operands``: (kind, shape) for each operand; the kinds are in `KINDS`.
    ``covers``: the names of the operations that the row stands for.
    ``exact``: the result has the very bits of the definition (no rounding is involved).
    ``differentiable``: gradients are checked, and second derivatives.
    """

    name: str
    call: object
    define: object
    operands: tuple
    covers: tuple
    exact: bool = False
    differentiable: bool = True
    tolerance: dict = field(default_factory=lambda: {"float32": 2e-6, "float64": 1e-14})

    def arrays(self, dtype, seed=0):
        """The operands, the same for the same seed."""
        rng = np.random.default_rng(seed)
        return [KINDS[kind](rng, shape, np.dtype(dtype)) for kind, shape in self.operands]


def distinct(rng, shape, dtype):
    """No two elements are equal, none is near a whole or half number: no ties, no kinks."""
    size = int(np.prod(shape))
    values = (rng.permutation(size) - size // 2 + 0.37) / max(size, 1) * 3.9
    return values.reshape(shape).astype(dtype)


KINDS = {
    "any": lambda rng, shape, dtype: rng.normal(size=shape).astype(dtype),
    "positive": lambda rng, shape, dtype: rng.uniform(0.5, 2, size=shape).astype(dtype),
    "nonzero": lambda rng, shape, dtype: (
        rng.uniform(0.5, 2, size=shape) * rng.choice([-1, 1], size=shape)
    ).astype(dtype),
    "distinct": distinct,
    "probability": lambda rng, shape, dtype: rng.uniform(0.1, 0.9, size=shape).astype(dtype),
    "mask": lambda rng, shape, dtype: rng.random(shape) < 0.5,
    "classes": lambda rng, shape, dtype: rng.integers(0, 5, size=shape),
    "rows": lambda rng, shape, dtype: rng.integers(0, 3, size=shape),
}

NOT = {"differentiable": False}
EXACT = {"exact": True}

# Of 5 classes or channels.
WEIGHT = [0.5, 1.0, 2.0, 1.5, 0.25]
