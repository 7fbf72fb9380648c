from tinygrad_c.autograd.node cimport TensorBase
from tinygrad_c.autograd.op cimport Op

cdef Op add, div, matmul, mul, sub


cdef class TensorCore(TensorBase):
    pass
