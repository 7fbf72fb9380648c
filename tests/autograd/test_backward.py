"""backward and grad: what arrives where, what is kept, what is refused."""

import threading

import numpy as np
import pytest

import tinygrad_c as tc
from tinygrad_c.autograd import grad
from tinygrad_c.autograd.op import op


def leaf(*values, dtype=tc.float64):
    return tc.tensor(values, dtype=dtype, requires_grad=True)


def test_a_tensor_used_twice_receives_both_gradients():
    x = leaf(3.0)
    (x * x + x).backward()
    assert x.grad.tolist() == [7.0]


def test_gradients_accumulate_until_they_are_set_to_none():
    x = leaf(1.0, 2.0)
    (x * 2).sum().backward()
    first = x.grad
    (x * 3).sum().backward()
    assert x.grad is first
    assert x.grad.tolist() == [5.0, 5.0]
    x.grad = None
    x.sum().backward()
    assert x.grad.tolist() == [1.0, 1.0]


def test_two_leaves_never_share_the_memory_of_their_gradients():
    x, y = leaf(1.0, 2.0), leaf(3.0, 4.0)
    (x + y).backward(tc.ones(2, dtype=tc.float64))
    x.grad.mul_(10)
    assert y.grad.tolist() == [1.0, 1.0]


def test_the_gradient_that_was_passed_in_stays_the_callers():
    x = leaf(1.0, 2.0)
    weights = tc.tensor([1.0, 2.0], dtype=tc.float64)
    x.view(2).backward(weights)
    x.grad.zero_()
    assert weights.tolist() == [1.0, 2.0]


def test_broadcasting_and_promotion_are_undone():
    a = tc.ones(3, 1, requires_grad=True)
    b = tc.ones(4, dtype=tc.float64, requires_grad=True)
    (a * b).sum().backward()
    assert (a.grad.dtype, a.grad.shape) == (tc.float32, (3, 1))
    assert (b.grad.dtype, b.grad.shape) == (tc.float64, (4,))
    assert a.grad.tolist() == [[4.0]] * 3
    assert b.grad.tolist() == [3.0] * 4


def test_a_second_backward_needs_retain_graph():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    assert x.grad.tolist() == [8.0]
    with pytest.raises(RuntimeError, match=r"mul \(made at .*test_backward.py:\d+.*second time"):
        y.backward()


def test_create_graph_gives_derivatives_of_any_order():
    x = leaf(2.0)
    y = x**3
    (first,) = grad(y, x, create_graph=True)
    (second,) = grad(first, x, create_graph=True)
    (third,) = grad(second, x)
    np.testing.assert_allclose([first.item(), second.item(), third.item()], [12.0, 12.0, 6.0])


def test_grad_walks_to_inputs_that_are_not_leaves_and_accumulates_nothing():
    x = leaf(1.0, 2.0)
    h = x * 2
    y = (h * h).sum()
    (g,) = grad(y, h, retain_graph=True)
    assert g.tolist() == [4.0, 8.0]
    assert x.grad is None
    gh, gx = grad(y, [h, x])
    assert (gh.tolist(), gx.tolist()) == ([4.0, 8.0], [8.0, 16.0])


def test_an_input_that_was_not_used_is_named():
    x, unused = leaf(1.0), leaf(1.0)
    with pytest.raises(RuntimeError, match="input 1.*allow_unused"):
        grad(x * 2, [x, unused])
    assert grad(x * 2, [x, unused], allow_unused=True)[1] is None
    assert grad(x * 2, [x, unused], materialize_grads=True)[1].tolist() == [0.0]


def test_backward_with_inputs_accumulates_only_there():
    x, y = leaf(2.0), leaf(3.0)
    (x * y).backward(inputs=[x])
    assert x.grad.tolist() == [3.0]
    assert y.grad is None


def test_backward_with_inputs_does_what_it_does_without_them():
    """It adds in place, calls the hooks after accumulation, and a tensor in the middle retains
    what its hooks have made of its gradient, once."""
    x = leaf(2.0)
    calls = []
    x.register_post_accumulate_grad_hook(lambda t: calls.append(t.grad.item()))
    h = x * 3
    h.retain_grad()
    h.register_hook(lambda g: g * 10)
    (h * 1).backward(inputs=[h, x], retain_graph=True)
    first = x.grad
    assert (h.grad.tolist(), first.tolist()) == ([10.0], [30.0])
    (h * 1).backward(inputs=x)
    assert x.grad is first
    assert calls == [30.0, 60.0]
    middle = leaf(1.0) * 2
    (middle * 5).backward(inputs=middle)
    assert (middle.retains_grad, middle.grad.tolist()) == (True, [5.0])


