cimport cython

from tinygrad_c._kernels cimport graph, objects
from tinygrad_c.autograd cimport node as nodes
from tinygrad_c.autograd cimport plan as plans
from tinygrad_c.autograd.node cimport Node, TensorBase
from tinygrad_c.autograd.plan cimport Keep, Plan


cdef type tensor_type


@cython.final
cdef class Op:
    cdef public str name
    cdef public object forward
    cdef public int n_operands
    cdef public int n_required
    cdef public bint variadic
    cdef public tuple operands
    cdef public tuple parameters
    cdef public tuple defaults
    cdef public bint writes_out
    cdef public bint view
    cdef public bint casts
    cdef public bint real
    cdef public dict rules
    cdef public object joint
    cdef public object definition
    cdef public list plans
    cdef dict __dict__

    cpdef binary(self, a, b)

    @cython.locals(mask=int, y=TensorBase)
    cpdef apply(self, tuple operands, tuple args, dict kwargs)

    @cython.locals(a=TensorBase, b=TensorBase, arrays=list, t=TensorBase)
    cpdef run(self, tuple operands, tuple args, dict kwargs)

    @cython.locals(t=TensorBase, mask=int, bit=int, position=int)
    cpdef int mask(self, tuple operands) except -2

    @cython.locals(lifted=list)
    cpdef tuple lifted(self, tuple operands)

    @cython.locals(y=TensorBase, index=int)
    cpdef finish_many(self, tuple operands, tuple args, dict kwargs, tuple result, int mask)

    @cython.locals(keep=Keep, plan=Plan, keeps=list, n_outputs=int)
    cpdef Node record(self, tuple operands, tuple args, dict kwargs, TensorBase y, tuple ys,
                      dict extras, int mask)
    cpdef Plan plan(self, int mask)

    @cython.locals(t=TensorBase)
    cpdef kept_value(self, Keep keep, tuple operands, tuple args, dict kwargs, TensorBase y,
                     tuple ys, dict extras)
    cpdef parameter(self, str name, tuple args, dict kwargs)

    cpdef remember_view(self, TensorBase y, TensorBase a, tuple args, dict kwargs)


@cython.locals(t=TensorBase)
cpdef TensorBase wrap(array)


@cython.locals(t=TensorBase)
cpdef TensorBase output(array, Node node, int index)


@cython.locals(a=TensorBase, b=TensorBase, t=TensorBase)
cpdef tuple edges_of(tuple operands)


cpdef target_of(TensorBase t)


cpdef int index_of(TensorBase t)


@cython.locals(t=TensorBase, i=int)
cpdef list layouts_of(tuple operands, y)


cpdef unsigned long version(Keep keep, value)


@cython.locals(base=TensorBase)
cpdef refresh(TensorBase t)


cpdef TensorBase lift(value, TensorBase like, str name)
