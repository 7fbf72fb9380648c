"""Writing in place, with gradient, also through views; and what must be refused."""

import numpy as np
import pytest

import tinygrad_c as tc


def leaf(*values):
    return tc.tensor(values, dtype=tc.float64, requires_grad=True)


def test_the_history_continues_at_the_tensor_that_was_written():
    x = leaf(1.0, 2.0)
    y = x * 1
    y.mul_(3).add_(x)
    y.sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


@pytest.mark.parametrize("name", ["exp", "sqrt", "tanh", "sigmoid", "relu", "neg", "reciprocal"])
def test_functions_in_place_have_the_gradient_of_the_function(name):
    x, z = leaf(0.5, 2.0), leaf(0.5, 2.0)
    y = x * 1
    assert getattr(y, f"{name}_")() is y
    y.sum().backward()
    getattr(z, name)().sum().backward()
    assert x.grad.tolist() == z.grad.tolist()


def test_an_overwritten_value_that_backward_needs_is_an_error_with_both_lines():
    x = leaf(1.0, 2.0)
    y = x * 1
    z = y * y
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"mul \(made at .*test_inplace.py:\d+ in .*version 2"):
        z.sum().backward()


def test_one_of_several_overwritten_outputs_is_an_error_too():
    x = tc.randn(2, 3, requires_grad=True)
    values, indices = x.max(1)
    indices.zero_()
    with pytest.raises(RuntimeError, match="modified by an inplace operation: its output"):
        values.sum().backward()
    values, _ = x.max(1)
    values.mul_(2)  # is not needed
    values.sum().backward()
    assert (x.grad.sum(1) == 2).all()


def test_an_overwritten_value_that_backward_does_not_need_is_fine():
    x = leaf(1.0, 2.0)
    y = x * 1
    z = y + y
    y.add_(1)
    z.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0]


def test_an_operand_overwritten_by_its_own_operation_is_kept_as_it_was():
    x = leaf(1.0, 2.0)
    y = x * 1
    y.pow_(3)
    y.mul_(y)
    y.sum().backward()
    assert x.grad.tolist() == [6.0, 6 * 2.0**5]


def test_writing_through_a_view_changes_the_history_of_its_base():
    x = leaf(1.0, 2.0, 3.0)
    base = tc.zeros(2, 3, dtype=tc.float64)
    view = base[1]
    view.copy_(x * 2)
    assert base.requires_grad
    base.sum().backward()
    assert x.grad.tolist() == [2.0, 2.0, 2.0]
    assert base.tolist() == [[0, 0, 0], [2, 4, 6]]


def test_other_views_of_the_base_see_the_new_history():
    x = leaf(1.0, 2.0)
    base = x * 1
    first, whole = base[:1], base.view(2, 1)
    base.mul_(3)
    (first.sum() + whole.sum()).backward()
    assert x.grad.tolist() == [6.0, 3.0]


def test_views_of_views():
    x = leaf(5.0)
    base = tc.zeros(2, 3, 4, dtype=tc.float64)
    base.transpose(0, 2)[1, :, 0][2:].copy_(x)
    assert base[0, 2, 1].item() == 5.0
    (base * 7).sum().backward()
    assert x.grad.tolist() == [7.0]


def test_assignment_has_a_gradient():
    x, v = leaf(1.0, 2.0, 3.0), leaf(10.0)
    y = x * 2
    y[1] = v[0] * 3
    y[tc.tensor([0])] = v
    y.sum().backward()
    assert x.grad.tolist() == [0.0, 0.0, 2.0]
    assert v.grad.tolist() == [4.0]


def test_assignment_by_mask():
    x = leaf(1.0, -2.0, 3.0)
    y = x * 1
    y[y < 0] = 0.0
    y.sum().backward()
    assert x.grad.tolist() == [1.0, 0.0, 1.0]


def test_second_derivatives_through_a_view():
    x = leaf(2.0, 3.0)
    y = x * 1
    y[0] = x[1] ** 3
    (g,) = tc.autograd.grad(y.sum(), x, create_graph=True)
    np.testing.assert_allclose(g.tolist(), [0.0, 28.0])
    (h,) = tc.autograd.grad(g.sum(), x)
    np.testing.assert_allclose(h.tolist(), [0.0, 18.0])


def test_versions_are_shared_by_views_and_detached_tensors():
    x = tc.zeros(4)
    before = x._version
    x[1:].add_(1)
    x.detach().add_(1)
    assert x._version == x.view(2, 2)._version > before


