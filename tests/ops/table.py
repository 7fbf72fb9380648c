"""The op table: one row per public operation.

A row says how an operation is called, in PyTorch's spelling, so that the same call runs here and
in torch; its naive definition in NumPy; and what its operands look like. Everything that must hold
for every operation (`test_table.py`) runs over these rows, and an operation without a row fails.
"""

import math
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
    ``differentiable``: gradients are checked; ``twice``: second derivatives too.
    """

    name: str
    call: object
    define: object
    operands: tuple
    covers: tuple
    exact: bool = False
    differentiable: bool = True
    twice: bool = True
    tolerance: dict = field(default_factory=lambda: {"float32": 2e-6, "float64": 1e-14})

    def arrays(self, dtype, seed=0):
        """The operands, the same for the same seed."""
        rng = np.random.default_rng(seed)
        return [KINDS[kind](rng, shape, np.dtype(dtype)) for kind, shape in self.operands]


def linear_sigmoid(t, weight, bias):
    """The two layers with the given tensors in place of parameters: Sequential makes them one."""
    net = t.nn.Sequential(t.nn.Linear(1, 1), t.nn.Sigmoid())
    del net[0].weight, net[0].bias
    net[0].weight, net[0].bias = weight, bias
    return net


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


def unary(name, define, kind="any", **options):
    """A row for a function of one operand, on a matrix."""
    return Row(
        name, lambda t, a: getattr(t, name)(a), define, ((kind, (3, 5)),), (name,), **options
    )


def binary(name, call, define, kinds=("any", "any"), **options):
    """A row for two operands that broadcast against each other."""
    operands = ((kinds[0], (4, 1, 3)), (kinds[1], (2, 3)))
    return Row(name, call, define, operands, (name,), **options)


def softmax(a, axis):
    """The definition."""
    e = np.exp(a - a.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def cross_entropy(logits, target, weight=None, ignore_index=-100, smoothing=0.0):
    """The definition, mean over the kept rows, rows weighted by their class."""
    log_p = np.log(softmax(logits.astype(np.float64), 1))
    n, classes = log_p.shape
    weight = np.ones(classes) if weight is None else weight
    total = kept_weight = 0.0
    for i in range(n):
        if target[i] != ignore_index:
            picked = -weight[target[i]] * log_p[i, target[i]]
            spread = -(weight * log_p[i]).sum() / classes
            total += (1 - smoothing) * picked + smoothing * spread
            kept_weight += weight[target[i]]
    return np.asarray(total / kept_weight, dtype=logits.dtype)


def nll(log_p, target, weight, ignore_index):
    """The definition, along axis 1, mean over the weights of the kept classes."""
    total = kept_weight = 0.0
    for p in np.ndindex(target.shape):
        if target[p] != ignore_index:
            total -= weight[target[p]] * log_p[(p[0], target[p], *p[1:])]
            kept_weight += weight[target[p]]
    return np.asarray(total / kept_weight, dtype=log_p.dtype)


def binary_cross_entropy(p, q):
    """The definition."""
    return -q * np.log(p) - (1 - q) * np.log(1 - p)


def gelu(a, approximate):
    """The definitions."""
    if approximate == "tanh":
        return a * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3))) / 2
    return a * (1 + np.vectorize(math.erf)(a / math.sqrt(2))) / 2


WEIGHT = [0.5, 1.0, 2.0, 1.5, 0.25]
NOT = {"differentiable": False}
EXACT = {"exact": True}

ELEMENTWISE = [
    binary("add", lambda t, a, b: a + b, np.add, **EXACT),
    binary("sub", lambda t, a, b: a - b, np.subtract, **EXACT),
    binary("mul", lambda t, a, b: a * b, np.multiply, **EXACT),
    binary("div", lambda t, a, b: a / b, np.divide, ("any", "nonzero"), **EXACT),
    binary("pow", lambda t, a, b: a**b, np.power, ("positive", "any")),
    binary(
        "floor_divide", lambda t, a, b: a // b, np.floor_divide, ("any", "nonzero"), **NOT, **EXACT
    ),
    binary("remainder", lambda t, a, b: a % b, np.remainder, ("any", "nonzero")),
    binary("maximum", lambda t, a, b: t.maximum(a, b), np.maximum, **EXACT),
    binary("minimum", lambda t, a, b: t.minimum(a, b), np.minimum, **EXACT),
    unary("neg", np.negative, **EXACT),
    unary("abs", np.abs, "distinct", **EXACT),
    unary("sign", np.sign, "distinct", **EXACT),
    unary("square", np.square, **EXACT),
    unary("reciprocal", np.reciprocal, "nonzero", **EXACT),
    unary("exp", np.exp),
    unary("log", np.log, "positive"),
    unary("sqrt", np.sqrt, "positive", **EXACT),
    unary("sin", np.sin),
    unary("cos", np.cos),
    unary("erf", lambda a: np.vectorize(math.erf)(a).astype(a.dtype)),
    unary("erfc", lambda a: np.vectorize(math.erfc)(a).astype(a.dtype)),
    unary("expm1", np.expm1),
    unary("log1p", np.log1p, "positive"),
    unary("tanh", np.tanh),
    unary("sigmoid", lambda a: 1 / (1 + np.exp(-a.astype(np.float64))).astype(a.dtype)),
    unary("relu", lambda a: np.maximum(a, 0), "distinct", **EXACT),
    Row(
        "leaky_relu",
        lambda t, a: t.nn.functional.leaky_relu(a, 0.25),
        lambda a: np.where(a > 0, a, a / 4),
        (("distinct", (3, 5)),),
        ("leaky_relu", "leaky_relu_backward"),
        **EXACT,
    ),
    Row(
        "log_sigmoid",
        lambda t, a: t.nn.functional.logsigmoid(a),
        lambda a: -np.log1p(np.exp(-a)),
        (("any", (3, 5)),),
        ("log_sigmoid",),
    ),
    *(
        Row(
            name,
            lambda t, a, form=form: t.nn.functional.gelu(a, approximate=form),
            lambda a, form=form: gelu(a.astype(np.float64), form).astype(a.dtype),
            (("any", (3, 5)),),
            ("gelu", "gelu_backward"),
        )
        for name, form in [("gelu", "none"), ("gelu_tanh", "tanh")]
    ),
    unary("floor", np.floor, "distinct", **EXACT),
    unary("ceil", np.ceil, "distinct", **EXACT),
    unary("trunc", np.trunc, "distinct", **EXACT),
    unary("round", np.round, "distinct", **EXACT),
    *(
        binary(name, lambda t, a, b, name=name: getattr(t, name)(a, b), define, **NOT, **EXACT)
        for name, define in [
            ("eq", np.equal),
            ("ne", np.not_equal),
            ("lt", np.less),
            ("le", np.less_equal),
            ("gt", np.greater),
            ("ge", np.greater_equal),
            ("logical_and", np.logical_and),
            ("logical_or", np.logical_or),
            ("logical_xor", np.logical_xor),
        ]
    ),
    unary("logical_not", np.logical_not, **NOT, **EXACT),
    unary("isnan", np.isnan, **NOT, **EXACT),
    unary("isinf", np.isinf, **NOT, **EXACT),
    unary("isfinite", np.isfinite, **NOT, **EXACT),
    Row(
        "where",
        lambda t, c, a, b: t.where(c, a, b),
        np.where,
        (("mask", (4, 3)), ("any", (4, 1)), ("any", (3,))),
        ("where",),
        **EXACT,
    ),
    Row(
        "clamp_tensors",
        lambda t, a, low, high: a.clamp(low, high + 1),
        lambda a, low, high: np.clip(a, low, high + 1),
        (("distinct", (3, 4)), ("any", (4,)), ("positive", (3, 1))),
        ("clamp",),
        **EXACT,
    ),
    Row(
        "clamp",
        lambda t, a: a.clamp(-0.5, 1.0),
        lambda a: np.clip(a, -0.5, 1),
        (("distinct", (4, 3)),),
        ("clamp",),
        **EXACT,
    ),
    Row("clone", lambda t, a: a.clone(), np.copy, (("any", (2, 3)),), ("clone",), **EXACT),
    Row(
        "contiguous",
        lambda t, a: a.t().contiguous(),
        lambda a: a.T.copy(),
        (("any", (2, 3)),),
        ("contiguous", "permute"),
        **EXACT,
    ),
    Row(
        "cast",
        lambda t, a: a.to(t.float64) * 2,
        lambda a: a.astype(np.float64) * 2,
        (("any", (2, 3)),),
        ("cast",),
        **EXACT,
    ),
    Row(
        "assign",
        lambda t, a, b: (a * 1).copy_(b),
        lambda a, b: np.broadcast_to(b, a.shape),
        (("any", (4, 3)), ("any", (3,))),
        ("assign",),
        **EXACT,
    ),
]

REDUCE = [
    Row("sum", lambda t, a: a.sum(), np.sum, (("any", (3, 4)),), ("sum",)),
    Row(
        "sum_dims",
        lambda t, a: a.sum((0, 2), keepdim=True),
        lambda a: a.sum((0, 2), keepdims=True),
        (("any", (2, 3, 4)),),
        ("sum",),
    ),
    Row(
        "sum_to",
        lambda t, a: a.sum_to_size((3, 1)),
        lambda a: a.sum((0, 2))[:, None],
        (("any", (2, 3, 4)),),
        ("sum_to",),
    ),
    Row("mean", lambda t, a: a.mean(1), lambda a: a.mean(1), (("any", (3, 4)),), ("mean",)),
    Row("prod", lambda t, a: a.prod(), np.prod, (("any", (3, 3)),), ("prod",)),
    Row(
        "prod_dim",
        lambda t, a: t.cat([a, a[:1] * 0]).prod(0, keepdim=True),
        lambda a: a.prod(0, keepdims=True) * 0,
        (("any", (4, 3)),),
        ("prod",),
    ),
    Row(
        "var",
        lambda t, a: a.var(1),
        lambda a: a.var(1, ddof=1),
        (("any", (3, 4)),),
        ("var", "squared_distances"),
    ),
    Row("std", lambda t, a: a.std(0), lambda a: a.std(0, ddof=1), (("any", (3, 4)),), ("std",)),
    Row(
        "amax",
        lambda t, a: a.amax((0, 2)),
        lambda a: a.max((0, 2)),
        (("distinct", (2, 3, 4)),),
        ("amax",),
        **EXACT,
    ),
    Row(
        "amin",
        lambda t, a: a.amin(1),
        lambda a: a.min(1),
        (("distinct", (3, 4)),),
        ("amin",),
        **EXACT,
    ),
    Row(
        "max_all",
        lambda t, a: a.max(),
        np.max,
        (("distinct", (3, 4)),),
        ("max_all",),
        **EXACT,
    ),
    Row(
        "min_all",
        lambda t, a: a.min(),
        np.min,
        (("distinct", (3, 4)),),
        ("min_all",),
        **EXACT,
    ),
    Row(
        "norm_3",
        lambda t, a: a.norm(3, 1),
        lambda a: (np.abs(a) ** 3).sum(1) ** (1 / 3),
        (("nonzero", (3, 4)),),
        ("norm",),
    ),
    Row(
        "max_dim",
        lambda t, a: a.max(1).values,
        lambda a: a.max(1),
        (("distinct", (3, 4)),),
        ("max_dim",),
        **EXACT,
    ),
    Row(
        "min_dim",
        lambda t, a: a.min(0, keepdim=True)[0],
        lambda a: a.min(0, keepdims=True),
        (("distinct", (3, 4)),),
        ("min_dim",),
        **EXACT,
    ),
    Row(
        "argmax",
        lambda t, a: a.argmax(1),
        lambda a: a.argmax(1),
        (("any", (3, 4)),),
        ("argmax",),
        **NOT,
        **EXACT,
    ),
    Row(
        "argmin",
        lambda t, a: t.argmin(a),
        np.argmin,
        (("any", (3, 4)),),
        ("argmin",),
        **NOT,
        **EXACT,
    ),
    Row(
        "any",
        lambda t, a: (a > 1).any(1),
        lambda a: (a > 1).any(1),
        (("any", (3, 4)),),
        ("any",),
        **NOT,
        **EXACT,
    ),
    Row(
        "all",
        lambda t, a: (a > -1).all(1),
        lambda a: (a > -1).all(1),
        (("any", (3, 4)),),
        ("all",),
        **NOT,
        **EXACT,
    ),
]

SHAPE = [
    Row(
        "reshape",
        lambda t, a: a.t().reshape(-1, 2),
        lambda a: a.T.reshape(-1, 2),
        (("any", (3, 4)),),
        ("reshape", "permute"),
        **EXACT,
    ),
    Row(
        "view",
        lambda t, a: a.view(2, 6),
        lambda a: a.reshape(2, 6),
        (("any", (3, 4)),),
        ("view",),
        **EXACT,
    ),
    Row(
        "permute",
        lambda t, a: a.permute(2, 0, 1) * 1,
        lambda a: a.transpose(2, 0, 1),
        (("any", (2, 3, 4)),),
        ("permute",),
        **EXACT,
    ),
    Row(
        "expand",
        lambda t, a: a.expand(2, 3, 4) * 1,
        lambda a: np.broadcast_to(a, (2, 3, 4)),
        (("any", (3, 1)),),
        ("expand",),
        **EXACT,
    ),
    Row(
        "alias",
        lambda t, a: a.view_as(a) * 1,
        lambda a: a * 1,
        (("any", (3,)),),
        ("alias",),
        **EXACT,
    ),
    Row(
        "cat",
        lambda t, a, b: t.cat([a, b, a], 1),
        lambda a, b: np.concatenate([a, b, a], 1),
        (("any", (3, 2)), ("any", (3, 4))),
        ("cat",),
        **EXACT,
    ),
    Row(
        "stack",
        lambda t, a, b: t.stack([a, b], 1),
        lambda a, b: np.stack([a, b], 1),
        (("any", (3, 2)), ("any", (3, 2))),
        ("cat",),
        **EXACT,
    ),
    Row(
        "narrow",
        lambda t, a: a.narrow(1, 1, 2) * 1,
        lambda a: a[:, 1:3],
        (("any", (3, 4)),),
        ("narrow", "pad_zeros"),
        **EXACT,
    ),
]

INDEX = [
    Row(
        "slice_view",
        lambda t, a: a[1:, None, 0] * 1,
        lambda a: a[1:, None, 0],
        (("any", (3, 4)),),
        ("slice_view", "slice_zeros"),
        **EXACT,
    ),
    Row(
        "index",
        lambda t, a, i: a[i],
        lambda a, i: a[i],
        (("any", (3, 4)), ("rows", (2, 5))),
        ("index", "index_zeros"),
        **EXACT,
    ),
    Row(
        "index_put",
        lambda t, a, v: put(t, a, v),
        lambda a, v: put_defined(a, v),
        (("any", (4, 3)), ("any", (2, 3))),
        ("index_put",),
        **EXACT,
    ),
    Row(
        "index_select",
        lambda t, a, i: a.index_select(1, i),
        lambda a, i: a[:, i],
        (("any", (2, 3, 4)), ("rows", (5,))),
        ("index_select",),
        **EXACT,
    ),
    Row(
        "gather",
        lambda t, a, i: a.gather(0, i),
        lambda a, i: np.take_along_axis(a, i, 0),
        (("any", (3, 4)), ("rows", (2, 4))),
        ("gather", "scatter_zeros"),
        **EXACT,
    ),
]


def put(t, a, v):
    """Write rows 2 and 0 of a copy of `a`."""
    a = a * 1
    a[t.tensor([2, 0])] = v
    return a


def put_defined(a, v):
    """The definition of `put`."""
    a = a.copy()
    a[[2, 0]] = v
    return a


PRODUCTS = [
    Row(
        "matmul",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (2, 1, 3, 4)), ("any", (5, 4, 2))),
        ("matmul",),
    ),
    Row(
        "matmul_vector",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (3, 4)), ("any", (4,))),
        ("matmul",),
    ),
    Row(
        "vector_matmul",
        lambda t, a, b: a @ b,
        np.matmul,
        (("any", (4,)), ("any", (2, 4, 3))),
        ("matmul",),
    ),
    Row("dot", lambda t, a, b: a.dot(b), np.dot, (("any", (4,)), ("any", (4,))), ("matmul",)),
    Row(
        "linear",
        lambda t, x, w, b: t.nn.functional.linear(x, w, b),
        lambda x, w, b: x @ w.T + b,
        (("any", (2, 3, 4)), ("any", (5, 4)), ("any", (5,))),
        ("linear",),
    ),
    Row(
        "linear_sigmoid",
        lambda t, x, w, b: linear_sigmoid(t, w, b)(x),
        lambda x, w, b: 1 / (1 + np.exp(-(x @ w.T + b))),
        (("any", (2, 3, 4)), ("any", (5, 4)), ("any", (5,))),
        ("linear_activation",),
    ),
]

SOFTMAX = [
    Row(
        "softmax",
        lambda t, a: a.softmax(1),
        lambda a: softmax(a, 1),
        (("any", (3, 5)),),
        ("softmax", "softmax_backward"),
    ),
    Row(
        "log_softmax",
        lambda t, a: a.log_softmax(0),
        lambda a: np.log(softmax(a, 0)),
        (("any", (3, 5)),),
        ("log_softmax", "log_softmax_backward"),
    ),
    Row(
        "cross_entropy",
        lambda t, a, y: t.nn.functional.cross_entropy(a, y),
        cross_entropy,
        (("any", (6, 5)), ("classes", (6,))),
        ("cross_entropy", "cross_entropy_backward"),
    ),
    Row(
        "cross_entropy_weighted",
        lambda t, a, y: t.nn.functional.cross_entropy(
            a, y, weight=t.tensor(WEIGHT, dtype=a.dtype), ignore_index=2, label_smoothing=0.1
        ),
        lambda a, y: cross_entropy(a, y, np.array(WEIGHT), 2, 0.1),
        (("any", (6, 5)), ("classes", (6,))),
        ("cross_entropy",),
    ),
]


def conv_defined(x, w, b, stride=None, padding=None, dilation=None, groups=1):
    """The definition of a convolution of images (N, C, ...) in any dimension."""
    n, channels, *image = x.shape
    outputs, _, *kernel = w.shape
    ones = (1,) * len(kernel)
    stride, padding, dilation = stride or ones, padding or (0,) * len(kernel), dilation or ones
    spread = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    size = [
        (m + 2 * p - k) // s + 1 for m, p, k, s in zip(image, padding, spread, stride, strict=True)
    ]
    around = [(0, 0), (0, 0), *((p, p) for p in padding)]
    x = np.pad(x, around).reshape(
        n, groups, channels // groups, *np.add(image, 2 * np.array(padding))
    )
    w = w.reshape(groups, outputs // groups, channels // groups, -1)
    y = np.empty((n, groups, outputs // groups, *size), x.dtype)
    for place in np.ndindex(*size):
        window = tuple(
            slice(i * s, i * s + k, d)
            for i, s, k, d in zip(place, stride, spread, dilation, strict=True)
        )
        columns = x[(..., *window)].reshape(n, groups, channels // groups, -1)
        y[(..., *place)] = np.einsum("ngcq,gocq->ngo", columns, w)
    return y.reshape(n, outputs, *size) + b.reshape(-1, *ones)


def conv_transpose_defined(x, w, b, stride, padding, output_padding, groups=1, dilation=None):
    """The definition of a transposed convolution: every element adds its multiple of the window."""
    n, channels, *image = x.shape
    _, outputs, *kernel = w.shape
    dilation = dilation or (1,) * len(kernel)
    spread = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    full = [
        (m - 1) * s + k + e
        for m, s, k, e in zip(image, stride, spread, output_padding, strict=True)
    ]
    x = x.reshape(n, groups, channels // groups, *image)
    w = w.reshape(groups, channels // groups, outputs, *kernel)
    y = np.zeros((n, groups, outputs, *full), x.dtype)
    for place in np.ndindex(*image):
        window = tuple(
            slice(i * s, i * s + k, d)
            for i, s, k, d in zip(place, stride, spread, dilation, strict=True)
        )
        y[(..., *window)] += np.einsum("ngc,gco...->ngo...", x[(..., *place)], w)
    inner = tuple(slice(p, f - p) for p, f in zip(padding, full, strict=True))
    y = y.reshape(n, groups * outputs, *full)[(..., *inner)]
    return y + b.reshape(-1, *(1,) * len(kernel))


def unfold_defined(x):
    """The windows of 2 x 3 in steps of (2, 1) of an image padded by (1, 0)."""
    x = np.pad(x, ((0, 0), (0, 0), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(x, (2, 3), (2, 3))[:, :, ::2]
    return windows.transpose(0, 1, 4, 5, 2, 3).reshape(len(x), x.shape[1] * 6, -1)


def fold_defined(a):
    """The adjoint of `unfold_defined` on an image of 5 x 4."""
    columns = np.zeros((2 * 5 * 4, a.shape[1], a.shape[2]))
    for i in range(2 * 5 * 4):
        image = np.zeros((1, 2, 5, 4))
        image.flat[i] = 1
        columns[i] = unfold_defined(image)[0]
    return np.einsum("ncl,icl->ni", a, columns).reshape(len(a), 2, 5, 4).astype(a.dtype)


CONV = [
    Row(
        "conv2d",
        lambda t, x, w, b: t.nn.functional.conv2d(x, w, b, padding=(1, 0)),
        lambda x, w, b: conv_defined(x, w, b, padding=(1, 0)),
        (("any", (2, 3, 4, 5)), ("any", (4, 3, 3, 2)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv2d_strided",
        lambda t, x, w, b: t.nn.functional.conv2d(x, w, b, (2, 1), (2, 1), (1, 2), 2),
        lambda x, w, b: conv_defined(x, w, b, (2, 1), (2, 1), (1, 2), 2),
        (("any", (1, 4, 4, 6)), ("any", (6, 2, 3, 2)), ("any", (6,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv1d",
        lambda t, x, w, b: t.nn.functional.conv1d(x, w, b, padding="same", dilation=2),
        lambda x, w, b: conv_defined(
            x[:, :, None], w[:, :, None], b, padding=(0, 2), dilation=(1, 2)
        )[:, :, 0],
        (("any", (2, 3, 9)), ("any", (4, 3, 3)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv_transpose2d",
        lambda t, x, w, b: t.nn.functional.conv_transpose2d(x, w, b, (2, 1), (1, 0), (1, 0)),
        lambda x, w, b: conv_transpose_defined(x, w, b, (2, 1), (1, 0), (1, 0)),
        (("any", (2, 3, 3, 4)), ("any", (3, 2, 3, 2)), ("any", (2,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "conv3d",
        lambda t, x, w, b: t.nn.functional.conv3d(x, w, b, padding=(1, 0, 1)),
        lambda x, w, b: conv_defined(x, w, b, padding=(1, 0, 1)),
        (("any", (2, 3, 3, 4, 5)), ("any", (4, 3, 3, 2, 3)), ("any", (4,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv3d_strided",
        lambda t, x, w, b: t.nn.functional.conv3d(x, w, b, (2, 1, 2), (2, 1, 0), (1, 2, 1), 2),
        lambda x, w, b: conv_defined(x, w, b, (2, 1, 2), (2, 1, 0), (1, 2, 1), 2),
        (("any", (1, 4, 5, 4, 6)), ("any", (6, 2, 3, 2, 2)), ("any", (6,))),
        ("conv", "conv_transpose", "conv_weight"),
    ),
    Row(
        "conv_transpose1d",
        lambda t, x, w, b: t.nn.functional.conv_transpose1d(x, w, b, 2, 1, 1, 2, 3),
        lambda x, w, b: conv_transpose_defined(x, w, b, (2,), (1,), (1,), 2, (3,)),
        (("any", (2, 4, 5)), ("any", (4, 3, 2)), ("any", (6,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "conv_transpose3d",
        lambda t, x, w, b: t.nn.functional.conv_transpose3d(
            x, w, b, (2, 1, 2), (1, 0, 1), (1, 0, 0), 2, (1, 2, 1)
        ),
        lambda x, w, b: conv_transpose_defined(
            x, w, b, (2, 1, 2), (1, 0, 1), (1, 0, 0), 2, (1, 2, 1)
        ),
        (("any", (2, 4, 3, 2, 3)), ("any", (4, 2, 3, 2, 2)), ("any", (4,))),
        ("conv_transpose", "conv", "conv_weight"),
    ),
    Row(
        "unfold",
        lambda t, x: t.nn.functional.unfold(x, (2, 3), padding=(1, 0), stride=(2, 1)),
        unfold_defined,
        (("any", (2, 2, 5, 4)),),
        ("im2col", "col2im"),
        **EXACT,
    ),
    Row(
        "fold",
        lambda t, a: t.nn.functional.fold(a, (5, 4), (2, 3), padding=(1, 0), stride=(2, 1)),
        fold_defined,
        (("any", (2, 12, 6)),),
        ("col2im", "im2col"),
    ),
]


LOSS = [
    *(
        Row(
            f"mse_loss_{reduction}",
            lambda t, a, b, reduction=reduction: t.nn.functional.mse_loss(
                a, b, reduction=reduction
            ),
            lambda a, b, reduce=reduce: np.asarray(reduce((a - b) ** 2), a.dtype),
            (("any", (3, 5)), ("any", (3, 5))),
            ("mse_loss", "mse_loss_backward"),
        )
        for reduction, reduce in [("mean", np.mean), ("sum", np.sum), ("none", np.asarray)]
    ),
    Row(
        "binary_cross_entropy",
        lambda t, a, b: t.nn.functional.binary_cross_entropy(a, b),
        lambda a, b: binary_cross_entropy(a, b).mean(),
        (("probability", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy", "binary_cross_entropy_backward"),
    ),
    Row(
        "binary_cross_entropy_with_logits",
        lambda t, a, b: t.nn.functional.binary_cross_entropy_with_logits(a, b),
        lambda a, b: binary_cross_entropy(1 / (1 + np.exp(-a)), b).mean(),
        (("any", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy_with_logits", "binary_cross_entropy_with_logits_backward"),
    ),
    Row(
        "binary_cross_entropy_with_logits_weighted",
        lambda t, a, b: t.nn.functional.binary_cross_entropy_with_logits(
            a,
            b,
            weight=t.tensor(WEIGHT, dtype=a.dtype),
            pos_weight=t.tensor(WEIGHT[::-1], dtype=a.dtype),
            reduction="sum",
        ),
        lambda a, b: np.sum(
            np.array(WEIGHT, a.dtype)
            * (
                (1 - b) * np.log1p(np.exp(a))
                + np.array(WEIGHT[::-1], a.dtype) * b * np.log1p(np.exp(-a))
            )
        ),
        (("any", (3, 5)), ("probability", (3, 5))),
        ("binary_cross_entropy_with_logits",),
        tolerance={"float32": 1e-5, "float64": 1e-13},
    ),
    Row(
        "nll_loss",
        lambda t, a, y: t.nn.functional.nll_loss(a, y),
        lambda a, y: nll(a, y, np.ones(5), -100),
        (("any", (6, 5)), ("classes", (6,))),
        ("nll_loss", "nll_loss_backward"),
    ),
    Row(
        "nll_loss_weighted",
        lambda t, a, y: t.nn.functional.nll_loss(
            a, y, weight=t.tensor(WEIGHT, dtype=a.dtype), ignore_index=2
        ),
        lambda a, y: nll(a, y, WEIGHT, 2),
        (("any", (3, 5, 2, 3)), ("classes", (3, 2, 3))),
        ("nll_loss",),
    ),
]


def pooled(reduce, a, kernel, stride, padding, pad_value):
    """The definition of pooling: `reduce` over every window of `a`, padded with `pad_value`."""
    sides = [(0, 0), (0, 0), *((p, p) for p in padding)]
    a = np.pad(a, sides, constant_values=pad_value)
    view = np.lib.stride_tricks.sliding_window_view(a, kernel, (-2, -1))
    return reduce(view[..., :: stride[0], :: stride[1], :, :], (-2, -1))


POOL = [
    Row(
        "max_pool2d",
        lambda t, a: t.nn.functional.max_pool2d(a, 2),
        lambda a: pooled(np.max, a, (2, 2), (2, 2), (0, 0), -np.inf),
        (("distinct", (2, 2, 4, 5)),),
        ("max_pool2d", "max_pool2d_backward", "max_pool2d_gather"),
        **EXACT,
    ),
    Row(
        "max_pool2d_overlapping",
        lambda t, a: t.nn.functional.max_pool2d(a, (3, 2), (1, 2), (1, 1), return_indices=True)[0],
        lambda a: pooled(np.max, a, (3, 2), (1, 2), (1, 1), -np.inf),
        (("distinct", (2, 2, 4, 5)),),
        ("max_pool2d", "max_pool2d_backward", "max_pool2d_gather"),
        **EXACT,
    ),
    Row(
        "max_pool1d",
        lambda t, a: t.nn.functional.max_pool1d(a, 3, 1, 1, 1),
        lambda a: pooled(np.max, a[:, :, None], (1, 3), (1, 1), (0, 1), -np.inf)[:, :, 0],
        (("distinct", (2, 2, 7)),),
        ("max_pool2d",),
        **EXACT,
    ),
    Row(
        "avg_pool2d",
        lambda t, a: t.nn.functional.avg_pool2d(a, (2, 3), (2, 1), (0, 1)),
        lambda a: pooled(np.mean, a, (2, 3), (2, 1), (0, 1), 0),
        (("any", (2, 2, 4, 5)),),
        ("avg_pool2d", "avg_pool2d_backward"),
    ),
    Row(
        "avg_pool2d_divisor",
        lambda t, a: t.nn.functional.avg_pool2d(a, 3, 1, 1, True, False, 7),
        lambda a: pooled(np.sum, a, (3, 3), (1, 1), (1, 1), 0) / a.dtype.type(7),
        (("any", (2, 2, 4, 5)),),
        ("avg_pool2d", "avg_pool2d_backward"),
    ),
    Row(
        "adaptive_avg_pool2d",
        lambda t, a: t.nn.functional.adaptive_avg_pool2d(a, (2, None)),
        lambda a: pooled(np.mean, a, (3, 1), (2, 1), (0, 0), 0),
        (("any", (2, 2, 5, 4)),),
        ("adaptive_avg_pool2d", "adaptive_avg_pool2d_backward"),
    ),
]


def batch_norm(x, w, b, mean=None, var=None):
    """The definition, for channels in dimension 1; mean and variance of x if not given."""
    dims, shape = (0, *range(2, x.ndim)), (1, -1) + (1,) * (x.ndim - 2)
    mean = x.mean(dims) if mean is None else np.array(mean, x.dtype)
    var = x.var(dims) if var is None else np.array(var, x.dtype)
    normal = (x - mean.reshape(shape)) / np.sqrt(var.reshape(shape) + x.dtype.type(1e-5))
    return normal * w.reshape(shape) + b.reshape(shape)


NORM = [
    Row(
        "batch_norm",
        lambda t, x, w, b: t.nn.functional.batch_norm(x, None, None, w, b, True),
        batch_norm,
        (("any", (4, 3, 2, 3)), ("any", (3,)), ("any", (3,))),
        ("batch_norm", "batch_norm_backward"),
        tolerance={"float32": 5e-6, "float64": 2e-14},
    ),
    Row(
        "batch_norm_evaluation",
        lambda t, x, w, b: t.nn.functional.batch_norm(
            x, t.tensor(WEIGHT, dtype=x.dtype), t.tensor(WEIGHT[::-1], dtype=x.dtype), w, b
        ),
        lambda x, w, b: batch_norm(x, w, b, WEIGHT, WEIGHT[::-1]),
        (("any", (4, 5)), ("any", (5,)), ("any", (5,))),
        ("batch_norm", "batch_norm_backward"),
        tolerance={"float32": 5e-6, "float64": 2e-14},
    ),
]

EMBEDDING = [
    Row(
        "embedding",
        lambda t, w, i: t.nn.functional.embedding(i, w),
        lambda w, i: w[i],
        (("any", (3, 4)), ("rows", (2, 5))),
        ("embedding", "embedding_backward", "embedding_rows"),
        **EXACT,
    ),
]

ROWS = [
    *ELEMENTWISE,
    *REDUCE,
    *SHAPE,
    *INDEX,
    *PRODUCTS,
    *SOFTMAX,
    *CONV,
    *LOSS,
    *POOL,
    *NORM,
    *EMBEDDING,
]
