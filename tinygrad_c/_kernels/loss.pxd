# The number of a reduction ("none", "mean" or "sum") in csrc/loss/loss.h; ValueError if it is none.
cdef int find_reduction(str name, object reduction) except -1
