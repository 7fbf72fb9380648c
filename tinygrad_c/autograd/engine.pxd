cimport cython

from tinygrad_c._kernels cimport graph
from tinygrad_c.autograd cimport node as nodes
from tinygrad_c.autograd cimport op as ops
from tinygrad_c.autograd cimport plan as plans
from tinygrad_c.autograd.node cimport Node, TensorBase
from tinygrad_c.autograd.plan cimport Keep, Plan


@cython.final
cdef class Backward:
    cdef public bint retain_graph
    cdef public bint create_graph
    cdef public dict pending
    cdef public Node next
    cdef public list heap
    cdef public dict leaves
    cdef public dict wanted
    cdef public set needed
    cdef public set given

    @cython.locals(slots=list, index=int, target=object, node=Node)
    cpdef send(self, tuple edge, TensorBase gradient)

    cpdef wait(self, Node node)

    @cython.locals(node=Node, slots=list)
    cpdef go(self)

    @cython.locals(plan=Plan, kept=list, gradients=list, i=int)
    cpdef step(self, Node node, list slots)

    @cython.locals(source=int, args=list)
    cpdef call(self, tuple call, list slots, list values, Node node)

    @cython.locals(t=TensorBase, kind=int, i=int, keep=Keep, plan=Plan, values=list,
                   version="unsigned long")
    cpdef list values(self, Node node, list kept)

    cpdef own(self, TensorBase gradient)


cpdef TensorBase fit(TensorBase gradient, layout, TensorBase like, Node node)


cpdef TensorBase output_tensor(Node node, int index, array, bint create_graph)
