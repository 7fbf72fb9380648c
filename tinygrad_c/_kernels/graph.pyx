"""What the graph needs from below on every call: thread state, the caller's line, array headers."""

from libc.string cimport memcmp
from numpy cimport (
    PyArray_DIMS,
    PyArray_ISFLOAT,
    PyArray_NDIM,
    PyArray_TYPE,
    import_array,
    ndarray,
    npy_intp,
)

import os

from tinygrad_c._kernels.runtime cimport block_of, tgc_block

from tinygrad_c._kernels import runtime

import_array()


cdef extern from *:
    """
    /* Each thread has its own modes. */
    static _Thread_local int tgc_grad_enabled = 1;
    static _Thread_local int tgc_inference_enabled = 0;
    """
    bint tgc_grad_enabled
    bint tgc_inference_enabled


cdef extern from "Python.h":
    ctypedef struct PyFrameObject:
        pass
    ctypedef struct PyCodeObject:
        pass
    PyFrameObject *PyEval_GetFrame()
    PyCodeObject *PyFrame_GetCode(PyFrameObject *frame)
    PyFrameObject *PyFrame_GetBack(PyFrameObject *frame)
    int PyFrame_GetLasti(PyFrameObject *frame)
    void Py_DECREF(void *)


cpdef bint grad_enabled() noexcept:
    """Does this thread record operations?"""
    return tgc_grad_enabled


cpdef void set_grad_enabled(bint enabled) noexcept:
    """Whether this thread records operations from now on."""
    global tgc_grad_enabled
    tgc_grad_enabled = enabled


cpdef bint inference_enabled() noexcept:
    """Is this thread in inference mode?"""
    return tgc_inference_enabled


cpdef void set_inference_enabled(bint enabled) noexcept:
    """Whether this thread is in inference mode from now on."""
    global tgc_inference_enabled
    tgc_inference_enabled = enabled


# The package's own files, whose frames are not the user's.
cdef str PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
# The user's code object that was seen last: most often the next call comes from it too.
cdef object last_seen = None


cdef class Place:
    def __str__(self):
        """``file.py:41 in forward``"""
        line = 0
        for start, end, number in self.code.co_lines():
            if start <= self.lasti < end and number is not None:
                line = number
        return f"{self.code.co_filename}:{line} in {self.code.co_name}"


# The place that was made last: a loop over one operation makes one.
cdef Place last_place = Place()


cdef Place place_at(object code, int lasti):
    global last_place
    if last_place.code is not code or last_place.lasti != lasti:
        last_place = Place.__new__(Place)
        last_place.code = code
        last_place.lasti = lasti
    return last_place


cpdef Place caller():
    """The place in the first frame outside this package, or None where there is none."""
    global last_seen
    cdef PyFrameObject *frame = PyEval_GetFrame()  # borrowed, those behind it are owned
    cdef PyFrameObject *outer
    cdef bint owned = False
    cdef Place place = None
    while frame != NULL and place is None:
        code = <object>PyFrame_GetCode(frame)
        Py_DECREF(<void *>code)
        if code is last_seen or not (<str>code.co_filename).startswith(PACKAGE):
            last_seen = code
            place = place_at(code, PyFrame_GetLasti(frame))
        outer = PyFrame_GetBack(frame) if place is None else NULL
        if owned:
            Py_DECREF(frame)
        frame = outer
        owned = True
    return place


cdef long sequence_number = 0


cpdef long next_sequence_number() noexcept:
    """1, 2, 3, ...: the order in which nodes were made."""
    global sequence_number
    sequence_number += 1
    return sequence_number


cpdef bint same_layout(ndarray a, ndarray b) noexcept:
    """Do a and b agree in dtype and shape?"""
    cdef int ndim = PyArray_NDIM(a)
    return (
        PyArray_TYPE(a) == PyArray_TYPE(b)
        and ndim == PyArray_NDIM(b)
        and memcmp(PyArray_DIMS(a), PyArray_DIMS(b), ndim * sizeof(npy_intp)) == 0
    )


cpdef unsigned long version(ndarray array) noexcept:
    """How often the memory under `array` has been written to."""
    cdef tgc_block *block = block_of(array)
    return 0 if block == NULL else block.version


cpdef size_t block_address(ndarray array) noexcept:
    """A number that two arrays share exactly when they are views of the same memory."""
    cdef tgc_block *block = block_of(array)
    return <size_t><void *>array if block == NULL else <size_t>block


cpdef bint is_floating(ndarray array) noexcept:
    """Is the dtype a floating one?"""
    return PyArray_ISFLOAT(array)


def from_any(value, str name=None):
    """An array that the kernels take: `value` itself, an array, seen through a block. A TypeError
    names the operation `name` whose operand it is."""
    if not isinstance(value, ndarray):
        raise TypeError(
            f"{name + ': ' if name else ''}an operand must be a Tensor, a number or a NumPy array, "
            f"got {type(value).__name__}"
        )
    return runtime.from_foreign(value)


cpdef bint shares_memory(ndarray a, ndarray b) noexcept:
    """Are a and b views of the same memory?"""
    return block_address(a) == block_address(b)
