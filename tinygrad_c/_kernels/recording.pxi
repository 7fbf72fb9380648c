# Record and replay; a part of runtime.pyx, which csrc is linked into.

def run_python(function):
    """Run `function`, work that needs Python; a recording keeps it and replays it in its place."""
    cdef tgc_recorder *recorder = tgc_recorder_active()
    if recorder != NULL:
        (<Recording>tgc_recorder_handle(recorder)).keep_python(function)
    function()


cdef class Recording:
    """The calls that this thread runs inside ``with Recording() as r``, to be run again.

    ``r.replay()`` runs them in C, without Python, on the same memory: bit for bit what the step
    computes when its inputs are copied into the arrays that the recorded step read. The memory of
    every operand stays alive with the recording. Numbers that change between replays are Cells.
    """
    cdef tgc_recorder *recorder
    cdef list descriptions  # (name, shapes, bytes) of each call
    cdef dict functions     # the Python function of each stop, by its index
    cdef set kept           # the Blocks and Cells whose addresses the calls hold
    cdef bint replaying

    def __cinit__(self):
        self.recorder = tgc_recorder_new(<void *>self)
        if self.recorder == NULL:
            raise MemoryError("Recording: no memory for a recorder")
        self.descriptions = []
        self.functions = {}
        self.kept = set()

    def __dealloc__(self):
        if self.recorder != NULL:
            tgc_recorder_delete(self.recorder)

    def __enter__(self):
        if tgc_recorder_active() != NULL:
            raise RuntimeError("Recording: this thread is recording already")
        if self.descriptions:
            raise RuntimeError("Recording: a recording is made once, this one is full")
        tgc_recorder_activate(self.recorder)
        return self

    def __exit__(self, *exception):
        tgc_recorder_activate(NULL)

    cdef int keep(self, tgc_call *call) except -1:
        """Describes the call and keeps what its addresses point to, before it is planned."""
        cdef str name = call.kernel.name.decode()
        cdef size_t nbytes = 0, n
        cdef tgc_operand *o
        cdef int i, d
        shapes = []
        for i in range(call.n_operands):
            o = &call.operands[i]
            if o.block == NULL:
                raise ValueError(f"{name}: operand {i} must have a block while calls are recorded, "
                                 "got memory of somebody else; from_foreign(array) gives it one")
            n = tgc_item_size(o.dtype)
            for d in range(o.ndim):
                n *= 1 if o.strides[d] == 0 else <size_t>o.shape[d]
            nbytes += n
            shapes.append(tuple([o.shape[d] for d in range(o.ndim)]))
        for i in range(call.n_operands):
            self.kept.add(<object><PyObject *>call.operands[i].block.handle)
        for i in range(call.n_scalars):
            if call.scalars[i].cell != NULL:
                self.kept.add(<object><PyObject *>(<char *>call.scalars[i].cell - VALUE_OFFSET))
        self.descriptions.append((name, shapes, nbytes))
        return 0

    cdef int keep_all(self, tgc_call *calls, ptrdiff_t n) except -1:
        """`keep` for all calls or, where it fails for one, for none."""
        cdef ptrdiff_t i = 0
        try:
            while i < n:
                self.keep(&calls[i])
                i += 1
        finally:
            if i < n:
                self.forget(i)
        return 0

    cdef int forget(self, ptrdiff_t n) except -1:
        """Takes back the descriptions of the last n calls, which did not run."""
        del self.descriptions[len(self.descriptions) - n:]
        return 0

    cdef int keep_python(self, function) except -1:
        self.functions[tgc_recorder_length(self.recorder)] = function
        if tgc_recorder_append(self.recorder, NULL) != 0:
            raise MemoryError("Recording: no memory for another call")
        self.descriptions.append((getattr(function, "__name__", "python"), [], 0))
        return 0

    def calls(self):
        """The name, the operands' shapes and the bytes that they span, of each call in order."""
        return list(self.descriptions)

    def replay(self):
        """Run all calls again; raises what they raise of bad values, an index out of range, say."""
        cdef ptrdiff_t i = 0
        if tgc_recorder_active() != NULL:
            raise RuntimeError("replay: this thread is recording")
        if self.replaying:
            raise RuntimeError("replay: another thread is replaying this recording")
        if tgc_recorder_reserve(self.recorder) != 0:
            raise MemoryError("replay: no memory for the workspace")
        self.replaying = True
        try:
            while True:
                with nogil:
                    i = tgc_recorder_replay(self.recorder, i)
                if i == tgc_recorder_length(self.recorder):
                    return
                self.handle_stop(i)
                i += 1
        finally:
            self.replaying = False

    cdef int handle_stop(self, ptrdiff_t i) except -1:
        cdef const tgc_call *call = tgc_recorder_call(self.recorder, i)
        if call != NULL:
            raise_reported(call)
        self.functions[i]()
        return 0
