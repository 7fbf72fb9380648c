"""Matrix products: square, of a network's layers, and of shapes that nobody has chosen."""

import math
import random

from benchmarks.cases.case import Case

# x @ W.T, g @ W and g.T @ x are the three products of a linear layer's training step.
LAYERS = ["128x784 @ 256x784.T", "128x256 @ 256x784", "128x256.T @ 128x784", "128x784 @ 10x784.T"]
SHAPES = [
    *[f"{n}x{n} @ {n}x{n}" for n in (4, 16, 32, 64, 128, 256, 512, 1024)],
    *LAYERS,
    "128x784 @ 784x256",
    "50x16 @ 16x16.T",
    "64x32x32 @ 64x32x32",
    "64x64x32 @ 64x64x32.T",
    "1x1024 @ 1024x1024",
    "1x1024 @ 1024x1024.T",
    "1024x1024 @ 1024x1",
    "8x784 @ 256x784.T",
    "16x1024 @ 1024x1024",
]


def drawn(n, seed=0):
    """Products of n drawn shapes, most of them odd: the tuned list is not all there is."""
    draw = random.Random(seed)
    for _ in range(n):
        rows, depth, cols = (round(2 ** draw.uniform(1, 9)) for _ in range(3))
        yield f"{rows}x{depth} @ {depth}x{cols}"


def shape_of(text):
    """The shape to make, and whether the operand is its transpose."""
    return tuple(int(size) for size in text.removesuffix(".T").split("x")), text.endswith(".T")


def product(text):
    """``"2x3 @ 4x3.T"`` as a case."""
    (a_shape, a_swapped), (b_shape, b_swapped) = map(shape_of, text.split(" @ "))

    def for_torch(torch):
        a, b = torch.rand(*a_shape), torch.rand(*b_shape)
        a = a.transpose(-1, -2) if a_swapped else a
        b = b.transpose(-1, -2) if b_swapped else b
        return lambda: a @ b

    def for_numpy(np):
        a, b = (np.random.default_rng(0).random(s, np.float32) for s in (a_shape, b_shape))
        a = a.swapaxes(-1, -2) if a_swapped else a
        b = b.swapaxes(-1, -2) if b_swapped else b
        return lambda: a @ b

    a_size, b_size = math.prod(a_shape), math.prod(b_shape)
    cols = b_shape[-2] if b_swapped else b_shape[-1]
    y_size = a_size // (a_shape[-2] if a_swapped else a_shape[-1]) * cols
    return Case(
        for_torch,
        for_numpy,
        flops=2 * a_size * cols,
        reads=4 * (a_size + b_size),
        writes=4 * y_size,
    )


CASES = {f"matmul {text}": product(text) for text in SHAPES}
CASES |= {f"drawn matmul {text}": product(text) for text in drawn(12)}
