"""Optimizer steps in place, one call for all parameters: bindings of csrc/optim.

Each parameter is a call record of its own; all are filled, then run together in one region of
the thread pool: nothing has changed where one of them is refused. The arrays of one parameter
have one shape and dtype; what a step writes may not overlap itself or another of its operands.
lr and the other numbers may be floats or Cells.
"""

from cpython.mem cimport PyMem_Free, PyMem_Malloc
from numpy cimport (
    PyArray_ISWRITEABLE,
    PyArray_NDIM,
    import_array,
    ndarray,
)

from tinygrad_c._kernels.broadcast cimport check_like, check_writeable, copied, overlaps
from tinygrad_c._kernels.runtime cimport (
    TGC_F32,
    TGC_READ,
    TGC_UPDATE,
    add_operand,
    add_scalar,
    begin,
    block_of,
    dtype_code,
    float_code,
    run_together,
    tgc_call,
)

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_sgd
        TGC_adam
        TGC_rmsprop
        TGC_adagrad


cdef extern from "optim/optim.h" nogil:
    enum:
        TGC_OPTIM_FLAGS
        TGC_MAXIMIZE
        TGC_MOMENTUM
        TGC_FIRST
        TGC_NESTEROV
        TGC_AMSGRAD
        TGC_DECOUPLED
        TGC_CENTERED


cdef int add_like(str name, tgc_call *call, str operand, ndarray array, ndarray param,
                  int access) except -1:
    """Appends an operand that is as `param` in shape and dtype."""
    check_like(name, operand, array, "its parameter", param)
    if access == TGC_UPDATE:
        check_writeable(name, operand, array)
    add_operand(call, array, access)
    return 0


cdef int add_step(str name, tgc_call *call, ndarray step) except -1:
    if PyArray_NDIM(step) != 0 or dtype_code(step) != TGC_F32 or not PyArray_ISWRITEABLE(step):
        raise ValueError(f"{name}: a step must be a writeable 0-d float32 array, "
                         f"got shape {(<object>step).shape} and {step.dtype}")
    add_operand(call, step, TGC_UPDATE)
    return 0


cdef int add_scalars(tgc_call *call, tuple numbers) except -1:
    for number in numbers:
        add_scalar(call, number)
    return 0


cdef int check_lengths(str name, list params, dict others) except -1:
    for operand, arrays in others.items():
        if arrays is not None and len(arrays) != len(params):
            raise ValueError(f"{name}: {operand} must be as many as params, "
                             f"got {len(arrays)} and {len(params)}")
    return 0


# Records are large, and every step needs as many: the buffer of the last one is kept.
cdef tgc_call *spare = NULL
cdef Py_ssize_t spare_length = 0


cdef class Calls:
    """Records for the parameters of one step."""
    cdef tgc_call *records
    cdef Py_ssize_t length
    cdef list copies  # of gradients, until the step is done

    def __cinit__(self, Py_ssize_t length):
        global spare
        if spare_length >= length:
            self.records, self.length, spare = spare, spare_length, NULL
        if self.records == NULL:
            self.records = <tgc_call *>PyMem_Malloc((length or 1) * sizeof(tgc_call))
            self.length = length
        if self.records == NULL:
            raise MemoryError(f"no memory for the records of {length} parameters")

    def __dealloc__(self):
        global spare, spare_length
        PyMem_Free(spare)
        spare, spare_length = self.records, self.length

    cdef tgc_call *start(self, Py_ssize_t i, str name, int kernel, int flags, ndarray param,
                         ndarray grad) except NULL:
        """Begins record i; of a grad that overlaps its parameter a copy is read."""
        cdef tgc_call *call = &self.records[i]
        if block_of(param) == block_of(grad) and overlaps(param, [grad]):
            grad = copied(grad)
            self.copies = [*(self.copies or ()), grad]
        begin(call, kernel, float_code(name, "a parameter", param))
        call.sizes[TGC_OPTIM_FLAGS] = flags
        add_like(name, call, "grad", grad, param, TGC_READ)
        return call


def sgd(list params, list grads, list momentum_buffers or None, first_steps,
        lr, momentum, dampening, weight_decay, bint nesterov, bint maximize):
    """p = p - lr * b, with b = momentum * b + (1 - dampening) * (grad + weight_decay * p).

    momentum_buffers is None, or a buffer for each parameter; where first_steps says that a buffer
    has no value yet, b = grad + weight_decay * p. With nesterov p moves by the gradient plus
    momentum * b; maximize negates grad.
    """
    cdef Calls calls = Calls(len(params))
    cdef tgc_call *call
    cdef Py_ssize_t i
    check_lengths("sgd", params, {"grads": grads, "momentum_buffers": momentum_buffers,
                                  "first_steps": first_steps})
    cdef tuple scalars = (lr, momentum, dampening, weight_decay)
    cdef int flags = (TGC_MAXIMIZE if maximize else 0) | (TGC_NESTEROV if nesterov else 0)
    for i in range(len(params)):
        call = calls.start(i, "sgd", TGC_sgd, flags, params[i], grads[i])
        if momentum_buffers is not None:
            add_like("sgd", call, "a momentum buffer", momentum_buffers[i], params[i], TGC_UPDATE)
            call.sizes[TGC_OPTIM_FLAGS] |= TGC_MOMENTUM | (TGC_FIRST if first_steps[i] else 0)
        add_like("sgd", call, "a parameter", params[i], params[i], TGC_UPDATE)
        add_scalars(call, scalars)
    run_together(calls.records, len(params))


