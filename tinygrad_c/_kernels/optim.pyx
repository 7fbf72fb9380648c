"""Optimizer steps in place, one call for all parameters: bindings of csrc/optim.

Each parameter is a call record of its own. The arrays of one parameter have one shape and dtype;
what a step writes may not overlap itself or another of its operands. lr and the other numbers
may be floats or Cells.
"""

from libc.string cimport memcmp
from numpy cimport (
    PyArray_DIMS,
    PyArray_ISWRITEABLE,
    PyArray_NDIM,
    PyArray_STRIDES,
    import_array,
    ndarray,
    npy_intp,
)

from tinygrad_c._kernels.runtime cimport (
    TGC_F32,
    TGC_READ,
    TGC_UPDATE,
    add_operand,
    add_scalar,
    begin,
    dtype_code,
    run,
    tgc_call,
)

from tinygrad_c.errors import ShapeError

import_array()


cdef extern from "runtime/kernels.h" nogil:
    enum:
        TGC_sgd
        TGC_adam


cdef extern from "optim/optim.h" nogil:
    enum:
        TGC_OPTIM_FLAGS
        TGC_MAXIMIZE
        TGC_MOMENTUM
        TGC_FIRST
        TGC_NESTEROV
        TGC_AMSGRAD
        TGC_DECOUPLED


cdef int add_like(str name, tgc_call *call, str operand, ndarray array, ndarray param,
                  int access) except -1:
    """Appends an operand that is as `param` in shape and dtype."""
    cdef int d
    if PyArray_NDIM(array) != PyArray_NDIM(param) or memcmp(
            PyArray_DIMS(array), PyArray_DIMS(param), PyArray_NDIM(array) * sizeof(npy_intp)) != 0:
        raise ShapeError(f"{name}: {operand} must have the same shape as its parameter, "
                         f"got {(<object>array).shape} and {(<object>param).shape}")
    if dtype_code(array) != dtype_code(param):
        raise TypeError(f"{name}: {operand} must have the same dtype as its parameter, "
                        f"got {array.dtype} and {param.dtype}")
    if access == TGC_UPDATE:
        if not PyArray_ISWRITEABLE(array):
            raise ValueError(f"{name}: {operand} must be writeable, got a read-only array")
        for d in range(PyArray_NDIM(array)):
            if PyArray_STRIDES(array)[d] == 0 and PyArray_DIMS(array)[d] > 1:
                raise ValueError(f"{name}: {operand} must have distinct elements, "
                                 f"got strides {(<object>array).strides}")
    add_operand(call, array, access)
    return 0


cdef int start(str name, tgc_call *call, int kernel, ndarray param, ndarray grad) except -1:
    if dtype_code(param) < TGC_F32:
        raise TypeError(f"{name}: a parameter must be float32 or float64, got {param.dtype}")
    begin(call, kernel, dtype_code(param))
    add_like(name, call, "grad", grad, param, TGC_READ)
    return 0


cdef int check_lengths(str name, list params, dict others) except -1:
    for operand, arrays in others.items():
        if arrays is not None and len(arrays) != len(params):
            raise ValueError(f"{name}: {operand} must be as many as params, "
                             f"got {len(arrays)} and {len(params)}")
    return 0


def sgd(list params, list grads, list momentum_buffers or None, first_steps,
        lr, momentum, dampening, weight_decay, bint nesterov, bint maximize):
    """p = p - lr * b, with b = momentum * b + (1 - dampening) * (grad + weight_decay * p).

    momentum_buffers is None, or a buffer for each parameter; where first_steps says that a buffer
    has no value yet, b = grad + weight_decay * p. With nesterov p moves by the gradient plus
    momentum * b; maximize negates grad.
    """
    cdef tgc_call call
    cdef ndarray param, grad, momentum_buffer
    cdef Py_ssize_t i
    check_lengths("sgd", params, {"grads": grads, "momentum_buffers": momentum_buffers,
                                  "first_steps": first_steps})
    cdef int flags = (TGC_MAXIMIZE if maximize else 0) | (TGC_NESTEROV if nesterov else 0)
    for i in range(len(params)):
        param, grad = params[i], grads[i]
        start("sgd", &call, TGC_sgd, param, grad)
        call.sizes[TGC_OPTIM_FLAGS] = flags
        if momentum_buffers is not None:
            momentum_buffer = momentum_buffers[i]
            add_like("sgd", &call, "a momentum buffer", momentum_buffer, param, TGC_UPDATE)
            call.sizes[TGC_OPTIM_FLAGS] |= TGC_MOMENTUM | (TGC_FIRST if first_steps[i] else 0)
        add_like("sgd", &call, "a parameter", param, param, TGC_UPDATE)
        for number in (lr, momentum, dampening, weight_decay):
            add_scalar(&call, number)
        run(&call)


def adam(list params, list grads, list exp_avgs, list exp_avg_sqs, list max_exp_avg_sqs or None,
         list steps, lr, beta1, beta2, eps, weight_decay, bint decoupled, bint maximize):
    """p = p - lr * m / (1 - beta1**t) / (sqrt(v / (1 - beta2**t)) + eps)

    m and v are the running averages of grad and grad**2 in exp_avgs and exp_avg_sqs, t the number
    in steps (0-d float32), which is raised by one first. max_exp_avg_sqs is None or holds the
    largest v so far, which then takes its place (AMSGrad). weight_decay * p is added to grad or,
    decoupled, lr * weight_decay * p is taken from p; maximize negates grad.
    """
    cdef tgc_call call
    cdef ndarray param, grad, state, step
    cdef Py_ssize_t i
    check_lengths("adam", params, {"grads": grads, "exp_avgs": exp_avgs,
                                   "exp_avg_sqs": exp_avg_sqs, "max_exp_avg_sqs": max_exp_avg_sqs,
                                   "steps": steps})
    cdef int flags = ((TGC_MAXIMIZE if maximize else 0) | (TGC_DECOUPLED if decoupled else 0)
                      | (0 if max_exp_avg_sqs is None else TGC_AMSGRAD))
    for i in range(len(params)):
        param, grad, step = params[i], grads[i], steps[i]
        start("adam", &call, TGC_adam, param, grad)
        call.sizes[TGC_OPTIM_FLAGS] = flags
        state = exp_avgs[i]
        add_like("adam", &call, "exp_avg", state, param, TGC_UPDATE)
        state = exp_avg_sqs[i]
        add_like("adam", &call, "exp_avg_sq", state, param, TGC_UPDATE)
        if max_exp_avg_sqs is not None:
            state = max_exp_avg_sqs[i]
            add_like("adam", &call, "max_exp_avg_sq", state, param, TGC_UPDATE)
        add_like("adam", &call, "a parameter", param, param, TGC_UPDATE)
        if PyArray_NDIM(step) != 0 or dtype_code(step) != TGC_F32 or not PyArray_ISWRITEABLE(step):
            raise ValueError("adam: a step must be a writeable 0-d float32 array, "
                             f"got shape {(<object>step).shape} and {step.dtype}")
        add_operand(&call, step, TGC_UPDATE)
        for number in (lr, beta1, beta2, eps, weight_decay):
            add_scalar(&call, number)
        run(&call)
