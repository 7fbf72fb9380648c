"""autograd.Function: operations that the user writes."""

import gc

import pytest

import tinygrad_c as tc
from tinygrad_c.autograd import Function, gradcheck, gradgradcheck


class Cube(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx, grad_output):
        (x,) = ctx.saved_tensors
        return grad_output * 3 * x * x


class Exp(Function):
    @staticmethod
    def forward(ctx, x):
        y = x.exp()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx, grad_output):
        (y,) = ctx.saved_tensors
        return grad_output * y


class Scale(Function):
    @staticmethod
    def forward(ctx, x, factor, offset):
        ctx.factor = factor
        return x * factor, x + offset

    @staticmethod
    def backward(ctx, grad_scaled, grad_shifted):
        assert ctx.needs_input_grad == (True, False, False)
        return grad_scaled * ctx.factor + grad_shifted, None, None


def point():
    return tc.tensor([0.5, -1.5], dtype=tc.float64, requires_grad=True)


@pytest.mark.parametrize("function", [Cube, Exp])
def test_first_and_second_derivatives(function):
    assert gradcheck(function.apply, point())
    assert gradgradcheck(function.apply, point())


def test_several_outputs_and_arguments_that_are_no_tensors():
    x = point()
    scaled, shifted = Scale.apply(x, 3, 1)
    (scaled + shifted).sum().backward()
    assert x.grad.tolist() == [4.0, 4.0]


def test_an_output_without_gradient_comes_as_zeros():
    x = point()
    Scale.apply(x, 3, 1)[0].sum().backward()
    assert x.grad.tolist() == [3.0, 3.0]


def test_a_saved_tensor_that_was_overwritten_is_noticed():
    x = point()
    y = x * 1
    z = Cube.apply(y)
    y.add_(1)
    with pytest.raises(RuntimeError, match="Cube .*modified by an inplace operation"):
        z.sum().backward()


def test_what_backward_returns_stays_the_users():
    class Weighted(Function):
        @staticmethod
        def forward(ctx, a, weight):
            ctx.save_for_backward(weight)
            return a * weight

        @staticmethod
        def backward(ctx, grad):
            return ctx.saved_tensors[0], None

    a, weight = tc.ones(3, requires_grad=True), tc.tensor([1.0, 2.0, 3.0])
    for _ in range(2):
        Weighted.apply(a, weight).backward(tc.ones(3))
    assert weight.tolist() == [1, 2, 3]
    assert a.grad.tolist() == [2, 4, 6]


def test_a_second_backward_is_noticed():
    x = point()
    y = Cube.apply(x).sum()
    y.backward()
    with pytest.raises(RuntimeError, match="second time"):
        y.backward()


def test_a_wrong_number_of_gradients_is_named():
    class Wrong(Scale):
        @staticmethod
        def backward(ctx, *grads):
            return grads[0]

    with pytest.raises(RuntimeError, match="Wrong.backward returned 1 gradients.*3 arguments"):
        Wrong.apply(point(), 1, 1)[0].sum().backward()


def test_outputs_can_be_marked_as_not_differentiable():
    class Sorted(Function):
        @staticmethod
        def forward(ctx, x):
            y, z = x * 1, x * 2
            ctx.mark_non_differentiable(z)
            return y, z

        @staticmethod
        def backward(ctx, grad_y, grad_z):
            return grad_y

    y, z = Sorted.apply(point())
    assert y.requires_grad
    assert not z.requires_grad


def test_no_cycle_is_left_behind():
    gc.collect()
    gc.disable()
    try:
        for function in (Cube, Exp):
            function.apply(point()).sum().backward()
            function.apply(point())
        assert gc.collect() == 0
    finally:
        gc.enable()
