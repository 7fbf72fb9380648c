"""The functions of the top level: ``tinygrad_c.exp(x)`` beside ``x.exp()``."""

from tinygrad_c._kernels import promotion
from tinygrad_c.creation import (
    arange,
    as_tensor,
    empty,
    empty_like,
    eye,
    from_dlpack,
    from_numpy,
    full,
    full_like,
    is_tensor,
    linspace,
    ones,
    ones_like,
    rand,
    rand_like,
    randint,
    randn,
    randn_like,
    randperm,
    tensor,
    zeros,
    zeros_like,
)
from tinygrad_c.dtypes import BY_NUMPY
from tinygrad_c.methods.index import where
from tinygrad_c.methods.shape import cat, concat, stack
from tinygrad_c.ops.comparison import (
    eq,
    ge,
    gt,
    isfinite,
    isinf,
    isnan,
    le,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
)
from tinygrad_c.ops.elementwise import (
    abs,
    ceil,
    exp,
    floor,
    floor_divide,
    log,
    maximum,
    minimum,
    mul,
    neg,
    reciprocal,
    relu,
    remainder,
    sigmoid,
    sign,
    sqrt,
    square,
    tanh,
    trunc,
)
from tinygrad_c.ops.matmul import matmul
from tinygrad_c.ops.special import cos, erf, erfc, expm1, log1p, rsqrt, sin
from tinygrad_c.tensor import Tensor

# The methods that are functions too, with the tensor as first argument.
add = Tensor.add
sub = Tensor.sub
div = Tensor.div
clamp = clip = Tensor.clamp
pow = Tensor.pow
round = Tensor.round
sum = Tensor.sum
mean = Tensor.mean
prod = Tensor.prod
var = Tensor.var
std = Tensor.std
max = Tensor.max
min = Tensor.min
amax = Tensor.amax
amin = Tensor.amin
argmax = Tensor.argmax
argmin = Tensor.argmin
any = Tensor.any
all = Tensor.all
norm = Tensor.norm
softmax = Tensor.softmax
log_softmax = Tensor.log_softmax
allclose = Tensor.allclose
isclose = Tensor.isclose
equal = Tensor.equal
reshape = Tensor.reshape
flatten = Tensor.flatten
squeeze = Tensor.squeeze
unsqueeze = Tensor.unsqueeze
permute = Tensor.permute
transpose = Tensor.transpose
movedim = Tensor.movedim
broadcast_to = Tensor.expand
split = Tensor.split
chunk = Tensor.chunk
unbind = Tensor.unbind
narrow = Tensor.narrow
gather = Tensor.gather
index_select = Tensor.index_select
masked_select = Tensor.masked_select
nonzero = Tensor.nonzero
masked_fill = Tensor.masked_fill
clone = Tensor.clone
detach = Tensor.detach
numel = Tensor.numel
is_floating_point = Tensor.is_floating_point
mm = Tensor.mm
bmm = Tensor.bmm
mv = Tensor.mv
dot = Tensor.dot
t = Tensor.t
negative, absolute, multiply, divide, true_divide = neg, abs, mul, div, div
concatenate = concat


def result_type(tensor1, tensor2):
    """The dtype of what the two, tensors or numbers, make together."""
    arrays = []
    for value, other in ((tensor1, tensor2), (tensor2, tensor1)):
        like = getattr(other, "array", None)
        arrays.append(getattr(value, "array", None))
        if arrays[-1] is None:
            arrays[-1] = promotion.scalar_array(value, like)
    return BY_NUMPY[promotion.result_type(*arrays)]


def promote_types(type1, type2):
    """The smallest dtype of the higher category that holds both."""
    return BY_NUMPY[promotion.promote_types(type1.numpy, type2.numpy)]


HIDDEN = ("BY_NUMPY", "HIDDEN", "Tensor", "promotion")
__all__ = [name for name in dir() if not name.startswith("_") and name not in HIDDEN]