@pytest.mark.parametrize("start", ["backward", "grad"])
def test_inputs_must_require_a_gradient(start):
    x, constant = leaf(1.0), tc.ones(3)
    function = {"backward": lambda i: (x * 2).backward(inputs=i), "grad": lambda i: grad(x * 2, i)}
    with pytest.raises(RuntimeError, match=rf"{start}: an input of shape \(3,\) does not require"):
        function[start]([x, constant])
    with pytest.raises(RuntimeError, match=f"{start}: inputs must not be empty"):
        function[start]([])


def test_hooks_of_a_root_run_even_if_no_input_is_reached():
    x, other = leaf(1.0), leaf(1.0)
    y = x * 2
    seen = []
    y.retain_grad()
    y.register_hook(lambda g: seen.append(g.item()))
    assert grad(y, [other], allow_unused=True, retain_graph=True) == (None,)
    y.backward(inputs=[other])
    assert (seen, y.grad.tolist(), x.grad, other.grad) == ([1.0, 1.0], [2.0], None, None)


def test_hooks_of_a_leaf_that_is_asked_for_twice_run_once():
    x = leaf(1.0)
    x.register_hook(lambda g: g * 10)
    seen = []
    x.register_hook(lambda g: seen.append(g.item()))
    assert [g.item() for g in grad(x * 2, [x, x])] == [20.0, 20.0]
    assert seen == [20.0]


def test_materialized_gradients():
    x, unused = leaf(1.0), leaf(1.0)
    for create in (False, True):
        found = grad(x * 2, [x, unused], create_graph=create, materialize_grads=True)
        assert found[1].requires_grad == create
    with pytest.raises(ValueError, match="allow_unused"):
        grad(x * 2, [x, unused], allow_unused=False, materialize_grads=True)


def test_hooks_of_an_input_where_the_walk_ends_change_its_gradient():
    """As in PyTorch: where the walk goes on, the gradient is the one that arrived."""
    x = leaf(1.0)
    h = x * 3
    h.register_hook(lambda g: g * 10)
    z = h * 2
    assert [g.tolist() for g in grad(z, [h], retain_graph=True)] == [[20.0]]
    assert [g.tolist() for g in grad(z, [h, x])] == [[2.0], [60.0]]


def test_several_outputs():
    x = tc.tensor([[1.0, 5.0], [7.0, 2.0]], requires_grad=True)
    values, indices = x.max(1)
    assert indices.tolist() == [1, 0]
    assert not indices.requires_grad
    values.sum().backward()
    assert x.grad.tolist() == [[0.0, 1.0], [1.0, 0.0]]


def test_operations_without_a_needed_gradient_record_nothing():
    x = tc.ones(2)
    assert (x * 2).grad_fn is None
    assert (tc.ones(2, requires_grad=True) > 0).grad_fn is None


def test_only_what_a_needed_rule_names_is_kept():
    x, w = leaf(1.0), tc.ones(1, dtype=tc.float64)
    kept = (x * w).grad_fn.kept
    assert len(kept) == 2
    assert kept[0] is w.array
    assert kept[1] == w._version
    assert (x + w).grad_fn.kept == ()


def test_kept_values_are_freed_as_backward_passes():
    x = leaf(1.0)
    y = x.exp()
    z = y * y
    z.backward()
    assert z.grad_fn.kept is None
    assert y.grad_fn.kept is None


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda x: (x * 2).backward(), r"scalar outputs, got shape \(2,\)"),
        (lambda x: x.detach().sum().backward(), "does not require grad"),
        (lambda x: (x * 2).backward(tc.ones(3)), r"shape \(3,\) must be .* \(2,\)"),
        (lambda x: grad(x.sum(), tc.ones(2)), "does not require a gradient"),
        (lambda x: tc.autograd.backward([x.sum()], [None, None]), "1 tensors and 2 gradients"),
        (lambda x: tc.tensor([1]).requires_grad_(), "floating point"),
        (lambda x: (x * 2).requires_grad_(False), "leaf"),
        (lambda x: setattr(x, "grad", tc.ones(3)), r"\(3,\).*\(2,\)"),
    ],
)
def test_misuse_is_named(call, message):
    with pytest.raises(RuntimeError, match=message):
        call(leaf(1.0, 2.0))


def test_errors_in_a_rule_leave_the_mode_as_it_was():
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError):
        (x * 2).backward()
    assert tc.is_grad_enabled()


def test_a_rule_with_an_unknown_parameter_is_named():
    @op
    def copied(a, /, dim=0):
        return a.copy()

    @copied.grad
    def grad_a(grad, dims):
        return grad

    with pytest.raises(TypeError, match="copied: a gradient rule has a parameter 'dims', which"):
        copied(leaf(1.0))


