"""state_dict and load_state_dict: PyTorch's keys, and nothing changed where they do not fit."""

import pytest

from tinygrad_c import float64, nn, ones, tensor, zeros


def small_net():
    return nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1, bias=False))


def values(model):
    return {key: value.tolist() for key, value in model.state_dict().items()}


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(1, 1), nn.Linear(1, 1)])
        self.register_buffer("seen", tensor(0))
        self.register_buffer("cache", zeros(2), persistent=False)
        self.register_buffer("missing", None)
        self.gain = nn.Parameter(ones(1))
        self.head = nn.Sequential({"norm": nn.Identity(), "out": nn.Linear(1, 2)})
        self.tied = self.layers[0]


def test_keys_are_those_of_pytorch():
    # Recorded from torch 2.13: own parameters, own buffers, then the children.
    assert list(Block().state_dict()) == [
        "gain",
        "seen",
        "layers.0.weight",
        "layers.0.bias",
        "layers.1.weight",
        "layers.1.bias",
        "head.out.weight",
        "head.out.bias",
        "tied.weight",
        "tied.bias",
    ]


def test_values_are_detached_and_share_memory():
    layer = nn.Linear(2, 3)
    state = layer.state_dict()
    assert not isinstance(state["weight"], nn.Parameter)
    assert not state["weight"].requires_grad
    layer.weight.data.fill_(2.0)
    assert state["weight"].tolist() == [[2.0, 2.0]] * 3


def test_keep_vars_gives_the_parameters():
    layer = nn.Linear(2, 3)
    assert layer.state_dict(keep_vars=True)["weight"] is layer.weight


def test_prefix_and_destination():
    state = {"other": 1}
    assert nn.Linear(2, 3).state_dict(destination=state, prefix="layer.") is state
    assert list(state) == ["other", "layer.weight", "layer.bias"]


def test_round_trip():
    a, b = small_net(), small_net()
    assert values(a) != values(b)
    result = b.load_state_dict(a.state_dict())
    assert repr(result) == str(result) == "<All keys matched successfully>"
    assert result.missing_keys == result.unexpected_keys == []
    assert values(a) == values(b)
    a[0].weight.data.fill_(0.0)
    assert values(a) != values(b)


def test_loading_copies_into_the_same_parameters_and_casts():
    net = small_net()
    weight = net[0].weight
    state = {key: value.to(float64) for key, value in small_net().state_dict().items()}
    net.load_state_dict(state)
    assert net[0].weight is weight
    assert weight.is_leaf
    assert weight.requires_grad
    assert weight.dtype != float64
    assert weight.tolist() == state["0.weight"].float().tolist()


def test_all_problems_come_in_one_error_and_nothing_changes():
    net = small_net()
    before = values(net)
    state = {
        "2.weight": zeros((1, 3)),
        "0.weight": zeros((2, 3)),
        "1.slope": zeros(1),
        "1.offset": zeros(1),
    }
    with pytest.raises(RuntimeError) as error:
        net.load_state_dict(state)
    assert str(error.value) == (
        "Error(s) in loading state_dict for Sequential:\n"
        '\tMissing key(s) in state_dict: "0.bias". \n'
        '\tUnexpected key(s) in state_dict: "1.slope", "1.offset". \n'
        "\tsize mismatch for 0.weight: copying a param with shape tinygrad_c.Size([2, 3]) from "
        "checkpoint, the shape in current model is tinygrad_c.Size([3, 2])."
    )
    assert values(net) == before


def test_what_is_no_tensor_is_refused():
    with pytest.raises(RuntimeError, match=r'"weight", expected torch.Tensor.*received .*int'):
        nn.Linear(1, 1, bias=False).load_state_dict({"weight": 3})
    with pytest.raises(TypeError, match="Expected state_dict to be dict-like, got <class 'list'>"):
        nn.Linear(1, 1).load_state_dict([])


def test_not_strict_loads_what_there_is():
    net = small_net()
    result = net.load_state_dict({"0.bias": ones(3), "more": ones(1)}, strict=False)
    assert result.missing_keys == ["0.weight", "2.weight"]
    assert result.unexpected_keys == ["more"]
    assert repr(result) == (
        "_IncompatibleKeys(missing_keys=['0.weight', '2.weight'], unexpected_keys=['more'])"
    )
    assert net[0].bias.tolist() == [1.0] * 3


def test_not_strict_still_refuses_wrong_shapes():
    with pytest.raises(RuntimeError, match=r"size mismatch for 0\.bias"):
        small_net().load_state_dict({"0.bias": ones(4)}, strict=False)


def test_assign_takes_the_tensors_themselves():
    block = Block()
    block.gain.requires_grad_(False)
    state = {key: value.to(float64) for key, value in Block().state_dict().items()}
    block.load_state_dict(state, assign=True)
    assert block.gain.dtype == float64
    assert isinstance(block.gain, nn.Parameter)
    assert not block.gain.requires_grad
    assert block.layers[0].weight.requires_grad
    assert block.seen is state["seen"]
    state["gain"].fill_(7.0)
    assert block.gain.item() == 7.0


def test_buffers_are_loaded():
    a, b = Block(), Block()
    a.seen.fill_(5)
    b.load_state_dict(a.state_dict())
    assert b.seen.item() == 5


def test_keys_that_a_model_adds_need_no_module():
    class Versioned(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm = nn.BatchNorm1d(2)

        def state_dict(self, *, destination=None, prefix="", keep_vars=False):
            state = super().state_dict(destination=destination, prefix=prefix, keep_vars=keep_vars)
            state[prefix + "meta.version"] = ones(1)
            return state

    keys = Versioned().load_state_dict({}, strict=False)
    assert "meta.version" in keys.missing_keys
    assert "norm.num_batches_tracked" not in keys.missing_keys
