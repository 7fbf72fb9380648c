from cpython.object cimport PyObject
from libc.stdint cimport int32_t, uint64_t
from numpy cimport dtype as np_dtype
from numpy cimport ndarray, npy_intp


cdef extern from "runtime/arena.h" nogil:
    ctypedef struct tgc_block:
        void *data
        size_t nbytes
        uint64_t version
        int32_t size_class
        void *handle

    ctypedef struct tgc_arena_stats:
        size_t in_use
        size_t cached
        size_t peak
        size_t n_system

    int tgc_arena_alloc(tgc_block *block, size_t nbytes)
    void tgc_arena_free(tgc_block *block)
    void tgc_arena_empty_cache()
    void tgc_arena_set_cap(size_t nbytes)
    tgc_arena_stats tgc_arena_get_stats()
    void tgc_arena_reset_peak()


cdef extern from "runtime/call.h" nogil:
    enum:
        TGC_MAX_DIMS
        TGC_MAX_OPERANDS
        TGC_MAX_SCALARS

    ctypedef enum tgc_dtype:
        TGC_BOOL
        TGC_U8
        TGC_I32
        TGC_I64
        TGC_F32
        TGC_F64
        TGC_N_DTYPES

    enum:
        TGC_READ
        TGC_WRITE
        TGC_UPDATE

    ctypedef struct tgc_call

    ctypedef struct tgc_operand:
        char *data
        tgc_block *block
        ptrdiff_t *shape
        ptrdiff_t *strides
        signed char ndim
        signed char dtype
        signed char access

    ctypedef struct tgc_scalar:
        double value
        const double *cell

    ctypedef enum tgc_error:
        TGC_INDEX_ERROR

    ctypedef struct tgc_kernel:
        const char *name
        void (*plan)(tgc_call *call) noexcept nogil
        tgc_error (*explain)(const tgc_call *call, char *text, size_t size) noexcept nogil

    ctypedef struct tgc_call:
        const tgc_kernel *kernel
        ptrdiff_t n_chunks
        double work
        size_t workspace
        ptrdiff_t status
        int n_operands
        int n_scalars
        tgc_scalar *scalars
        ptrdiff_t *sizes
        tgc_operand *operands

    size_t tgc_item_size(int dtype)


cdef extern from "runtime/dispatch.h" nogil:
    ctypedef enum tgc_isa:
        TGC_N_ISAS

    const char *tgc_isa_name(tgc_isa isa)
    int tgc_cpu_supports(tgc_isa isa)
    int tgc_dispatch_init()
    void tgc_use_isa(tgc_isa isa)
    tgc_isa tgc_current_isa()

    # A tgc_kernel_id: `kernels.h` names them, each binding declares those that it runs.
    const tgc_kernel *tgc_find_kernel(int kernel, int dtype)


cdef extern from "runtime/threads.h" nogil:
    enum:
        TGC_MAX_THREADS

    int tgc_get_num_threads()
    void tgc_set_num_threads(int n)


cdef extern from "runtime/workspace.h" nogil:
    void tgc_workspace_release()
    size_t tgc_workspace_bytes()


cdef extern from "runtime/recorder.h" nogil:
    ctypedef struct tgc_recorder

    int tgc_run(tgc_call *call)
    int tgc_run_together(tgc_call *calls, ptrdiff_t n)
    tgc_recorder *tgc_recorder_new(void *handle)
    void tgc_recorder_delete(tgc_recorder *recorder)
    void *tgc_recorder_handle(const tgc_recorder *recorder)
    void tgc_recorder_activate(tgc_recorder *recorder)
    tgc_recorder *tgc_recorder_active()
    int tgc_recorder_append(tgc_recorder *recorder, const tgc_call *call)
    ptrdiff_t tgc_recorder_length(const tgc_recorder *recorder)
    const tgc_call *tgc_recorder_call(const tgc_recorder *recorder, ptrdiff_t index)
    int tgc_recorder_reserve(const tgc_recorder *recorder)
    ptrdiff_t tgc_recorder_replay(const tgc_recorder *recorder, ptrdiff_t start)


cdef class Block:
    """The memory under one or several arrays, with the count of writes to it."""
    cdef tgc_block c
    cdef object owner  # of the memory, where that is not the arena


cdef class Cell:
    """A number that may change between replays: kernels read `value` when they run."""
    cdef public double value


# ---- arrays ----

cdef int dtype_code(ndarray array) except -1
# The code of a NumPy dtype, or of what np.dtype() makes of `dtype`.
cdef int dtype_code_of(object dtype) except -1
# The code of an array of float32 or float64; TypeError for others.
cdef int float_code(str op, str operand, ndarray a) except -1
# An array over memory that `owner` keeps alive.
cdef ndarray wrap(object owner, np_dtype descr, int ndim, const npy_intp *shape,
                  const npy_intp *strides, void *data, int flags)
# A new C-contiguous array over a new block; its contents are undefined.
cdef ndarray empty(int ndim, const npy_intp *shape, int dtype)
# `array`, or a view of it over a block, where its memory is not the arena's.
cpdef ndarray from_foreign(ndarray array)

# ---- blocks ----

# The block under `array`, or NULL where NumPy or somebody else owns the memory.
cdef tgc_block *block_of(ndarray array) noexcept

# ---- calls ----

# Starts a record: kernel `kernel` (a tgc_kernel_id) for `dtype`. TypeError where there is none.
cdef int begin(tgc_call *call, int kernel, int dtype) except -1
# Appends an operand to the record; 0 <= its index is returned.
cdef int add_operand(tgc_call *call, ndarray array, int access) except -1
# The same, seen through the shape of a result that it broadcasts to.
cdef int add_broadcast(tgc_call *call, ndarray array, int ndim, const npy_intp *shape) except -1
# Appends a scalar, a number or a Cell; its index is returned.
cdef int add_scalar(tgc_call *call, object value) except -1
# Plans the n records and runs them, as if one after the other, in one region of the pool.
cdef int run_together(tgc_call *calls, ptrdiff_t n) except -1
# Plans the record and runs it, without the GIL where the work is worth it. Raises what the kernel
# says of a bad value that it found.
cdef int run(tgc_call *call) except -1