def adam(list params, list grads, list exp_avgs, list exp_avg_sqs, list max_exp_avg_sqs or None,
         list steps, lr, beta1, beta2, eps, weight_decay, bint decoupled, bint maximize):
    """p = p - lr * m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + eps)

    m and v are the running averages of grad and grad**2 in exp_avgs and exp_avg_sqs, t the number
    in steps (0-d float32), which is raised by one first. max_exp_avg_sqs is None or holds the
    largest v so far, which then takes its place (AMSGrad). weight_decay * p is added to grad or,
    decoupled, lr * weight_decay * p is taken from p; maximize negates grad.
    """
    cdef Calls calls = Calls(len(params))
    cdef tgc_call *call
    cdef Py_ssize_t i
    check_lengths("adam", params, {"grads": grads, "exp_avgs": exp_avgs,
                                   "exp_avg_sqs": exp_avg_sqs, "max_exp_avg_sqs": max_exp_avg_sqs,
                                   "steps": steps})
    cdef tuple scalars = (lr, beta1, beta2, eps, weight_decay)
    cdef int flags = ((TGC_MAXIMIZE if maximize else 0) | (TGC_DECOUPLED if decoupled else 0)
                      | (0 if max_exp_avg_sqs is None else TGC_AMSGRAD))
    for i in range(len(params)):
        call = calls.start(i, "adam", TGC_adam, flags, params[i], grads[i])
        add_like("adam", call, "exp_avg", exp_avgs[i], params[i], TGC_UPDATE)
        add_like("adam", call, "exp_avg_sq", exp_avg_sqs[i], params[i], TGC_UPDATE)
        if max_exp_avg_sqs is not None:
            add_like("adam", call, "max_exp_avg_sq", max_exp_avg_sqs[i], params[i], TGC_UPDATE)
        add_like("adam", call, "a parameter", params[i], params[i], TGC_UPDATE)
        add_step("adam", call, steps[i])
        add_scalars(call, scalars)
    run_together(calls.records, len(params))


def rmsprop(list params, list grads, list square_avgs, list grad_avgs or None,
            list momentum_buffers or None, list steps, lr, alpha, eps, weight_decay, momentum,
            bint maximize):
    """p = p - lr * d with d = g / (sqrt(v) + eps), or p - lr * b with b = momentum * b + d.

    g is grad + weight_decay * p, v the running average of g**2 in square_avgs: v = alpha * v +
    (1 - alpha) * g**2. With grad_avgs, running averages m of g, d has v - m**2 in place of v.
    The numbers in steps (0-d float32) are raised by one; maximize negates grad.
    """
    cdef Calls calls = Calls(len(params))
    cdef tgc_call *call
    cdef Py_ssize_t i
    check_lengths("rmsprop", params, {
        "grads": grads, "square_avgs": square_avgs, "grad_avgs": grad_avgs,
        "momentum_buffers": momentum_buffers, "steps": steps})
    cdef tuple scalars = (lr, alpha, eps, weight_decay, momentum)
    cdef int flags = ((TGC_MAXIMIZE if maximize else 0)
                      | (0 if grad_avgs is None else TGC_CENTERED)
                      | (0 if momentum_buffers is None else TGC_MOMENTUM))
    for i in range(len(params)):
        call = calls.start(i, "rmsprop", TGC_rmsprop, flags, params[i], grads[i])
        add_like("rmsprop", call, "square_avg", square_avgs[i], params[i], TGC_UPDATE)
        if grad_avgs is not None:
            add_like("rmsprop", call, "grad_avg", grad_avgs[i], params[i], TGC_UPDATE)
        if momentum_buffers is not None:
            add_like("rmsprop", call, "a momentum buffer", momentum_buffers[i], params[i],
                     TGC_UPDATE)
        add_like("rmsprop", call, "a parameter", params[i], params[i], TGC_UPDATE)
        add_step("rmsprop", call, steps[i])
        add_scalars(call, scalars)
    run_together(calls.records, len(params))


def adagrad(list params, list grads, list sums, list steps, lr, lr_decay, eps, weight_decay,
            bint maximize):
    """p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)

    g is grad + weight_decay * p, s the sum of all g**2 in sums, t the number in steps (0-d
    float32), which is raised by one first; maximize negates grad.
    """
    cdef Calls calls = Calls(len(params))
    cdef tgc_call *call
    cdef Py_ssize_t i
    check_lengths("adagrad", params, {"grads": grads, "sums": sums, "steps": steps})
    cdef tuple scalars = (lr, lr_decay, eps, weight_decay)
    cdef int flags = TGC_MAXIMIZE if maximize else 0
    for i in range(len(params)):
        call = calls.start(i, "adagrad", TGC_adagrad, flags, params[i], grads[i])
        add_like("adagrad", call, "sum", sums[i], params[i], TGC_UPDATE)
        add_like("adagrad", call, "a parameter", params[i], params[i], TGC_UPDATE)
        add_step("adagrad", call, steps[i])
        add_scalars(call, scalars)
    run_together(calls.records, len(params))
