cdef int GRAD, GRADS, NEEDS
cdef int OPERAND, OUTPUT, SHAPE, SHAPES, PARAMETER, EXTRA


cdef class Keep:
    cdef public int kind
    cdef public int index
    cdef public str name


cdef class Rule:
    cdef public object function
    cdef public tuple sources
    cdef public bint takes_grad
    cdef public bint takes_grad_and_kept


cdef class Plan:
    cdef public list keeps
    cdef public list rules
    cdef public Rule joint
    cdef public bint fused
    cdef public bint keeps_first
    cdef public bint keeps_arrays
    cdef public bint foreign
