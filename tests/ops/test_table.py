"""What must hold for every operation of the table."""

import functools
import importlib
import pkgutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

import tinygrad_c as tc
from tests.ops.table import ROWS
from tinygrad_c import ops
from tinygrad_c._kernels.runtime import Recording
from tinygrad_c.autograd.op import Op

GOLDENS = Path(__file__).parents[1] / "goldens" / "ops"

rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
dtypes = pytest.mark.parametrize("dtype", ["float32", "float64"])
differentiable_rows = pytest.mark.parametrize(
    "row", [row for row in ROWS if row.differentiable], ids=lambda row: row.name
)

# Operations that exist for the gradient of others, which the rows of those exercise, and dropout,
# whose numbers are random: tests/nn and tests/kernels check it.
WITHOUT_ROW = {
    "guarded",
    "tanh_backward",
    "sigmoid_backward",
    "relu_backward",
    "dropout",
    "dropout_backward",
}


def tensors(arrays, requires_grad=False):
    """Leaves, of which the floating ones may require a gradient."""
    made = [tc.tensor(a) for a in arrays]
    return [t.requires_grad_() if requires_grad and t.is_floating_point() else t for t in made]


def weights(shape, dtype):
    """What a result is multiplied by before backward."""
    return np.random.default_rng(1).normal(size=shape).astype(dtype)


@functools.cache
def recorded():
    """What torch gave for all rows, whichever family's file holds it."""
    goldens = {}
    for path in GOLDENS.glob("*.safetensors"):
        goldens |= load_file(path)
    return goldens


def gradients(row, dtype):
    """(result, gradients of the floating operands) of a row."""
    operands = tensors(row.arrays(dtype), requires_grad=True)
    y = row.call(tc, *operands)
    y.backward(tc.tensor(weights(y.shape, y.array.dtype)))
    return y, [t.grad for t in operands if t.requires_grad]


def test_rows_have_names_of_their_own_and_goldens():
    names = sorted(row.name for row in ROWS)
    assert names == sorted({key.partition("/")[0] for key in recorded()})


def test_every_operation_has_a_row():
    covered = {name for row in ROWS for name in row.covers}
    for module in pkgutil.iter_modules(ops.__path__):
        members = vars(importlib.import_module(f"tinygrad_c.ops.{module.name}")).values()
        names = {member.name for member in members if isinstance(member, Op)}
        assert names - covered - WITHOUT_ROW == set(), f"operations of {module.name} without a row"


@rows
@dtypes
def test_result_is_that_of_the_definition(row, dtype, isa):
    arrays = row.arrays(dtype)
    found = row.call(tc, *tensors(arrays)).array
    expected = np.asarray(row.define(*arrays))
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    if row.exact:
        np.testing.assert_array_equal(found, expected)
    else:
        tolerance = row.tolerance[dtype]
        np.testing.assert_allclose(found, expected, rtol=tolerance, atol=tolerance)


@differentiable_rows
def test_gradients_are_the_differences(row, isa):
    operands = tensors(row.arrays("float64"), requires_grad=True)
    assert tc.autograd.gradcheck(lambda *a: row.call(tc, *a), operands, atol=1e-7, rtol=1e-6)


@differentiable_rows
def test_second_derivatives_are_the_differences_of_the_first(row):
    operands = tensors(row.arrays("float64"), requires_grad=True)
    assert tc.autograd.gradgradcheck(lambda *a: row.call(tc, *a), operands, atol=1e-6, rtol=1e-5)


@differentiable_rows
def test_gradients_have_dtype_and_shape_of_their_operand(row):
    operands = tensors(row.arrays("float32"), requires_grad=True)
    row.call(tc, *operands).sum().backward()
    for t in operands:
        if t.requires_grad:
            assert (t.grad.shape, t.grad.dtype) == (t.shape, t.dtype)


@rows
@dtypes
def test_values_and_gradients_are_those_recorded_from_torch(row, dtype):
    goldens = recorded()
    tolerance = row.tolerance[dtype]
    found = row.call(tc, *tensors(row.arrays(dtype))).array
    key = f"{row.name}/{dtype}"
    np.testing.assert_allclose(found, goldens[key], rtol=tolerance, atol=tolerance)
    if row.differentiable:
        for i, gradient in enumerate(gradients(row, dtype)[1]):
            expected = goldens[f"{key}/grad{i}"]
            np.testing.assert_allclose(
                gradient.array, expected, rtol=10 * tolerance, atol=10 * tolerance
            )


@rows
def test_a_replay_computes_on_new_operands(row):
    """Recorded on one draw, replayed on another: the same bits as running it there."""
    arrays = row.arrays("float32")
    operands = tensors(arrays)
    with Recording() as recording:
        y = row.call(tc, *operands)
    for t, fresh in zip(operands, row.arrays("float32", seed=7), strict=True):
        if t.is_floating_point():  # indices and masks decide shapes: they stay
            t.copy_(tc.tensor(fresh))
    recording.replay()
    expected = row.call(tc, *operands)
    np.testing.assert_array_equal(y.array, expected.array)


@differentiable_rows
def test_a_replay_computes_gradients_on_new_operands(row):
    operands = tensors(row.arrays("float32"), requires_grad=True)
    with Recording() as recording:
        row.call(tc, *operands).sum().backward()
    found = [t.grad for t in operands if t.requires_grad]
    for t, fresh in zip(operands, row.arrays("float32", seed=7), strict=True):
        if t.is_floating_point():
            t.data.copy_(tc.tensor(fresh))
    recording.replay()
    again = [t.detach().requires_grad_() if t.requires_grad else t for t in operands]
    row.call(tc, *again).sum().backward()
    expected = [t.grad for t in again if t.requires_grad]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_array_equal(a.array, b.array)


def test_fresh_draws_agree_with_torch_where_it_is_installed():
    torch = pytest.importorskip("torch")
    for row in ROWS:
        for seed in (11, 12, 13):
            arrays = row.arrays("float64", seed)
            ours = tensors(arrays, requires_grad=row.differentiable)
            theirs = [torch.tensor(a) for a in arrays]
            for t, a in zip(theirs, ours, strict=True):
                t.requires_grad_(a.requires_grad)
            y = row.call(tc, *ours)
            expected = row.call(torch, *theirs)
            np.testing.assert_allclose(
                y.array, expected.detach().numpy(), rtol=1e-12, atol=1e-12, err_msg=row.name
            )
            if row.differentiable:
                y.sum().backward()
                expected.sum().backward()
                for a, t in zip(ours, theirs, strict=True):
                    if a.requires_grad:
                        np.testing.assert_allclose(
                            a.grad.array, t.grad.numpy(), rtol=1e-11, atol=1e-11, err_msg=row.name
                        )
