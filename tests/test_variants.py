"""Variants of kernels: to choose, to ask for and to read. Those of convolution: tests/nn/test_conv.py."""

import re

import pytest

import tinygrad_c as tc
from tinygrad_c import kernel_source, use_kernels, which_kernel
from tinygrad_c.variants import CHOICES


@pytest.mark.parametrize("name", CHOICES["matmul"].sources)
def test_products_by_every_variant(name):
    x = tc.randn(3, 40, 20, requires_grad=True)
    layer = tc.nn.Linear(20, 7)
    expected = layer(x)
    (gradient,) = tc.autograd.grad(expected.sum(), x)
    with use_kernels(matmul=name):
        y = layer(x)
        assert which_kernel("matmul") == name or name not in ("naive", "tiles")
        assert tc.allclose(y, expected, atol=1e-6)
        assert tc.allclose(tc.autograd.grad(y.sum(), x)[0], gradient, atol=1e-6)
    assert CHOICES["matmul"].binding.variant() == "auto"


@pytest.mark.parametrize(
    ("name", "variant"), [(name, v) for name, choice in CHOICES.items() for v in choice.sources]
)
def test_every_variant_has_a_source(name, variant):
    assert variant in CHOICES[name].binding.VARIANTS
    source = kernel_source(name, variant)
    assert source.startswith(f"/* csrc/{CHOICES[name].sources[variant]} */\n")
    assert source.count("\n") > 20
    assert len(CHOICES[name].sources) == len(CHOICES[name].binding.VARIANTS)


def test_the_source_of_what_ran():
    with use_kernels(matmul="naive"):
        tc.ones(2, 3) @ tc.ones(3, 4)
    assert "tgc_matmul_naive_##" in kernel_source("matmul")


def test_wrong_names_are_errors():
    for call, message in [
        (lambda: use_kernels(conv2d="winograd"),
         "use_kernels: conv2d must be one of auto, naive, im2col, implicit, got 'winograd'"),
        (lambda: use_kernels(softmax="naive"),
         "use_kernels: there is a choice for conv2d, matmul, got 'softmax'"),
        (lambda: which_kernel("x"), "which_kernel: there is a choice for conv2d, matmul, got 'x'"),
        (lambda: kernel_source("x"), "kernel_source: there is a choice for conv2d, matmul, got 'x'"),
        (lambda: kernel_source("matmul", "im2col"), "kernel_source: matmul must be one of auto, naive,"),
    ]:  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(message)):
            call()
