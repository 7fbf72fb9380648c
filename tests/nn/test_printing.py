"""Modules print as PyTorch's do; the texts were recorded from torch 2.13."""

import pytest

from tinygrad_c import nn, ones

LAYERS = [
    (nn.Linear(2, 3), "Linear(in_features=2, out_features=3, bias=True)"),
    (nn.Linear(2, 3, bias=False), "Linear(in_features=2, out_features=3, bias=False)"),
    (nn.Identity(), "Identity()"),
    (nn.ReLU(), "ReLU()"),
    (nn.ReLU(inplace=True), "ReLU(inplace=True)"),
    (nn.LeakyReLU(), "LeakyReLU(negative_slope=0.01)"),
    (nn.LeakyReLU(0.2, True), "LeakyReLU(negative_slope=0.2, inplace=True)"),
    (nn.GELU(), "GELU(approximate='none')"),
    (nn.GELU("tanh"), "GELU(approximate='tanh')"),
    (nn.Sigmoid(), "Sigmoid()"),
    (nn.LogSigmoid(), "LogSigmoid()"),
    (nn.Tanh(), "Tanh()"),
    (nn.Softmax(dim=1), "Softmax(dim=1)"),
    (nn.LogSoftmax(dim=-1), "LogSoftmax(dim=-1)"),
    (nn.Flatten(), "Flatten(start_dim=1, end_dim=-1)"),
    (nn.Unflatten(1, (2, 5)), "Unflatten(dim=1, unflattened_size=(2, 5))"),
    (nn.Dropout(), "Dropout(p=0.5, inplace=False)"),
    (nn.Dropout(0.1), "Dropout(p=0.1, inplace=False)"),
    (nn.CrossEntropyLoss(), "CrossEntropyLoss()"),
    (nn.MSELoss(), "MSELoss()"),
    (nn.NLLLoss(), "NLLLoss()"),
    (nn.BCELoss(), "BCELoss()"),
    (nn.BCEWithLogitsLoss(pos_weight=ones(3)), "BCEWithLogitsLoss()"),
    (nn.Sequential(), "Sequential()"),
    (nn.ModuleList(), "ModuleList()"),
]


@pytest.mark.parametrize(("module", "text"), LAYERS, ids=[text for _, text in LAYERS])
def test_layers(module, text):
    assert repr(module) == str(module) == text


def test_nested():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.body = nn.Sequential(nn.Linear(2, 3), nn.Sequential(nn.ReLU()))
            self.none = None
            self.register_module("nothing", None)
            self.scale = nn.Parameter(ones(1))
            self.blocks = nn.ModuleList(
                [nn.Linear(2, 2), nn.Linear(2, 2), nn.ReLU(), nn.Sequential(nn.Tanh())]
            )

        def extra_repr(self):
            return "width=3"

    assert repr(Net()) == (
        "Net(\n"
        "  width=3\n"
        "  (body): Sequential(\n"
        "    (0): Linear(in_features=2, out_features=3, bias=True)\n"
        "    (1): Sequential(\n"
        "      (0): ReLU()\n"
        "    )\n"
        "  )\n"
        "  (nothing): None\n"
        "  (blocks): ModuleList(\n"
        "    (0-1): 2 x Linear(in_features=2, out_features=2, bias=True)\n"
        "    (2): ReLU()\n"
        "    (3): Sequential(\n"
        "      (0): Tanh()\n"
        "    )\n"
        "  )\n"
        ")"
    )


def test_details_of_several_lines():
    class Detailed(nn.Module):
        def extra_repr(self):
            return "a=1\nb=2"

    assert repr(Detailed()) == "Detailed(\n  a=1\n  b=2\n)"
