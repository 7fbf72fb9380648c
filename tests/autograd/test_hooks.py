"""Hooks on tensors, retain_grad, provenance and what a node shows."""

import pytest

import tinygrad_c as tc


def test_a_hook_sees_and_replaces_the_gradient_of_a_leaf():
    x = tc.ones(2, requires_grad=True)
    seen = []
    handle = x.register_hook(lambda g: seen.append(g.tolist()) or g * 10)
    (x * 3).sum().backward()
    assert (seen, x.grad.tolist()) == ([[3.0, 3.0]], [30.0, 30.0])
    handle.remove()
    x.grad = None
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_hook_in_the_middle_sees_the_whole_gradient():
    x = tc.ones(2, requires_grad=True)
    h = x * 2
    h.register_hook(lambda g: g * 0.5)
    (h + h * 3).sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


def test_what_a_hook_holds_on_to_is_not_the_gradient_that_accumulates():
    x = tc.ones(2, requires_grad=True)
    seen = []
    x.register_hook(seen.append)
    (x * 3).sum().backward()
    x.grad.zero_()
    assert seen[0].tolist() == [3.0, 3.0]


def test_retain_grad():
    x = tc.ones(2, requires_grad=True)
    h = x * 2
    assert not h.retains_grad
    h.retain_grad()
    (h * 5).sum().backward()
    assert h.retains_grad
    assert h.grad.tolist() == [5.0, 5.0]


def test_retain_grad_keeps_what_the_hooks_made_of_the_gradient():
    x = tc.ones(2, requires_grad=True)
    h = x * 2
    h.retain_grad()
    h.register_hook(lambda g: g * 7)
    (h * 5).sum().backward()
    assert h.grad.tolist() == [35.0, 35.0]


@pytest.mark.parametrize(
    ("result", "error", "message"),
    [
        (lambda g: g.sum(), RuntimeError, r"shape: it returned \(\) for \(2,\)"),
        (lambda g: g.to(tc.float64), RuntimeError, "dtype: it returned float64 for float32"),
        (lambda g: 1.0, TypeError, "must return a Tensor or None, got float"),
    ],
)
@pytest.mark.parametrize("of_leaf", [True, False])
def test_what_a_hook_returns_must_fit(result, error, message, of_leaf):
    x = tc.ones(2, requires_grad=True)
    h = x * 2
    (x if of_leaf else h).register_hook(result)
    with pytest.raises(error, match=message):
        h.sum().backward()


def test_a_hook_after_accumulation():
    x = tc.ones(2, requires_grad=True)
    seen = []
    x.register_post_accumulate_grad_hook(lambda t: seen.append(t.grad.tolist()))
    (x * 3).sum().backward()
    assert seen == [[3.0, 3.0]]


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.ones(1).register_hook(print),
        lambda: tc.ones(1).retain_grad(),
        lambda: (tc.ones(1, requires_grad=True) * 2).register_post_accumulate_grad_hook(print),
    ],
)
def test_hooks_need_a_gradient(call):
    with pytest.raises(RuntimeError):
        call()


def test_a_node_knows_the_line_that_made_it():
    x = tc.ones(1, requires_grad=True)
    y = x.exp() + 1  # this line
    place = str(y.grad_fn.place)
    assert "test_hooks.py" in place
    assert place.endswith("in test_a_node_knows_the_line_that_made_it")
    with open(__file__, encoding="utf-8") as file:
        line = int(place.rsplit(":", maxsplit=1)[-1].split(maxsplit=1)[0])
        assert "this line" in file.read().splitlines()[line - 1]


def test_the_graph_can_be_walked():
    x = tc.ones(1, requires_grad=True)
    y = x.exp() * 2
    assert y.grad_fn.name() == "MulBackward"
    (exp, _), (nothing, _) = y.grad_fn.next_functions
    assert (exp.name(), nothing) == ("ExpBackward", None)
    assert exp.next_functions[0][0].variable is x


def test_the_gradient_of_an_input_is_taken_before_its_hooks():
    x = tc.tensor([1.0, 2.0], requires_grad=True)
    v = x * 1
    y = v * 3
    v.register_hook(lambda g: g * 2)
    of_v, of_x = tc.autograd.grad(y.sum(), [v, x])
    assert (of_v.tolist(), of_x.tolist()) == ([3, 3], [6, 6])
