cpdef object new_instance(type cls)
cpdef void track(object value) noexcept
cpdef void untrack(object value) noexcept
