"""A test for the test helper: wrong gradients must be found."""

import pytest

import tinygrad_c as tc
from tinygrad_c.autograd import Function, GradcheckError, gradcheck, gradgradcheck


def square_with(rule):
    """x * x with `rule(grad, x)` as its gradient."""

    class Square(Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad_output):
            return rule(grad_output, *ctx.saved_tensors)

    return Square.apply


def point():
    return tc.tensor([[1.0, -2.0]], dtype=tc.float64, requires_grad=True)


def test_a_right_gradient_passes():
    assert gradcheck(square_with(lambda g, x: 2 * x * g), point())


@pytest.mark.parametrize(
    "rule",
    [
        lambda g, x: x * g,
        lambda g, x: 2 * x * g + 0.001,
        lambda g, x: 2 * x.abs() * g,
        lambda g, x: 2 * x * g * float("nan"),
    ],
)
def test_a_wrong_gradient_is_found_and_named(rule):
    with pytest.raises(GradcheckError, match="output 0, element .* by input 0, element"):
        gradcheck(square_with(rule), point())
    assert not gradcheck(square_with(rule), point(), raise_exception=False)


def test_a_wrong_second_derivative_is_found():
    right_once = square_with(lambda g, x: 2 * x.detach() * g)
    assert gradcheck(right_once, point())
    with pytest.raises(GradcheckError):
        gradgradcheck(right_once, point())


def test_single_precision_is_refused():
    with pytest.raises(ValueError, match="float64"):
        gradcheck(lambda x: x, tc.ones(1, requires_grad=True))


def test_the_inputs_are_left_as_they_were():
    x = point()
    gradcheck(lambda t: t * t, x)
    assert x.tolist() == [[1.0, -2.0]]
    assert x._version == point()._version


@pytest.mark.parametrize("needs_grad", [True, False])
def test_weights_of_gradgradcheck(needs_grad):
    x = tc.tensor([0.3, -2.0], dtype=tc.float64, requires_grad=True)
    weights = tc.tensor([3.0, 0.5], dtype=tc.float64, requires_grad=needs_grad)
    assert gradgradcheck(lambda t: t**3, x, weights)
    assert gradgradcheck(lambda t: t**3, x, [weights])
