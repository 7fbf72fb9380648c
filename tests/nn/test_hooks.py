"""Hooks of modules: when they run, what they see, what they may change."""

import pytest

from tinygrad_c import nn, ones, tensor
from tinygrad_c.autograd import no_grad


class Affine(nn.Module):
    """y = scale * x + shift"""

    def __init__(self, scale):
        super().__init__()
        self.scale = scale

    def forward(self, x, shift=0):
        return x * self.scale + shift


def test_forward_hook_sees_and_replaces_the_output():
    module, seen = Affine(2), []
    module.register_forward_hook(lambda m, args, output: seen.append((m, args, output)))
    module.register_forward_hook(lambda m, args, output: output + 1)
    assert module(3) == 7
    assert seen == [(module, (3,), 6)]


def test_forward_pre_hook_replaces_the_arguments():
    module = Affine(2)
    module.register_forward_pre_hook(lambda m, args: args[0] + 1)
    module.register_forward_pre_hook(lambda m, args: (args[0] * 10, 5))
    module.register_forward_pre_hook(lambda m, args: None)
    assert module(3) == 85


def test_hooks_with_kwargs():
    module, seen = Affine(2), []
    module.register_forward_pre_hook(
        lambda m, args, kwargs: (args, {"shift": kwargs["shift"] + 1}), with_kwargs=True
    )
    module.register_forward_hook(
        lambda m, args, kwargs, output: seen.append((args, kwargs, output)), with_kwargs=True
    )
    assert module(3, shift=1) == 8
    assert seen == [((3,), {"shift": 2}, 8)]


def test_a_pre_hook_with_kwargs_must_return_both():
    module = Affine(2)
    module.register_forward_pre_hook(lambda m, args, kwargs: 3, with_kwargs=True)
    with pytest.raises(RuntimeError, match=r"must return None or \(args, kwargs\), got 3"):
        module(1)


def test_order_and_prepend():
    module, seen = Affine(2), []
    for name in "ab":
        module.register_forward_hook(lambda m, args, output, name=name: seen.append(name))
    module.register_forward_hook(lambda m, args, output: seen.append("first"), prepend=True)
    module(1)
    assert seen == ["first", "a", "b"]


def test_removing():
    module, seen = Affine(2), []
    handle = module.register_forward_hook(lambda m, args, output: seen.append("kept"))
    with module.register_forward_hook(lambda m, args, output: seen.append("within")):
        module(1)
    module(1)
    handle.remove()
    handle.remove()
    module(1)
    assert seen == ["kept", "within", "kept"]


def test_a_hook_may_remove_itself():
    module, seen = Affine(2), []

    def once(m, args, output):
        seen.append(output)
        handle.remove()

    handle = module.register_forward_hook(once)
    module(1)
    module(1)
    assert seen == [2]


def test_full_backward_hook_sees_the_gradients_of_this_module_only():
    module, seen = Affine(3), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((m, gi, go)))
    x = ones(2).requires_grad_()
    y = module(x) + 10 * x
    (y * tensor([1.0, 2.0])).sum().backward()
    assert len(seen) == 1
    assert seen[0][0] is module
    assert [g.tolist() for g in seen[0][1]] == [[3.0, 6.0]]
    assert [g.tolist() for g in seen[0][2]] == [[1.0, 2.0]]
    assert x.grad.tolist() == [13.0, 26.0]


def test_full_backward_hook_replaces_grad_input():
    module = Affine(3)
    module.register_full_backward_hook(lambda m, gi, go: (gi[0] * 100,))
    x = ones(2).requires_grad_()
    module(x).sum().backward()
    assert x.grad.tolist() == [300.0, 300.0]


def test_full_backward_pre_hook_replaces_grad_output():
    module, seen = Affine(3), []
    module.register_full_backward_pre_hook(lambda m, go: go[0] * 2)
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi[0].item(), go[0].item())))
    x = tensor(1.0).requires_grad_()
    module(x).backward()
    assert seen == [(6.0, 2.0)]
    assert x.grad.item() == 6.0


def test_several_inputs_and_outputs():
    class Swap(nn.Module):
        def forward(self, a, number, b):
            return 2 * b, number, 3 * a

    module, seen = Swap(), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go)))
    a, b = tensor(1.0).requires_grad_(), tensor(2.0).requires_grad_()
    p, number, q = module(a, 7, b)
    assert number == 7
    (p + 10 * q).backward()
    (grad_input, grad_output) = seen[0]
    assert [None if g is None else g.item() for g in grad_input] == [30.0, None, 2.0]
    assert [None if g is None else g.item() for g in grad_output] == [1.0, None, 10.0]


def test_inputs_without_gradient():
    layer, seen = nn.Linear(2, 1), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append((gi, go[0].tolist())))
    layer(ones((3, 2))).sum().backward()
    assert seen == [((None,), [[1.0]] * 3)]
    assert layer.bias.grad.tolist() == [3.0]


def test_a_backward_hook_must_return_as_many_gradients():
    module = Affine(3)
    module.register_full_backward_hook(lambda m, gi, go: (gi[0], gi[0]))
    with pytest.raises(RuntimeError, match="must return 1 gradients or None, got 2"):
        module(tensor(1.0).requires_grad_()).backward()


def test_a_module_that_works_in_place_leaves_the_input_alone():
    layer, seen = nn.ReLU(inplace=True), []
    layer.register_full_backward_hook(lambda m, gi, go: seen.append(gi[0].tolist()))
    x = tensor([-1.0, 2.0]).requires_grad_()
    h = x * 3
    y = layer(h)
    (y + h).sum().backward()
    assert y.tolist() == [0.0, 6.0]
    assert seen == [[0.0, 1.0]]
    assert x.grad.tolist() == [3.0, 6.0]


def test_without_gradients_nothing_is_recorded():
    module, seen = Affine(3), []
    module.register_full_backward_hook(lambda m, gi, go: seen.append(gi))
    with no_grad():
        y = module(tensor(1.0).requires_grad_())
    assert y.item() == 3.0
    assert not y.requires_grad
    assert seen == []
