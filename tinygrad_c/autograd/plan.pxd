cdef int GRAD, GRADS, NEEDS
cdef int OPERAND, OUTPUT, OUTPUTS, SHAPE, SHAPES, PARAMETER, EXTRA


cdef class Keep:
    cdef public int kind
    cdef public int index
    cdef public str name


cdef class Plan:
    cdef public list keeps
    cdef public list rules
    cdef public tuple joint
    cdef public bint fused
    cdef public bint keeps_first
