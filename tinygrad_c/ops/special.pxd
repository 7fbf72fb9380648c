from tinygrad_c._kernels cimport elementwise as kernels
