"""Memory, call records and the CPU: what every other binding stands on.

All of csrc is linked into this module, so that there is one thread pool, one arena and one
dispatch table in the process.
"""

cimport cython
from cpython.object cimport PyObject, PyTypeObject
from cpython.ref cimport Py_INCREF
from numpy cimport (
    NPY_ARRAY_ALIGNED,
    NPY_ARRAY_CARRAY,
    NPY_ARRAY_WRITEABLE,
    NPY_BOOL,
    NPY_DOUBLE,
    NPY_FLOAT,
    NPY_INT32,
    NPY_INT64,
    NPY_UINT8,
    PyArray_BASE,
    PyArray_CHKFLAGS,
    PyArray_Check,
    PyArray_DATA,
    PyArray_DESCR,
    PyArray_DescrFromType,
    PyArray_DIMS,
    PyArray_FLAGS,
    PyArray_NBYTES,
    PyArray_NDIM,
    PyArray_STRIDES,
    dtype as np_dtype,
    import_array,
    ndarray,
    npy_intp,
)

import numpy as np

from tinygrad_c.errors import whole

import_array()


cdef extern from "numpy/arrayobject.h":
    # Both steal a reference: to the dtype, to the base.
    ndarray PyArray_NewFromDescr(
        PyTypeObject *subtype, np_dtype descr, int ndim, const npy_intp *dims,
        const npy_intp *strides, void *data, int flags, PyObject *obj)
    int PyArray_SetBaseObject(ndarray array, object base) except -1


cdef extern from *:
    """
    #ifndef TGC_BUILD_FLAGS
    #define TGC_BUILD_FLAGS ""
    #endif
    #ifdef __clang__
    #define TGC_COMPILER __VERSION__
    #else
    #define TGC_COMPILER "gcc " __VERSION__
    #endif
    """
    const char *TGC_BUILD_FLAGS
    const char *TGC_COMPILER


cdef int[6] ITEM_SHIFTS = [0, 0, 2, 3, 2, 3]  # the binary logarithms of the item sizes
# The dtype object of each code. NumPy has one object for each of them, so that nearly every array
# is recognised by the address of its dtype.
cdef PyObject *DTYPES[6]


cdef void find_dtypes():
    cdef int[6] type_nums = [NPY_BOOL, NPY_UINT8, NPY_INT32, NPY_INT64, NPY_FLOAT, NPY_DOUBLE]
    cdef int code
    for code in range(<int>TGC_N_DTYPES):
        descr = PyArray_DescrFromType(type_nums[code])
        Py_INCREF(descr)
        DTYPES[code] = <PyObject *>descr


find_dtypes()


# ---- arrays ----

cdef int dtype_code(ndarray array) except -1:
    return find_code(<np_dtype>PyArray_DESCR(array))


cdef int dtype_code_of(object dtype) except -1:
    return find_code(np.dtype(dtype))


cdef int float_code(str op, str operand, ndarray a) except -1:
    cdef int code = dtype_code(a)
    if code < TGC_F32:
        raise TypeError(f"{op}: {operand} must be float32 or float64, got {a.dtype}")
    return code


cdef inline int find_code(np_dtype descr) except -1:
    cdef int code
    for code in range(<int>TGC_N_DTYPES - 1, -1, -1):
        if <PyObject *>descr == DTYPES[code]:
            return code
    return find_equal_code(descr)


cdef int find_equal_code(np_dtype descr) except -1:
    cdef int code
    # Other objects of the same dtype: C's long long beside its long, dtypes that carry metadata.
    for code in range(<int>TGC_N_DTYPES):
        if descr == <object>DTYPES[code]:
            return code
    raise TypeError(
        f"the dtype must be bool, uint8, int32, int64, float32 or float64, got {descr!r}")


cdef ndarray wrap(object owner, np_dtype descr, int ndim, const npy_intp *shape,
                  const npy_intp *strides, void *data, int flags):
    Py_INCREF(descr)
    cdef ndarray array = PyArray_NewFromDescr(
        <PyTypeObject *>ndarray, descr, ndim, shape, strides, data, flags, NULL)
    Py_INCREF(owner)
    PyArray_SetBaseObject(array, owner)
    return array


