from numpy cimport ndarray, npy_intp

cdef ndarray apply(str op, int kernel, int code, int y_code, ndarray a, ndarray b, ndarray c,
                   ndarray out)
cdef ndarray to_code(ndarray a, int code)
cdef ndarray assign(str op, ndarray dst, ndarray src)
cdef bint broadcasts_to(ndarray a, int ndim, const npy_intp *shape) noexcept
cdef str shapes_of(list arrays)
cdef int check_like(str op, str name, ndarray a, str name_like, ndarray like) except -1
cdef int check_out(str op, ndarray out, int ndim, const npy_intp *shape, int code) except -1
cdef int check_writeable(str op, str name, ndarray out) except -1
cdef int check_ndim(str op, int ndim) except -1
cpdef int find_axis(str op, object dim, int ndim) except -1
cdef int broadcast_shapes(str op, list operands, npy_intp *shape) except -1
cdef ndarray copied(ndarray a)
cdef bint overlaps(ndarray out, list operands) except -1
