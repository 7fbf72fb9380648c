"""Random numbers: bindings of csrc/random.

PyTorch's numbers from PyTorch's seed: ``uniform_``, ``normal_``, ``randint_``, ``exponential_`` and
``randperm`` draw what the functions of these names draw in PyTorch on a CPU.
"""

import os
from contextlib import contextmanager
from operator import index
from threading import get_ident

from libc.stdint cimport int64_t, uint32_t, uint64_t
from libc.string cimport memcpy
from numpy cimport (
    PyArray_DATA,
    PyArray_DIMS,
    PyArray_NDIM,
    import_array,
    ndarray,
    npy_intp,
)

import numpy as np

from tinygrad_c._kernels.broadcast cimport broadcasts_to, check_writeable
from tinygrad_c._kernels.runtime cimport (
    Cell,
    TGC_BOOL,
    TGC_F32,
    TGC_F64,
    TGC_I32,
    TGC_I64,
    TGC_READ,
    TGC_U8,
    TGC_UPDATE,
    TGC_WRITE,
    add_broadcast,
    add_operand,
    add_scalar,
    begin,
    dtype_code,
    empty,
    float_code,
    from_foreign,
    run,
    tgc_call,
)

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_bernoulli
        TGC_dropout
        TGC_dropout_backward
        TGC_exponential
        TGC_normal
        TGC_randint
        TGC_randperm
        TGC_seed
        TGC_uniform


cdef extern from "random/generator.h" nogil:
    enum:
        TGC_MT_WORDS
        TGC_GENERATOR_STATE

    ctypedef struct tgc_generator:
        uint32_t n_used
        uint64_t seed
        uint32_t locked


# The seed of a new generator, and the largest size that randperm draws with one word per element:
# both are PyTorch's.
DEFAULT_SEED = 67280421310721
MAX_RANDPERM = (2**32 - 1) // 20

FLOAT_LIMITS = {TGC_F32: 3.4028234663852886e38, TGC_F64: 1.7976931348623157e308}
# The whole numbers that a dtype holds without gaps.
INTEGER_LIMITS = {
    TGC_BOOL: (0, 1),
    TGC_U8: (0, 2**8 - 1),
    TGC_I32: (-(2**31), 2**31 - 1),
    TGC_I64: (-(2**63), 2**63 - 1),
    TGC_F32: (-(2**24), 2**24),
    TGC_F64: (-(2**53), 2**53),
}


cdef class Generator:
    """A source of random numbers: the Mersenne Twister MT19937, as PyTorch seeds it.

    ``state`` is the array that every draw reads and updates.
    """
    cdef readonly ndarray state

    def __init__(self):
        cdef npy_intp size = sizeof(tgc_generator)
        self.state = empty(1, &size, TGC_U8)
        self.get().locked = 0
        self.manual_seed(DEFAULT_SEED)

    cdef tgc_generator *get(self) noexcept:
        return <tgc_generator *>PyArray_DATA(self.state)

    def manual_seed(self, seed):
        """Start anew from `seed`, -2**63 to 2**64 - 1; a negative one stands for 2**64 + seed."""
        cdef tgc_call call
        seed = index(seed)
        if not -(2**63) <= seed < 2**64:
            raise ValueError(f"manual_seed: seed must be from -2**63 to 2**64 - 1, got {seed}")
        begin(&call, TGC_seed, TGC_U8)
        add_operand(&call, self.state, TGC_UPDATE)
        call.sizes[0] = <ptrdiff_t><uint64_t>(seed % 2**64)
        run(&call)
        return self

    def seed(self):
        """Start anew from a seed of the operating system's, which is returned."""
        seed = int.from_bytes(os.urandom(8), "little") % 2**53
        self.manual_seed(seed)
        return seed

    def initial_seed(self):
        """The seed of the last start."""
        return self.get().seed

    def get_state(self):
        """A copy of the state: an array of uint8."""
        return self.state[:TGC_GENERATOR_STATE].copy()

    def set_state(self, ndarray state not None):
        """Go on from what `get_state` returned."""
        cdef tgc_generator new
        if (PyArray_NDIM(state) != 1 or dtype_code(state) != TGC_U8
                or PyArray_DIMS(state)[0] != TGC_GENERATOR_STATE):
            raise ValueError(f"set_state: state must be an array of {TGC_GENERATOR_STATE} uint8, "
                             f"got {state.dtype} of shape {(<object>state).shape}")
        state = state.copy()
        memcpy(&new, PyArray_DATA(state), TGC_GENERATOR_STATE)
        if new.n_used > TGC_MT_WORDS:
            raise ValueError("set_state: state must be what get_state returned, got other bytes")
        memcpy(PyArray_DATA(self.state), &new, TGC_GENERATOR_STATE)
        return self


