"""Element by element: promotion, and the dtypes that a kernel has not."""

import numpy as np
import pytest
from exact import ALL, FLOATS, INTEGERS, same

from tests.kernels.elementwise_definitions import REAL_UNARY
from tinygrad_c._kernels import elementwise as kernels
from tinygrad_c._kernels import promotion


@pytest.mark.parametrize("a_dtype", ALL)
@pytest.mark.parametrize("b_dtype", ALL)
@pytest.mark.parametrize("b_shape", [(), (1,), (5,)])
def test_operands_are_promoted(a_dtype, b_dtype, b_shape):
    a, b = np.array([0, 1, 1, 0, 1], a_dtype), np.ones(b_shape, b_dtype)
    dtype = promotion.result_type(a, b)
    wide = np.int64
    same(kernels.mul(a, b), (a.astype(wide) * b.astype(wide)).astype(dtype))
    same(kernels.mul(b, a), (a.astype(wide) * b.astype(wide)).astype(dtype))
    same(kernels.eq(a, b), a.astype(wide) == b.astype(wide))
    same(kernels.where(a.astype(bool), a, b), np.ones(5, dtype))
    same(kernels.div(a, b), (a / b).astype(dtype if dtype in FLOATS else np.float32))
    if dtype != bool:
        same(kernels.clamp(a, min=a, max=b), a.astype(dtype))


@pytest.mark.parametrize("dtype", ["bool", *INTEGERS])
@pytest.mark.parametrize("name", [*REAL_UNARY, "sqrt", "reciprocal"])
def test_real_functions_of_integers_give_the_default_dtype(name, dtype):
    a = np.ones((3, 2), dtype).T
    kernel = getattr(kernels, name)
    same(kernel(a), kernel(a.astype(np.float32)))


@pytest.mark.parametrize("name", ["neg", "abs", "relu", "floor", "round"])
def test_unary_that_bool_has_not(name):
    with pytest.raises(TypeError, match="bool"):
        getattr(kernels, name)(np.ones(2, bool))


@pytest.mark.parametrize("name", ["sub", "pow", "floor_divide", "remainder"])
def test_binary_that_bool_has_not(name):
    with pytest.raises((TypeError, RuntimeError), match="bool"):
        getattr(kernels, name)(np.ones(2, bool), np.ones(2, bool))


def test_nothing_is_subtracted_from_bool_nor_bool_from_anything():
    for a, b in (("bool", "int64"), ("float32", "bool")):
        with pytest.raises(RuntimeError, match=f"dtypes {a} and {b}: .*logical_not"):
            kernels.sub(np.ones(2, a), np.ones(2, b))


def test_dtypes_that_there_are_not():
    with pytest.raises(TypeError, match="float16"):
        kernels.add(np.ones(2, np.float16), np.ones(2, np.float16))
    with pytest.raises(TypeError, match="int8"):
        kernels.neg(np.ones(2, np.int8))
    with pytest.raises(TypeError, match=">f4"):
        kernels.neg(np.ones(2, ">f4"))
    with pytest.raises(TypeError, match="where: condition must be of dtype bool, got int64"):
        kernels.where(np.ones(2, int), np.ones(2), np.ones(2))
