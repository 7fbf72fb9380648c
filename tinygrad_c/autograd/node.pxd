cimport cython

from tinygrad_c._kernels cimport graph
from tinygrad_c._kernels.graph cimport Place


cdef class TensorBase:
    cdef public object array
    cdef public bint needs_grad
    cdef public object gradient
    cdef public tuple edge
    cdef public TensorBase base
    cdef public tuple view_steps
    cdef public tuple base_edge
    cdef public dict hooks
    cdef public dict post_hooks
    cdef public bint inference
    cdef object __weakref__


@cython.final
@cython.freelist(256)
cdef class Node:
    cdef public object op
    cdef public object plan
    cdef public list kept
    cdef public list edges
    cdef public list layouts
    cdef public int n_outputs
    cdef public long number
    cdef public Place place
    cdef public dict hooks
    cdef object __weakref__


@cython.locals(node=Node)
cpdef Node new_node(op, plan, list kept, list edges, list layouts, int n_outputs)
