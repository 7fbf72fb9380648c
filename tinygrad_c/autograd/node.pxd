cimport cython

from tinygrad_c._kernels cimport graph, objects
from tinygrad_c._kernels.graph cimport Place


cdef class Node


cdef class TensorBase:
    cdef public object array
    cdef public bint needs_grad
    cdef public object gradient
    cdef public Node node
    cdef public int output_nr
    cdef public TensorBase base
    cdef public tuple view_steps
    cdef public Node base_node
    cdef public dict hooks
    cdef public dict post_hooks
    cdef public bint inference
    cdef object __weakref__


@cython.final
cdef class Node:
    cdef public object op
    cdef public object plan
    cdef public tuple kept
    cdef public tuple edges
    cdef public list layouts
    cdef public int n_outputs
    cdef public long number
    cdef public Place place
    cdef public dict hooks
    cdef object __weakref__


@cython.locals(node=Node)
cpdef Node new_node(op, plan, tuple kept, tuple edges, list layouts, int n_outputs)


cpdef retain(TensorBase t, Node node, int index)