cdef ndarray empty(int ndim, const npy_intp *shape, int dtype):
    cdef size_t nbytes = tgc_item_size(dtype)
    cdef size_t limit = (<size_t>-1) >> 1
    cdef int d
    for d in range(ndim):
        if shape[d] < 0:
            raise ValueError(f"sizes must not be negative, got {[shape[d] for d in range(ndim)]}")
        if shape[d] > 0 and nbytes > limit // <size_t>shape[d]:
            raise MemoryError(f"no memory for an array of shape {[shape[d] for d in range(ndim)]}")
        nbytes *= <size_t>shape[d]
    cdef Block block = Block.__new__(Block)
    if tgc_arena_alloc(&block.c, nbytes) != 0:
        raise MemoryError(f"no memory for an array of {nbytes} bytes")
    return wrap(block, <np_dtype>DTYPES[dtype], ndim, shape, NULL, block.c.data, NPY_ARRAY_CARRAY)


cpdef ndarray from_foreign(ndarray array):
    """`array` over a block: itself, or a view of it where somebody else owns its memory.

    The view has the same elements, strides and writeability. Views of one foreign array share its
    block, hence its version.
    """
    if block_of(array) != NULL:
        return array
    find_code(<np_dtype>PyArray_DESCR(array))
    if not PyArray_CHKFLAGS(array, NPY_ARRAY_ALIGNED):
        raise ValueError(
            f"from_foreign: array must be aligned, got address {<size_t>PyArray_DATA(array)} and "
            f"strides {(<object>array).strides} for {(<object>array).dtype}")
    return wrap(foreign_block(array), <np_dtype>PyArray_DESCR(array), PyArray_NDIM(array),
                PyArray_DIMS(array), PyArray_STRIDES(array), PyArray_DATA(array),
                PyArray_FLAGS(array) & NPY_ARRAY_WRITEABLE)


# ---- blocks ----

# The address of the Block of each foreign owner of memory, by the owner's id.
cdef dict foreign_blocks = {}


@cython.freelist(256)
@cython.no_gc
cdef class Block:
    def __cinit__(self):
        self.c.size_class = -1
        self.c.handle = <void *>self

    def __dealloc__(self):
        tgc_arena_free(&self.c)
        if self.owner is not None:
            del foreign_blocks[id(self.owner)]


cdef inline PyObject *end_of_bases(ndarray array) noexcept:
    """What owns the memory of `array`: itself, another array, or some other object."""
    cdef PyObject *owner = <PyObject *>array
    cdef PyObject *base = PyArray_BASE(array)
    while base != NULL:
        owner = base
        # The base of most arrays is a Block: no need to ask whether it is an array.
        if type(<object>owner) is Block or not PyArray_Check(<object>owner):
            break
        base = PyArray_BASE(<ndarray>owner)
    return owner


cdef Block foreign_block(ndarray array):
    owner = <object>end_of_bases(array)
    address = foreign_blocks.get(id(owner))
    if address is not None:
        return <Block><PyObject *><size_t>address
    cdef Block block = Block.__new__(Block)
    block.c.data = PyArray_DATA(array)
    block.c.nbytes = PyArray_NBYTES(array)
    block.owner = owner
    foreign_blocks[id(owner)] = <size_t><PyObject *>block
    return block


cdef tgc_block *block_of(ndarray array) noexcept:
    cdef PyObject *owner = end_of_bases(array)
    if type(<object>owner) is Block:
        return &(<Block>owner).c
    return NULL


# ---- calls ----

# Work of fewer nanoseconds keeps the GIL: with a busy second Python thread, getting it back may
# take that thread's whole switch interval.
cdef double RELEASE_WORK = 100000


cdef class Cell:
    def __init__(self, value=0.0):
        self.value = value

    def __repr__(self):
        return f"Cell({self.value})"


