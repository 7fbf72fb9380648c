"""What a graph holds dies with the last tensor that leads to it: at once, or in a collection."""

import gc
import weakref

import pytest

import tinygrad_c as tc


@pytest.fixture(autouse=True)
def no_collections():
    """Only what a test asks for is collected."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def leaf():
    return tc.ones(3, requires_grad=True)


def plain(x):
    return (x * 2).exp().sum()


def in_place(x):
    y = x * 1
    y.mul_(x)
    y += y * 2
    return y


def through_views(x):
    base = tc.zeros(2, 3)
    first = base[0]
    first.copy_(x)
    base[1] += first.clone() * x
    return base


@pytest.mark.parametrize("program", [plain, in_place, through_views])
@pytest.mark.parametrize("backward", [False, True])
def test_a_graph_is_freed_with_its_result(program, backward):
    x = leaf()
    y = program(x)
    if backward:
        y.sum().backward()
    node, leaf_itself = weakref.ref(y.grad_fn), weakref.ref(x)
    del x, y
    assert node() is None
    assert leaf_itself() is None


def test_a_hook_that_holds_its_tensor_is_collected():
    def hooked():
        y = leaf() * 2
        y.register_hook(lambda g: g + y)
        return weakref.ref(y.grad_fn)

    node = hooked()
    assert node() is not None
    gc.collect()
    assert node() is None


def test_gradients_that_lead_back_to_their_leaf_are_collected():
    x = leaf()
    y = (x * 2) ** 3
    y.sum().backward(create_graph=True)
    (y * y).sum().backward(create_graph=True)
    leaf_itself = weakref.ref(x)
    del x, y
    gc.collect()
    assert leaf_itself() is None


def test_a_function_whose_context_holds_its_output_is_collected():
    class Twice(tc.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.y = x * 2
            return ctx.y

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    y = Twice.apply(leaf())
    node = weakref.ref(y.grad_fn)
    del y
    gc.collect()
    assert node() is None


def test_a_graph_is_not_walked_by_the_collector():
    x = leaf()
    gc.collect()
    before = len(gc.get_objects())
    y = x
    for _ in range(1000):
        y = y * x
    assert len(gc.get_objects()) - before < 100


def test_a_hundred_thousand_views_of_views():
    x = tc.ones(2, 2, requires_grad=True)
    y = x * 1
    for _ in range(100_000):
        y = y.t()
    y.sum().backward()
    assert x.grad.tolist() == [[1.0, 1.0], [1.0, 1.0]]
