"""Functions of each element, and what copies elements."""

import math

import numpy as np

from tests.ops.table.row import EXACT, NOT, Row


def unary(name, define, kind="any", **options):
    """A row for a function of one operand, on a matrix."""
    return Row(
        name, lambda t, a: getattr(t, name)(a), define, ((kind, (3, 5)),), (name,), **options
    )


def binary(name, call, define, kinds=("any", "any"), **options):
    """A row for two operands that broadcast against each other."""
    operands = ((kinds[0], (4, 1, 3)), (kinds[1], (2, 3)))
    return Row(name, call, define, operands, (name,), **options)


def gelu(a, approximate):
    """The definitions."""
    if approximate == "tanh":
        return a * (1 + np.tanh(math.sqrt(2 / math.pi) * (a + 0.044715 * a**3))) / 2
    return a * (1 + np.vectorize(math.erf)(a / math.sqrt(2))) / 2


ROWS = [
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