# From a cell's value, whose address is all that a record has, to the Cell.
cdef Cell _cell = Cell()
cdef ptrdiff_t VALUE_OFFSET = <char *>&_cell.value - <char *><PyObject *>_cell


cdef str no_kernel(int kernel, int dtype):
    """What is wrong with a dtype, in the name of the same kernel for another one."""
    cdef const tgc_kernel *other
    cdef str name = None
    cdef int d
    taken = []
    for d in range(<int>TGC_N_DTYPES):
        other = tgc_find_kernel(kernel, d)
        if other != NULL:
            name = other.name.decode()
            taken.append(str(<object>DTYPES[d]))
    return f"{name}: a must be {' or '.join(taken)}, got {<object>DTYPES[dtype]}"


cdef int begin(tgc_call *call, int kernel, int dtype) except -1:
    call.kernel = tgc_find_kernel(kernel, dtype)
    if call.kernel == NULL:
        raise TypeError(no_kernel(kernel, dtype))
    call.n_operands = 0
    call.n_scalars = 0
    call.n_chunks = 1
    call.work = 0
    call.workspace = 0
    call.status = -1
    return 0


cdef int add_operand(tgc_call *call, ndarray array, int access) except -1:
    cdef int i = call.n_operands
    cdef tgc_operand *o = &call.operands[i]
    cdef int ndim = PyArray_NDIM(array)
    cdef int needed = NPY_ARRAY_ALIGNED
    cdef int d
    if i == TGC_MAX_OPERANDS:
        raise ValueError(f"a call has at most {TGC_MAX_OPERANDS} operands")
    if ndim > TGC_MAX_DIMS:
        raise ValueError(f"arrays have at most {TGC_MAX_DIMS} dimensions, got {ndim}")
    if access & TGC_WRITE:
        needed |= NPY_ARRAY_WRITEABLE
    if (PyArray_FLAGS(array) & needed) != needed:
        raise ValueError(f"{call.kernel.name.decode()}: operand {i} must be aligned"
                         f"{' and writeable' if access & TGC_WRITE else ''}")
    o.dtype = find_code(<np_dtype>PyArray_DESCR(array))
    o.data = <char *>PyArray_DATA(array)
    o.block = block_of(array)
    o.access = access
    o.ndim = ndim
    for d in range(ndim):
        o.shape[d] = PyArray_DIMS(array)[d]
        o.strides[d] = PyArray_STRIDES(array)[d] >> ITEM_SHIFTS[o.dtype]
    call.n_operands = i + 1
    return i


cdef int add_broadcast(tgc_call *call, ndarray array, int ndim, const npy_intp *shape) except -1:
    cdef int i = add_operand(call, array, TGC_READ)
    cdef tgc_operand *o = &call.operands[i]
    cdef int missing = ndim - o.ndim
    cdef int d
    for d in range(ndim - 1, -1, -1):
        o.strides[d] = 0 if d < missing or o.shape[d - missing] == 1 else o.strides[d - missing]
        o.shape[d] = shape[d]
    o.ndim = ndim
    return i


cdef int add_scalar(tgc_call *call, object value) except -1:
    cdef int i = call.n_scalars
    if i == TGC_MAX_SCALARS:
        raise ValueError(f"a call has at most {TGC_MAX_SCALARS} scalars")
    if type(value) is Cell:
        call.scalars[i].cell = &(<Cell>value).value
    else:
        call.scalars[i].cell = NULL
        call.scalars[i].value = value
    call.n_scalars = i + 1
    return i


cdef int run(tgc_call *call) except -1:
    cdef tgc_recorder *recorder = tgc_recorder_active()
    cdef int failed
    if recorder != NULL:
        (<Recording>tgc_recorder_handle(recorder)).keep(call)
    call.kernel.plan(call)
    if call.work > RELEASE_WORK:
        with nogil:
            failed = tgc_run(call)
    else:
        failed = tgc_run(call)
    if failed:
        if recorder != NULL:
            (<Recording>tgc_recorder_handle(recorder)).forget(1)
        raise MemoryError(f"{call.kernel.name.decode()}: no memory for {call.workspace} bytes "
                          "of workspace for each thread")
    if call.status >= 0:
        raise_reported(call)
    return 0


