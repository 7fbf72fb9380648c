cimport cython
from numpy cimport ndarray


@cython.final
@cython.no_gc
@cython.freelist(256)
cdef class Place:
    """A place in a program: a code object and the offset of an instruction in it."""
    cdef readonly object code
    cdef readonly int lasti


cpdef bint grad_enabled() noexcept
cpdef void set_grad_enabled(bint enabled) noexcept
cpdef bint inference_enabled() noexcept
cpdef void set_inference_enabled(bint enabled) noexcept
cpdef Place caller()
cpdef long next_sequence_number() noexcept
cpdef bint same_layout(ndarray a, ndarray b) noexcept
cpdef unsigned long version(ndarray array) noexcept
cpdef size_t block_address(ndarray array) noexcept
cpdef bint is_floating(ndarray array) noexcept
cpdef bint shares_memory(ndarray a, ndarray b) noexcept