@pytest.mark.parametrize(
    "write",
    [
        lambda x: x.add_(1),
        lambda x: x[0].zero_(),
        lambda x: x.view(2, 1).copy_(tc.ones(2, 1)),
        lambda x: x.__setitem__(0, 1.0),
        lambda x: x.uniform_(),
    ],
)
def test_a_leaf_that_requires_a_gradient_is_not_written(write):
    x = leaf(1.0, 2.0)
    with pytest.raises(RuntimeError, match="leaf Variable"):
        write(x)
    assert x.tolist() == [1.0, 2.0]
    with tc.no_grad():
        write(x)


def test_a_view_made_without_recording_is_refused_rather_than_silently_wrong():
    x = leaf(1.0, 2.0)
    base = x * 1
    with tc.no_grad():
        view = base[0]
    with pytest.raises(RuntimeError, match="made under no_grad"):
        view.mul_(2)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tc.ones(2).add_(tc.ones(3, 2)), r"\(2,\)"),
        (lambda: tc.ones(2, dtype=tc.int64).mul_(1.5), "can't be cast"),
        (lambda: tc.ones(2, 1).expand(2, 3).add_(1), "writ|memory"),
    ],
)
def test_what_does_not_fit_is_refused(call, message):
    with pytest.raises((ValueError, RuntimeError), match=message):
        call()


def test_whole_numbers_have_no_history():
    x = leaf(1.5, 2.5)
    y = tc.zeros(2, dtype=tc.int64)
    y.copy_(x)
    y[0] = x[1]
    assert not y.requires_grad
    assert y.tolist() == [2, 2]


def test_a_leaf_that_needs_no_gradient_any_more_gets_none():
    x, w = leaf(1.0), leaf(2.0)
    y = x * w
    x.requires_grad_(False)
    y.backward(tc.ones(1, dtype=tc.float64))
    assert x.grad is None
    assert w.grad.tolist() == [1.0]


@pytest.mark.parametrize(
    "write",
    [
        lambda y: y[:1].zero_(),
        lambda y: y.__setitem__(0, 0.0),
        lambda y: y.__setitem__(y < 0.5, 0.0),
        lambda y: y.masked_fill_(tc.tensor([True, False]), 0.0),
        lambda y: y.copy_(tc.tensor([0.0, 2.0])),
    ],
)
def test_what_is_overwritten_has_no_gradient_whatever_arrives(write):
    x = leaf(0.0, 2.0)
    y = x * 1
    write(y)
    y.sqrt().sum().backward()  # the derivative at 0 is infinite
    assert x.grad[0].item() == 0


def test_what_is_not_overwritten_keeps_an_infinite_gradient():
    x = leaf(1.0, 2.0)
    y = x.clone()
    y.masked_fill_(tc.tensor([True, False]), 0.0)
    y.backward(tc.tensor([1.0, float("inf")], dtype=tc.float64))
    assert x.grad.tolist() == [0, float("inf")]


def test_a_view_that_is_a_leaf_is_not_overwritten():
    x = tc.ones(4).view(2, 2).requires_grad_()
    with pytest.raises(RuntimeError, match="mul_: a view of a leaf Variable"):
        x.mul_(2)
    assert x.is_leaf


@pytest.mark.parametrize("write", [lambda y: y.mul_(2), lambda y: y.__setitem__(0, 5.0)])
def test_a_retained_gradient_is_that_of_the_tensor_as_it_is(write):
    x = leaf(1.0, 2.0)
    y = x * 3
    y.retain_grad()
    write(y)
    y.sum().backward()
    assert y.grad.tolist() == [1.0, 1.0]
    assert y.retains_grad


def test_a_view_keeps_its_history_when_its_base_forgets_it():
    x = leaf(1.0, 2.0)
    steps = x.view(2, 1) * 3
    last = steps[-1]
    steps.detach_()
    assert last.requires_grad
    last.sum().backward()
    assert x.grad.tolist() == [0.0, 3.0]


def test_a_view_retains_its_gradient_when_its_base_is_overwritten():
    x = leaf(1.0, 2.0)
    y = x * 3
    v = y.view(-1)
    v.retain_grad()
    y.mul_(2)
    assert v.retains_grad
    (v * 5).sum().backward()
    assert v.grad.tolist() == [5.0, 5.0]
    assert x.grad.tolist() == [30.0, 30.0]
