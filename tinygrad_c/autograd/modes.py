"""Whether operations are recorded: context managers that are decorators too, per thread."""

import functools
import inspect

from tinygrad_c._kernels import graph

__all__ = [
    "enable_grad",
    "inference_mode",
    "is_grad_enabled",
    "is_inference_mode_enabled",
    "no_grad",
    "set_grad_enabled",
]


def is_grad_enabled():
    """True if this thread records operations."""
    return graph.grad_enabled()


def is_inference_mode_enabled():
    """True if this thread is in inference mode."""
    return graph.inference_enabled()


def modes():
    """What holds in this thread."""
    return graph.grad_enabled(), graph.inference_enabled()


def restore(before):
    """Let what `modes` returned hold again."""
    recording, inference = before
    graph.set_grad_enabled(recording)
    graph.set_inference_enabled(inference)


def record(wanted):
    """Let this thread record operations, or not; in inference mode it never does."""
    graph.set_grad_enabled(wanted and not graph.inference_enabled())


class Mode:
    """A context manager that sets a mode of the thread and puts back what was before.

    As a decorator it does so around each call; around each step of a generator function.
    """

    def __enter__(self):
        self.__dict__.setdefault("before", []).append(modes())
        self.set()
        return self

    def __exit__(self, *exception):
        restore(self.before.pop())

    def call(self, function, *args, **kwargs):
        """`function` in this mode. Such calls may overlap, in several threads: what was before is
        theirs, not the mode's."""
        before = modes()
        self.set()
        try:
            return function(*args, **kwargs)
        finally:
            restore(before)

    def __call__(self, function):
        if inspect.isgeneratorfunction(function):
            return self.around_generator(function)

        @functools.wraps(function)
        def inside(*args, **kwargs):
            return self.call(function, *args, **kwargs)

        return inside

    def around_generator(self, function):
        """The mode holds while the generator runs, and not while its caller does."""

        @functools.wraps(function)
        def inside(*args, **kwargs):
            generator = function(*args, **kwargs)
            send, value = generator.send, None
            while True:
                try:
                    item = self.call(send, value)
                except StopIteration as stop:
                    return stop.value
                try:
                    send, value = generator.send, (yield item)
                except GeneratorExit:
                    self.call(generator.close)
                    raise
                except BaseException as error:
                    send, value = generator.throw, error

        return inside


class Switch(Mode):
    """A mode without arguments, which also decorates without parentheses."""

    def __new__(cls, function=None):
        mode = super().__new__(cls)
        return mode if function is None else mode(function)


class no_grad(Switch):  # noqa: N801  PyTorch's spelling
    """Record nothing: what is computed inside requires no gradient.

    >>> with no_grad():
    ...     y = x * 2        # doctest: +SKIP
    """

    def set(self):
        record(False)


class enable_grad(Switch):  # noqa: N801
    """Record, also inside ``no_grad``; but inside ``inference_mode`` nothing is recorded."""

    def set(self):
        record(True)


class set_grad_enabled(Mode):  # noqa: N801
    """`enable_grad` or `no_grad`. Takes effect at once, and until the end of a ``with`` block."""

    def __init__(self, mode):
        self.mode = bool(mode)
        self.outside = modes()
        self.set()

    def set(self):
        record(self.mode)

    def __enter__(self):
        self.__dict__.setdefault("before", []).append(self.outside)
        self.set()
        return self

    def __call__(self, function):
        restore(self.outside)
        return super().__call__(function)


class inference_mode(Mode):  # noqa: N801
    """`no_grad`, and what is made inside can never be kept for backward: a promise checked."""

    def __new__(cls, mode=True):
        instance = super().__new__(cls)
        if callable(mode):
            instance.mode = True
            return Mode.__call__(instance, mode)
        instance.mode = bool(mode)
        return instance

    def set(self):
        graph.set_inference_enabled(self.mode)
        record(True)
