"""An error that arises in a module carries a note that says which one."""

import pytest

from tinygrad_c import nn, ones


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Identity(), nn.Linear(2, 3))
        self.deep = nn.Sequential(self.body)

    def forward(self, x):
        if x is None:
            raise KeyError("x")
        return self.deep(x)


def notes(call):
    with pytest.raises(Exception) as info:
        call()
    return info.value.__notes__


def test_a_layer_alone():
    assert notes(lambda: nn.Linear(2, 3)(ones((1, 5)))) == [
        "in Linear(in_features=2, out_features=3, bias=True)"
    ]


def test_the_path_is_that_from_the_outermost_module():
    assert notes(lambda: nn.Sequential(Net())(ones((1, 5)))) == [
        "in 0.deep.0.1 of Sequential: Linear(in_features=2, out_features=3, bias=True)"
    ]


def test_a_module_with_children_is_named_only():
    assert notes(lambda: Net()(None)) == ["in Net"]


def test_a_child_of_a_child_called_directly():
    class Around(nn.Module):
        def __init__(self):
            super().__init__()
            self.net = Net()

        def forward(self, x):
            return self.net.body[1](x)

    assert notes(lambda: Around()(ones((1, 5)))) == [
        "in net.body.1 of Around: Linear(in_features=2, out_features=3, bias=True)"
    ]


def test_a_module_outside_of_the_tree_keeps_its_own_note():
    other = nn.Linear(2, 3)

    class Around(nn.Module):
        def forward(self, x):
            return other(x)

    assert notes(lambda: Around()(ones((1, 5)))) == [
        "in Linear(in_features=2, out_features=3, bias=True)"
    ]


def test_the_error_itself_is_unchanged():
    with pytest.raises(KeyError) as info:
        Net()(None)
    assert info.value.args == ("x",)
    assert type(info.value) is KeyError