def test_a_million_operations_deep():
    x = tc.ones(1, requires_grad=True)
    y = x
    for _ in range(1_000_000):
        y = y + x
    y.backward()
    assert x.grad.item() == 1_000_001
    del y


def test_a_million_operations_are_freed_without_backward():
    y = x = tc.ones(1, requires_grad=True)
    for _ in range(1_000_000):
        y = y * x
    del y
    assert x.grad is None


def test_the_graph_makes_no_cycle():
    import gc

    x = tc.ones(3, requires_grad=True)
    gc.collect()
    gc.disable()
    try:
        for _ in range(10):
            y = (x.exp().tanh() * x).sum()
            y.backward()
            del y
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_gradients_of_masked_poles_are_exactly_zero():
    x = tc.tensor([0.0, 4.0], requires_grad=True)
    tc.where(x > 0, x.log() + x.sqrt() + 1 / x, 0.0).sum().backward()
    np.testing.assert_allclose(x.grad.tolist(), [0.0, 0.25 + 0.25 - 1 / 16])


@pytest.mark.parametrize("step", ["floor", "ceil", "trunc", "round", "sign"])
@pytest.mark.parametrize("grad", [float("inf"), float("nan")])
def test_gradients_of_steps_are_exactly_zero(step, grad):
    x = tc.tensor([1.5], requires_grad=True)
    getattr(x, step)().backward(tc.tensor([grad]))
    assert x.grad.tolist() == [0.0]


@pytest.mark.parametrize(
    ("a", "b"), [((2, 0), (0,)), ((3, 0, 2), (2,)), ((0,), (0, 4)), ((3, 2), (2, 0))]
)
def test_products_of_nothing_have_gradients(a, b):
    x, y = tc.ones(a, requires_grad=True), tc.ones(b, requires_grad=True)
    (x @ y).sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == (tc.zeros(a).tolist(), tc.zeros(b).tolist())


@pytest.mark.parametrize(
    ("x", "weight"), [((3, 1, 2), (0, 2)), ((3, 0, 2), (4, 2)), ((3, 1, 0), (4, 0))]
)
def test_linear_of_nothing_has_gradients(x, weight):
    leaves = tc.ones(x, requires_grad=True), tc.ones(weight, requires_grad=True)
    tc.nn.functional.linear(*leaves).sum().backward()
    for leaf, shape in zip(leaves, (x, weight), strict=True):
        assert leaf.grad.tolist() == tc.zeros(shape).tolist()


def test_threads_differentiate_at_once():
    failures = []

    def work():
        x = tc.ones(100, requires_grad=True)
        for _ in range(50):
            x.grad = None
            (x * x).sum().backward()
            if x.grad.tolist() != [2.0] * 100:
                failures.append(x.grad)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.ones(1) + None,
        lambda: tc.exp(None),
        lambda: tc.matmul(tc.ones(2), None),
        lambda: tc.where(None, None, None),
        lambda: tc.nn.functional.linear(None, None),
        lambda: tc.Tensor.__new__(tc.Tensor) + 1,
    ],
)
def test_nothing_is_no_operand(call):
    with pytest.raises((TypeError, AttributeError)):
        call()


def test_a_tensor_is_not_none():
    assert (tc.ones(1) == None) is False  # noqa: E711
    assert (tc.ones(1) != None) is True  # noqa: E711


@pytest.mark.parametrize("call", [lambda x: x.std(), lambda x: x.norm()])
def test_roots_of_nothing_have_gradient_zero(call):
    x = tc.zeros(4, requires_grad=True)
    call(x).backward()
    assert x.grad.tolist() == [0.0] * 4


@pytest.mark.parametrize(
    "operation",
    [
        lambda x: x.flatten(),
        lambda x: x.sum(0),
        lambda x: x.t(),
        lambda x: x[0],
        lambda x: tc.cat([x, x]),
        lambda x: tc.stack([x, x]),
    ],
)
def test_what_keeps_no_array_can_be_passed_again(operation):
    x = tc.ones(2, 2, requires_grad=True)
    y = operation(x)
    y.sum().backward()
    once = x.grad.clone()
    (y * 2).sum().backward()
    assert x.grad.equal(once * 3)


@pytest.mark.parametrize("name", ["max", "min"])
def test_an_infinite_gradient_goes_to_the_extreme_alone(name):
    x = tc.tensor([0.0, 0.0], requires_grad=True)
    y = x + tc.tensor([1.0, 0.0] if name == "min" else [-1.0, 0.0])
    getattr(y, name)().sqrt().backward()
    assert x.grad.tolist() == [0, float("inf")]