cdef int run_together(tgc_call *calls, ptrdiff_t n) except -1:
    cdef tgc_recorder *recorder = tgc_recorder_active()
    cdef double work = 0
    cdef ptrdiff_t i
    cdef int failed
    if recorder != NULL:
        (<Recording>tgc_recorder_handle(recorder)).keep_all(calls, n)
    for i in range(n):
        calls[i].kernel.plan(&calls[i])
        work += calls[i].work
    if work > RELEASE_WORK:
        with nogil:
            failed = tgc_run_together(calls, n)
    else:
        failed = tgc_run_together(calls, n)
    if failed:
        if recorder != NULL:
            (<Recording>tgc_recorder_handle(recorder)).forget(n)
        raise MemoryError(f"{calls[0].kernel.name.decode()}: no memory for the workspace")
    return 0


cdef int raise_reported(const tgc_call *call) except -1:
    """Raises the error that a chunk of the call has reported."""
    cdef char[512] text
    cdef tgc_error error = call.kernel.explain(call, text, sizeof(text))
    raise (IndexError if error == TGC_INDEX_ERROR else RuntimeError)(text.decode())


include "recording.pxi"


# ---- the process ----

def get_num_threads():
    """The number of threads that take part in a kernel, the calling one included."""
    return tgc_get_num_threads()


def set_num_threads(n):
    """Let `n` threads take part in a kernel, the calling one included."""
    n = whole("set_num_threads", "n", n)
    if not 1 <= n <= TGC_MAX_THREADS:
        raise ValueError(f"set_num_threads: n must be from 1 to {TGC_MAX_THREADS}, got {n}")
    tgc_set_num_threads(n)


def memory_stats():
    """Bytes in use, cached and at the peak, and the number of requests to the system; and the bytes
    of this thread's workspace, the scratch memory of the kernels that it calls."""
    return {**tgc_arena_get_stats(), "workspace": tgc_workspace_bytes()}


def reset_peak_memory_stats():
    """Let the peak of `memory_stats` start anew from the bytes that are in use."""
    tgc_arena_reset_peak()


def empty_cache():
    """Hand memory that no array uses back to the operating system."""
    tgc_arena_empty_cache()
    tgc_workspace_release()


def set_memory_cap(nbytes):
    """Let arrays, alive and cached, hold at most `nbytes`; None takes the limit away."""
    nbytes = 0 if nbytes is None else whole("set_memory_cap", "nbytes", nbytes)
    if nbytes < 0:
        raise ValueError(f"set_memory_cap: nbytes must not be negative, got {nbytes}")
    tgc_arena_set_cap(nbytes)


def build_info():
    """The compiler and the flags that the kernels were built with."""
    return {"compiler": TGC_COMPILER.decode(), "flags": TGC_BUILD_FLAGS.decode()}


def isas():
    """The names of the instruction sets that this CPU can run, the plainest first."""
    return [tgc_isa_name(<tgc_isa>i).decode() for i in range(TGC_N_ISAS)
            if tgc_cpu_supports(<tgc_isa>i)]


def current_isa():
    """The name of the instruction set whose kernels run."""
    return tgc_isa_name(tgc_current_isa()).decode()


def use_isa(name):
    """Run the kernels for the instruction set `name` from now on, in the whole process."""
    for i in range(TGC_N_ISAS):
        if tgc_isa_name(<tgc_isa>i).decode() == name and tgc_cpu_supports(<tgc_isa>i):
            tgc_use_isa(<tgc_isa>i)
            return
    raise ValueError(f"use_isa: name must be one of {isas()}, got {name!r}")


if tgc_dispatch_init() != 0:
    import os
    raise ImportError(
        f"TINYGRAD_C_ISA={os.environ['TINYGRAD_C_ISA']} names no instruction set of this CPU; "
        "the names are generic, avx2, avx512")
