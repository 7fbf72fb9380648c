"""A small problem for optimizers, whose gradients are written down.

loss_t(p, q) = 0.1 sum(p**3) + (t + 1) (q0 - 2 q1) + p0 q0 + p1 q1
"""

import numpy as np

from tinygrad_c import float32, tensor

START = ([1.0, -2.0, 3.0], [[0.5, -0.25]])


def gradients_at(params, t):
    """The gradients of loss_t in p and q, as arrays of the parameters' dtype."""
    p, q = params
    slope = np.array([[1.0, -2.0]], q.dtype) * (t + 1)
    return 3 * p.dtype.type(0.1) * p * p + np.append(q[0], 0).astype(p.dtype), slope + p[:2]


def train(optimizer_class, steps, dtype=float32, **options):
    """The parameters, as arrays, after `steps` steps from START."""
    params = [tensor(values, dtype=dtype).requires_grad_() for values in START]
    optimizer = optimizer_class(params, **options)
    for t in range(steps):
        gradients = gradients_at([p.detach().numpy() for p in params], t)
        for param, gradient in zip(params, gradients, strict=True):
            param.grad = tensor(gradient)
        optimizer.step()
    return [p.detach().numpy() for p in params]


def assert_reaches(params, expected):
    """Float32 numbers recorded from torch: they may differ by the order of a few roundings."""
    numbers = np.concatenate([p.ravel() for p in params])
    np.testing.assert_allclose(numbers, np.float32(expected), rtol=2e-6, atol=1e-7)