# What the draws use that are given no generator, except in the threads that have one of their own.
default_generator = Generator()
default_generator.seed()
cdef dict thread_generators = {}


def current_generator():
    """What draws of this thread use that are given no generator."""
    if not thread_generators:
        return default_generator
    return thread_generators.get(get_ident(), default_generator)


@contextmanager
def own_generator(seed):
    """Give this thread a generator of its own, started from `seed`, in place of the default one."""
    cdef Generator generator = Generator()
    generator.manual_seed(seed)
    thread_generators[get_ident()] = generator
    try:
        yield generator
    finally:
        del thread_generators[get_ident()]


def manual_seed(seed):
    """Start the random numbers anew from `seed`; returns the generator.

    -2**63 <= seed < 2**64, and a negative one stands for 2**64 + seed. In a worker of a DataLoader
    this is the generator of the worker, as are those of `seed` and `initial_seed`.
    """
    return current_generator().manual_seed(seed)


def seed():
    """Start the random numbers anew from a seed of the operating system's, which is returned."""
    return current_generator().seed()


def initial_seed():
    """The seed that the random numbers started from."""
    return current_generator().initial_seed()


cdef ndarray state_of(generator):
    return (<Generator?>(current_generator() if generator is None else generator)).state


cdef int begin_draw(tgc_call *call, int kernel, str op, ndarray out, generator) except -1:
    """Starts the record: the generator's state and nothing else."""
    check_writeable(op, "out", out)
    begin(call, kernel, dtype_code(out))
    add_operand(call, state_of(generator), TGC_UPDATE)
    return 0


cdef int check_broadcast(str op, str name, ndarray a, str result, ndarray y) except -1:
    if not broadcasts_to(a, PyArray_NDIM(y), PyArray_DIMS(y)):
        raise ShapeError(f"{op}: {name} must broadcast to {result}, got {name} of shape "
                         f"{(<object>a).shape} and {result} of shape {(<object>y).shape}")
    return 0


def uniform_(ndarray out not None, double low=0.0, double high=1.0, generator=None):
    """out[i] := a number drawn evenly from [low, high); returns out.

    Errors: ValueError unless low <= high and high - low is finite in out's dtype.
    """
    cdef tgc_call call
    limit = FLOAT_LIMITS[float_code("uniform_", "out", out)]
    if not (abs(low) <= limit and abs(high) <= limit):
        raise ValueError(
            f"uniform_: low and high must be finite in {out.dtype}, got {low} and {high}")
    if low > high or high - low > limit:
        raise ValueError(
            f"uniform_: low must be <= high, high - low <= {limit}, got {low} and {high}")
    begin_draw(&call, TGC_uniform, "uniform_", out, generator)
    add_scalar(&call, low)
    add_scalar(&call, high)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


def normal_(ndarray out not None, double mean=0.0, double std=1.0, generator=None):
    """out[i] := a number of the normal distribution with this mean and std; returns out.

    Errors: ValueError unless std >= 0.
    """
    cdef tgc_call call
    float_code("normal_", "out", out)
    if not std >= 0:
        raise ValueError(f"normal_: std must be >= 0, got {std}")
    begin_draw(&call, TGC_normal, "normal_", out, generator)
    add_scalar(&call, mean)
    add_scalar(&call, std)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


def exponential_(ndarray out not None, double rate=1.0, generator=None):
    """out[i] := a number of the density rate * exp(-rate * x), x >= 0; returns out.

    Errors: ValueError unless rate > 0.
    """
    cdef tgc_call call
    float_code("exponential_", "out", out)
    if not rate > 0:
        raise ValueError(f"exponential_: rate must be > 0, got {rate}")
    begin_draw(&call, TGC_exponential, "exponential_", out, generator)
    add_scalar(&call, rate)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


def bernoulli_(ndarray out not None, p=0.5, generator=None):
    """out[i] := 1 with probability p[i], else 0; returns out.

    p is a number, or an array of float32 or float64 that broadcasts to out. Errors: ValueError
    unless 0 <= p <= 1; ShapeError.
    """
    cdef tgc_call call
    cdef ndarray probabilities = p if isinstance(p, np.ndarray) else from_foreign(
        np.array(p, np.float64))
    float_code("bernoulli_", "p", probabilities)
    if not np.all((probabilities >= 0) & (probabilities <= 1)):
        raise ValueError(f"bernoulli_: p must be from 0 to 1, got {p}")
    check_broadcast("bernoulli_", "p", probabilities, "out", out)
    begin_draw(&call, TGC_bernoulli, "bernoulli_", out, generator)
    add_broadcast(&call, probabilities, PyArray_NDIM(out), PyArray_DIMS(out))
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


