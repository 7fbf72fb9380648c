"""Methods of the family `tinygrad_c.ops.matmul`."""

from tinygrad_c.errors import ShapeError, renamed
from tinygrad_c.methods.shape import check_tensor
from tinygrad_c.ops import matmul as ops


def with_ndim(name, a, b, a_ndim, b_ndim):
    """The product, once both operands have the number of dimensions that the name promises."""
    check_tensor(name, "the second operand", b)
    if a.array.ndim != a_ndim or b.array.ndim != b_ndim:
        raise ShapeError(
            f"{name}: the operands must have {a_ndim} and {b_ndim} dimensions, got shapes "
            f"{a.array.shape} and {b.array.shape}"
        )
    common = b.array.shape[-2:][0]
    if a.array.shape[-1] != common or (a_ndim == 3 and a.array.shape[0] != b.array.shape[0]):
        raise ShapeError(
            f"{name}: the last length of the first operand must be that of the rows of the second, "
            f"and batches must be equal, got shapes {a.array.shape} and {b.array.shape}"
        )
    try:
        return ops.matmul(a, b)
    except TypeError as error:
        raise renamed(error, name, "matmul") from None


class MatmulMethods:
    """Products."""

    __slots__ = ()

    matmul = ops.matmul

    def mm(self, other):
        """The product of two matrices."""
        return with_ndim("mm", self, other, 2, 2)

    def bmm(self, other):
        """The products of two batches of matrices."""
        return with_ndim("bmm", self, other, 3, 3)

    def mv(self, vector):
        """The product of a matrix and a vector."""
        return with_ndim("mv", self, vector, 2, 1)

    def dot(self, other):
        """The inner product of two vectors."""
        return with_ndim("dot", self, other, 1, 1)
