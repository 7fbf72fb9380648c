cimport cython

from tinygrad_c._kernels cimport graph
from tinygrad_c.autograd cimport node as nodes
from tinygrad_c.autograd cimport op as ops
from tinygrad_c.autograd cimport plan as plans
from tinygrad_c.autograd.node cimport Node, TensorBase
from tinygrad_c.autograd.plan cimport Keep, Plan, Rule


@cython.final
cdef class Backward:
    cdef public bint retain_graph
    cdef public bint create_graph
    cdef public Node next
    cdef public list next_slots
    cdef public list heap
    cdef public dict pending
    cdef public dict leaves
    cdef public dict wanted
    cdef public set needed
    cdef public set given

    @cython.locals(slots=list)
    cpdef send(self, target, int index, TensorBase gradient)

    @cython.locals(slots=list)
    cpdef list slots_of(self, Node node)

    cpdef put_off(self, Node node, list slots)

    @cython.locals(node=Node, slots=list, is_end=bint)
    cpdef go(self)

    @cython.locals(index=int)
    cpdef capture(self, Node node, list slots)

    @cython.locals(plan=Plan, i=int)
    cpdef step(self, Node node, list slots)

    cpdef send_on(self, Node node, int i, list slots, TensorBase gradient)

    @cython.locals(source=int, args=list)
    cpdef call(self, Rule rule, list slots, Node node)

    @cython.locals(keep=Keep, plan=Plan, version="unsigned long")
    cpdef value(self, Node node, int i)

    cpdef TensorBase operand(self, Node node, int i, array)

    cpdef TensorBase output(self, Node node, int index, array)

    cpdef own(self, TensorBase gradient)


cpdef TensorBase fit(TensorBase gradient, layout, TensorBase like)