def randint_(ndarray out not None, low, high, generator=None, str op="randint"):
    """out[i] := a whole number drawn evenly from low, ..., high - 1; returns out.

    Errors, which name `op`: ValueError unless low < high and out's dtype holds all those numbers
    exactly.
    """
    low, high = index(low), index(high)
    smallest, largest = INTEGER_LIMITS[dtype_code(out)]
    if low >= high:
        raise ValueError(f"{op}: low must be < high, got {low} and {high}")
    if low < smallest or high - 1 > largest:
        raise ValueError(f"{op}: low and high - 1 must be whole numbers of {out.dtype}, "
                         f"from {smallest} to {largest}, got low {low} and high {high}")
    draw_whole(op, out, low, high - low, high - low >= 2**28, generator)
    return out


def random_(ndarray out not None, generator=None):
    """out[i] := a whole number drawn evenly from 0, ..., the largest that out's dtype holds (of the
    floats the largest below which there are no gaps); returns out."""
    cdef int dtype = dtype_code(out)
    cdef bint wide = dtype == TGC_I64 or dtype == TGC_F64
    draw_whole("random_", out, 0, INTEGER_LIMITS[dtype][1] + 1, wide, generator)
    return out


cdef int draw_whole(str op, ndarray out, object low, object n, bint wide, generator) except -1:
    """Draws from the n whole numbers from low on, by words of 64 bits if `wide`."""
    cdef tgc_call call
    begin_draw(&call, TGC_randint, op, out, generator)
    call.sizes[0] = <ptrdiff_t><uint64_t>n
    call.sizes[1] = <int64_t>low
    call.sizes[2] = wide
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return 0


def randperm(n, generator=None):
    """The numbers 0, ..., n - 1 in random order, int64.

    Errors: ValueError where n is negative or above 214748364.
    """
    cdef tgc_call call
    cdef npy_intp size
    n = index(n)
    if not 0 <= n <= MAX_RANDPERM:
        raise ValueError(f"randperm: n must be from 0 to {MAX_RANDPERM}, got {n}")
    size = n
    cdef ndarray out = empty(1, &size, TGC_I64)
    begin_draw(&call, TGC_randperm, "randperm", out, generator)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out


cdef int check_probability(str op, p) except -1:
    if type(p) is not Cell and not 0 <= p <= 1:
        raise ValueError(f"{op}: p must be from 0 to 1, got {p}")
    return 0


def dropout(ndarray a not None, p, generator=None):
    """(y, mask): mask is true with probability 1 - p, and y = a / (1 - p) where it is, else 0.

    The masks come from a Philox stream whose key is the generator's seed: they are not PyTorch's,
    and are the same for any number of threads. TypeError unless a is float32 or float64; ValueError
    unless 0 <= p <= 1.
    """
    cdef tgc_call call
    cdef int dtype = float_code("dropout", "a", a)
    check_probability("dropout", p)
    cdef ndarray y = empty(PyArray_NDIM(a), PyArray_DIMS(a), dtype)
    cdef ndarray mask = empty(PyArray_NDIM(a), PyArray_DIMS(a), TGC_BOOL)
    begin(&call, TGC_dropout, dtype)
    add_operand(&call, a, TGC_READ)
    add_operand(&call, state_of(generator), TGC_UPDATE)
    add_scalar(&call, p)
    add_operand(&call, y, TGC_WRITE)
    add_operand(&call, mask, TGC_WRITE)
    run(&call)
    return y, mask


def dropout_backward(ndarray grad not None, ndarray mask not None, p, ndarray out=None):
    """y = grad / (1 - p) where mask, else 0; grad broadcasts to the shape of mask."""
    cdef tgc_call call
    cdef int dtype = float_code("dropout_backward", "grad", grad)
    check_probability("dropout_backward", p)
    if dtype_code(mask) != TGC_BOOL:
        raise TypeError(f"dropout_backward: mask must be bool, got {mask.dtype}")
    check_broadcast("dropout_backward", "grad", grad, "mask", mask)
    begin(&call, TGC_dropout_backward, dtype)
    if out is None:
        out = empty(PyArray_NDIM(mask), PyArray_DIMS(mask), dtype)
    elif dtype_code(out) != dtype or (<object>out).shape != (<object>mask).shape:
        raise ShapeError(
            f"dropout_backward: out must be {grad.dtype} of shape {(<object>mask).shape}, got "
            f"{out.dtype} of shape {(<object>out).shape}")
    add_broadcast(&call, grad, PyArray_NDIM(mask), PyArray_DIMS(mask))
    add_operand(&call, mask, TGC_READ)
    add_scalar(&call, p)
    add_operand(&call, out, TGC_WRITE)
    run(&call)
    return out
