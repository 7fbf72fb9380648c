"""Element by element: on a batch of activations, on few elements, and with broadcasting."""

import math

from benchmarks.cases.case import Case

LARGE, SMALL = 3_211_264, 4096  # 256 x 16 x 28 x 28 activations; two pages
UNARY = ["exp", "log", "tanh", "sigmoid", "erf", "sin", "cos", "sqrt", "relu", "neg"]
GELU = {"gelu": "none", "gelu tanh": "tanh"}
BINARY = ["add", "mul", "div", "maximum", "pow"]


def unary(name, n):
    """y = name(x) for n elements."""

    def for_torch(torch):
        x, function = torch.rand(n), getattr(torch, name)
        return lambda: function(x)

    return Case(for_torch, numpy_unary(name, n), flops=n, reads=4 * n, writes=4 * n)


def gelu(form, n):
    """y = gelu(x) for n elements."""

    def for_torch(torch):
        x = torch.rand(n)
        return lambda: torch.nn.functional.gelu(x, approximate=form)

    return Case(for_torch, flops=n, reads=4 * n, writes=4 * n)


def gelu_backward(form, n):
    """The gradient of x, the forward taken before."""

    def for_torch(torch):
        x = torch.rand(n).requires_grad_()
        y, grad = torch.nn.functional.gelu(x, approximate=form), torch.rand(n)
        return lambda: torch.autograd.grad(y, x, grad, retain_graph=True)

    return Case(for_torch, flops=n, reads=8 * n, writes=4 * n)


def power(exponent, n):
    """y = x ** exponent, one number."""

    def for_torch(torch):
        x = torch.rand(n)
        return lambda: x**exponent

    def for_numpy(np):
        x = np.random.default_rng(0).random(n, np.float32)
        return lambda: x**exponent

    return Case(for_torch, for_numpy, flops=n, reads=4 * n, writes=4 * n)


def clamp(n):
    """y = x between two numbers."""

    def for_torch(torch):
        x = torch.rand(n)
        return lambda: x.clamp(0.25, 0.75)

    def for_numpy(np):
        x = np.random.default_rng(0).random(n, np.float32)
        return lambda: np.clip(x, 0.25, 0.75)

    return Case(for_torch, for_numpy, flops=n, reads=4 * n, writes=4 * n)


def numpy_unary(name, n):
    """The same, where NumPy has a function of that name."""
    names = {"neg": "negative"}

    def for_numpy(np):
        x = np.random.default_rng(0).random(n, np.float32)
        function = getattr(np, names.get(name, name))
        return lambda: function(x)

    return None if name in ("sigmoid", "erf", "relu") else for_numpy


def binary(name, shapes):
    """y = name(a, b) for operands of the two shapes, the first of them the result's."""
    sizes = [math.prod(shape) for shape in shapes]

    def for_torch(torch):
        a, b = (torch.rand(*shape) for shape in shapes)
        function = getattr(torch, name)
        return lambda: function(a, b)

    names = {"div": "divide", "mul": "multiply", "pow": "power"}

    def for_numpy(np):
        a, b = (np.random.default_rng(0).random(shape, np.float32) for shape in shapes)
        function = getattr(np, names.get(name, name))
        return lambda: function(a, b)

    n = sizes[0]
    return Case(for_torch, for_numpy, flops=n, reads=4 * sum(sizes), writes=4 * n)


CASES = {}
for n in (LARGE, SMALL):
    CASES |= {f"{name} of {n}": unary(name, n) for name in UNARY}
    CASES |= {f"{name} of {n}": gelu(form, n) for name, form in GELU.items()}
    CASES |= {f"gradient of {name} of {n}": gelu_backward(form, n) for name, form in GELU.items()}
    CASES |= {f"{n} numbers ** {exponent}": power(exponent, n) for exponent in (2, 3, 0.5)}
    CASES |= {f"clamp of {n}": clamp(n)}
    CASES |= {f"{name} of {n} and {n}": binary(name, ((n,), (n,))) for name in BINARY}
CASES |= {
    "add 128x256 and 256": binary("add", ((128, 256), (256,))),
    "mul 1000x1000 and 1000x1": binary("mul", ((1000, 1000), (1000, 1))),
}
