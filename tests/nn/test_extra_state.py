"""What a module adds to its state beside numbers: get_extra_state and set_extra_state."""

import pytest

from tinygrad_c import nn, ones, zeros


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.count = 0

    def get_extra_state(self):
        return {"count": self.count}

    def set_extra_state(self, state):
        self.count = state["count"]


def test_extra_state_is_part_of_the_state():
    model = nn.Sequential(Counter(), nn.Linear(1, 1))
    model[0].count = 7
    state = model.state_dict()
    assert list(state) == ["0._extra_state", "1.weight", "1.bias"]
    other = nn.Sequential(Counter(), nn.Linear(1, 1))
    other.load_state_dict(state)
    assert other[0].count == 7
    del state["0._extra_state"]
    with pytest.raises(RuntimeError, match='Missing .*"0._extra_state"'):
        other.load_state_dict(state)


def test_extra_state_needs_both_methods():
    with pytest.raises(RuntimeError, match="Linear must define set_extra_state"):
        nn.Linear(1, 1).set_extra_state(1)


def test_a_buffer_may_be_called_extra_state():
    model = nn.Module()
    model.register_buffer("_extra_state", ones(1))
    other = nn.Module()
    other.register_buffer("_extra_state", zeros(1))
    other.load_state_dict(model.state_dict())
    assert other._extra_state.item() == 1
