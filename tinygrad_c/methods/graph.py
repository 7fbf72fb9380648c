"""Methods that look at the graph, walk it, or leave it."""

import weakref

from tinygrad_c._kernels import graph
from tinygrad_c.autograd import op as graph_ops
from tinygrad_c.autograd.handle import RemovableHandle
from tinygrad_c.autograd.node import TensorBase
from tinygrad_c.autograd.roots import backward


class GraphMethods:
    """Gradients and history."""

    __slots__ = ()

    @property
    def requires_grad(self):
        """True if a gradient is to be computed for this tensor."""
        if self.base is not None:
            graph_ops.refresh(self)
        return self.needs_grad

    @requires_grad.setter
    def requires_grad(self, value):
        self.requires_grad_(value)

    def requires_grad_(self, requires_grad=True):
        """Have a gradient computed for this leaf, or not; returns the tensor."""
        if self.node is not None and not requires_grad:
            raise RuntimeError(
                "you can only change requires_grad flags of leaf variables. If you want to use a "
                "computed variable in a subgraph that doesn't require differentiation use "
                "var_no_grad = var.detach()."
            )
        if requires_grad and not graph.is_floating(self.array):
            raise RuntimeError(
                "only Tensors of floating point dtype can require gradients, got "
                f"{self.array.dtype}"
            )
        self.needs_grad = bool(requires_grad)
        return self

    @property
    def grad(self):
        """What backward has accumulated, or None."""
        return self.gradient

    @grad.setter
    def grad(self, value):
        if value is not None:
            if value is self:
                raise RuntimeError("can't assign Variable as its own grad")
            if not isinstance(value, TensorBase):
                raise TypeError(f"grad must be a Tensor or None, got {type(value).__name__}")
            if value.array.shape != self.array.shape or value.array.dtype != self.array.dtype:
                raise RuntimeError(
                    f"grad of shape {value.array.shape} and dtype {value.array.dtype} must have "
                    f"the tensor's shape {self.array.shape} and dtype {self.array.dtype}"
                )
        self.gradient = value

    @property
    def grad_fn(self):
        """The node that made the tensor, or None for a leaf."""
        if self.base is not None:
            graph_ops.refresh(self)
        return self.node

    @property
    def is_leaf(self):
        """True if no recorded operation made the tensor."""
        return self.grad_fn is None

    @property
    def data(self):
        """A tensor with the same memory and no history."""
        return graph_ops.wrap(self.array)

    @data.setter
    def data(self, value):
        if value.array.dtype != self.array.dtype:
            raise RuntimeError(
                f"data of dtype {value.array.dtype} must have the tensor's dtype {self.array.dtype}"
            )
        self.array = value.array

    @property
    def _version(self):
        """How often the memory has been written to."""
        return graph.version(self.array)

    @property
    def _base(self):
        """The tensor that this one is a view of, or None."""
        return self.base

    def is_inference(self):
        """True if the tensor was made in inference mode."""
        return self.inference

    def detach(self):
        """A tensor with the same memory and no history."""
        return graph_ops.wrap(self.array)

    def detach_(self):
        """Forget the history; returns the tensor."""
        if self.base is not None:
            raise RuntimeError("Can't detach views in-place. Use detach() instead")
        self.node = None
        self.output_nr = 0
        self.needs_grad = False
        return self

    def backward(self, gradient=None, retain_graph=None, create_graph=False, inputs=None):
        """Accumulate in the leaves' ``.grad`` the derivative of this tensor, weighted by
        `gradient` (by 1 for a single number). See `tinygrad_c.autograd.backward`."""
        backward(self, gradient, retain_graph, create_graph, inputs)

    def retain_grad(self):
        """Keep ``.grad`` of this tensor too, though it is no leaf."""
        if not self.requires_grad:
            raise RuntimeError("can't retain_grad on Tensor that has requires_grad=False")
        if self.node is None:
            return
        itself = weakref.ref(self)

        def keep(gradient):
            t = itself()
            if t is not None:
                t.gradient = gradient if t.gradient is None else t.gradient + gradient

        hooks = self.node.hooks_of(self.output_nr)
        if "retain_grad" not in hooks:
            hooks["retain_grad"] = keep

    @property
    def retains_grad(self):
        """True if `retain_grad` was called."""
        return bool(
            self.node is not None
            and self.node.hooks is not None
            and "retain_grad" in self.node.hooks.get(self.output_nr, {})
        )

    def register_hook(self, hook):
        """Call ``hook(gradient)`` when the gradient of this tensor is known; what it returns, if
        not None, is used instead. Returns a handle with ``remove()``."""
        if not self.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
        if self.node is None:
            if self.hooks is None:
                self.hooks = {}
            return RemovableHandle(self.hooks, hook)
        return RemovableHandle(self.node.hooks_of(self.output_nr), hook)

    def register_post_accumulate_grad_hook(self, hook):
        """Call ``hook(tensor)`` when ``.grad`` of this leaf has been accumulated."""
        if self.node is not None or not self.needs_grad:
            raise RuntimeError(
                "post accumulate grad hooks cannot be registered on non-leaf tensors or on tensors "
                "that don't require gradient"
            )
        if self.post_hooks is None:
            self.post_hooks = {}
        return RemovableHandle(self.post_hooks, hook)


def forget_gradients(tensors, set_to_none):
    """Forget the gradients of `tensors`: set them to None, or fill them with zeros."""
    for t in tensors:
        if set_to_none:
            t.gradient = None
        elif t.gradient is not None:
            t.gradient = t.gradient.detach()
            t.gradient.zero_()
