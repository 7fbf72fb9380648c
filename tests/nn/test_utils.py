"""nn.utils: gradients cut to size, parameters as one vector."""

import math

import numpy as np
import pytest

from tinygrad_c import float64, nn, no_grad, tensor
from tinygrad_c.errors import ShapeError
from tinygrad_c.nn import utils

GRADS = ([3.0, -4.0], [[12.0], [0.0]])


def parameters(grads=GRADS, dtype=None):
    params = [tensor(np.zeros_like(g), dtype=dtype).requires_grad_() for g in grads]
    for p, g in zip(params, grads, strict=True):
        p.grad = tensor(g, dtype=p.dtype)
    return params


@pytest.mark.parametrize(
    ("norm_type", "norm"), [(2, 13.0), (2.0, 13.0), (1, 19.0), ("inf", 12.0), (math.inf, 12.0)]
)
class TestClipGradNorm:
    def test_larger_norms_are_cut(self, norm_type, norm):
        params = parameters(dtype=float64)
        total = utils.clip_grad_norm_(params, 6.5, norm_type)
        assert (total.shape, total.item()) == ((), norm)
        for p, g in zip(params, GRADS, strict=True):
            expected = np.multiply(g, 6.5 / (norm + 1e-6))
            np.testing.assert_allclose(p.grad.numpy(), expected, rtol=1e-15)
        assert utils.get_total_norm([p.grad for p in params], norm_type).item() <= 6.5

    def test_smaller_norms_stay(self, norm_type, norm):
        params = parameters()
        assert utils.clip_grad_norm_(iter(params), 20, norm_type).item() == norm
        assert [p.grad.tolist() for p in params] == list(GRADS)

    @pytest.mark.parametrize("bad", [math.nan, math.inf])
    def test_what_is_not_finite(self, norm_type, norm, bad):
        params = parameters(([1.0, 2.0], [bad]))
        with pytest.raises(RuntimeError, match="for gradients from `parameters` is non-finite"):
            utils.clip_grad_norm_(params, 1.0, norm_type, error_if_nonfinite=True)
        assert params[0].grad.tolist() == [1.0, 2.0]
        total = utils.clip_grad_norm_(params, 1.0, norm_type).item()
        assert math.isnan(total) if math.isnan(bad) else total == bad
        kept = [math.nan] * 2 if math.isnan(bad) else [0.0, 0.0]
        np.testing.assert_array_equal(params[0].grad.numpy(), kept)
        assert math.isnan(params[1].grad.item())

    def test_the_numbers_of_pytorch(self, norm_type, norm):
        torch = pytest.importorskip("torch")
        rng = np.random.default_rng(0)
        grads = [rng.normal(size=shape).astype(np.float32) for shape in [(30, 40), (40,), ()]]
        theirs = [torch.zeros(g.shape, requires_grad=True) for g in grads]
        for p, g in zip(theirs, grads, strict=True):
            p.grad = torch.tensor(g)
        ours = parameters(grads)
        found = utils.clip_grad_norm_(ours, 0.5, norm_type).item()
        expected = torch.nn.utils.clip_grad_norm_(theirs, 0.5, norm_type).item()
        assert found == pytest.approx(expected, rel=1e-6)
        for p, q in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(p.grad.numpy(), q.grad.numpy(), rtol=2e-6)


def test_one_tensor_and_none():
    (p,) = parameters(([3.0, 4.0],))
    assert utils.clip_grad_norm_(p, 2.5, foreach=True).item() == 5.0
    np.testing.assert_allclose(p.grad.numpy(), [1.5, 2.0], rtol=1e-6)
    p.grad = None
    assert utils.clip_grad_norm_([p], 1.0).item() == 0.0
    assert utils.clip_grad_norm_([], 1.0).item() == 0.0


def test_other_norms():
    (p,) = parameters(([3.0, 4.0, -5.0],))
    total = utils.clip_grad_norm_(p, 3.0, 3).item()
    assert total == pytest.approx(216 ** (1 / 3), rel=1e-6)
    np.testing.assert_allclose(p.grad.numpy(), [1.5, 2.0, -2.5], rtol=1e-6)


def test_dtypes_may_differ():
    p, q = parameters()
    q = q.detach().to(float64).requires_grad_()
    q.grad = tensor(GRADS[1], dtype=float64)
    assert utils.clip_grad_norm_([p, q], 6.5).dtype == float64
    assert (p.grad.dtype, q.grad.dtype) == (p.dtype, float64)


def test_clip_grad_value():
    params = parameters(([3.0, -4.0], [math.nan, 0.5]))
    assert utils.clip_grad_value_(params, 1) is None
    assert params[0].grad.tolist() == [1.0, -1.0]
    np.testing.assert_array_equal(params[1].grad.numpy(), [math.nan, 0.5])
    utils.clip_grad_value_(params[0], 0.25)
    assert params[0].grad.tolist() == [0.25, -0.25]


def test_the_gradient_is_cut_in_place():
    params = parameters()
    views = [p.grad for p in params]
    utils.clip_grad_norm_(params, 1.0)
    assert all(p.grad is view for p, view in zip(params, views, strict=True))


class TestVector:
    def test_there_and_back(self):
        net = nn.Linear(3, 2)
        vector = utils.parameters_to_vector(net.parameters())
        assert vector.tolist() == [*net.weight.flatten().tolist(), *net.bias.tolist()]
        other = nn.Linear(3, 2)
        utils.vector_to_parameters(vector.detach(), other.parameters())
        assert other.weight.tolist() == net.weight.tolist()
        assert other.bias.tolist() == net.bias.tolist()
        assert isinstance(other.weight, nn.Parameter)
        assert other.weight.is_leaf

    def test_with_gradient(self):
        net = nn.Linear(2, 1)
        vector = utils.parameters_to_vector(net.parameters())
        (vector * tensor([1.0, 2.0, 3.0])).sum().backward()
        assert [net.weight.grad.tolist(), net.bias.grad.tolist()] == [[[1.0, 2.0]], [3.0]]

    def test_the_parameters_are_views(self):
        vector, net = tensor([1.0, 2.0, 3.0, 4.0]), nn.Linear(2, 1)
        utils.vector_to_parameters(vector, net.parameters())
        with no_grad():
            net.bias += 1
        assert vector.tolist() == [1.0, 2.0, 4.0, 4.0]

    def test_errors(self):
        net = nn.Linear(2, 1)
        with pytest.raises(ShapeError, match=r"a vector of 3 elements, got shape \(2,\)"):
            utils.vector_to_parameters(tensor([1.0, 2.0]), net.parameters())
        with pytest.raises(TypeError, match="expected a Tensor, but got list"):
            utils.vector_to_parameters([1.0, 2.0, 3.0], net.parameters())
