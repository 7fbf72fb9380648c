from tinygrad_c._kernels cimport graph
from tinygrad_c.autograd cimport node as nodes
from tinygrad_c.autograd cimport op as ops
from tinygrad_c.autograd cimport plan as plans
