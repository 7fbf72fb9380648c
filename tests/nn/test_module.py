"""Module: what it registers, how it is walked, its modes and conversions."""

import copy

import pytest

from tinygrad_c import Tensor, float32, float64, int64, nn, ones, tensor, zeros


class Net(nn.Module):
    """Two layers, a parameter, two buffers, and a layer that is used twice."""

    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(ones(1))
        self.first = nn.Linear(2, 3)
        self.body = nn.Sequential(nn.ReLU(), nn.Linear(3, 3))
        self.again = self.first
        self.register_buffer("mean", zeros(3))
        self.register_buffer("scratch", zeros(1), persistent=False)

    def forward(self, x):
        return self.body(self.first(x)) * self.scale


class Empty(nn.Module):
    pass


class TestRegistering:
    def test_attributes_are_registered_by_what_they_are(self):
        net = Net()
        assert list(net._parameters) == ["scale"]
        assert list(net._buffers) == ["mean", "scratch"]
        assert list(net._modules) == ["first", "body", "again"]

    def test_registered_values_are_plain_attributes(self):
        net = Net()
        assert net.__dict__["scale"] is net.scale is net._parameters["scale"]
        assert net.__dict__["mean"] is net.mean is net._buffers["mean"]
        assert net.__dict__["first"] is net.first is net._modules["first"]

    def test_the_mappings_cannot_be_written(self):
        with pytest.raises(TypeError):
            Net()._modules["first"] = nn.ReLU()

    def test_a_parameter_may_become_none_and_a_parameter_again(self):
        layer = nn.Linear(2, 3)
        layer.weight = None
        assert layer.weight is None
        assert [name for name, _ in layer.named_parameters()] == ["bias"]
        layer.weight = nn.Parameter(ones((3, 2)))
        assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]

    @pytest.mark.parametrize("value", [3, "weight", [1.0]])
    def test_a_parameter_is_not_replaced_by_something_else(self, value):
        layer = nn.Linear(2, 3)
        weight = layer.weight
        with pytest.raises(
            TypeError,
            match=rf"cannot assign '{type(value).__name__}' as parameter 'weight' "
            r"\(torch.nn.Parameter or None expected\)",
        ):
            layer.weight = value
        assert layer.weight is weight

    def test_a_parameter_is_not_replaced_by_a_tensor_buffer_or_module(self):
        layer = nn.Linear(2, 3)
        for value in (ones((3, 2)), nn.Buffer(ones((3, 2))), nn.ReLU()):
            with pytest.raises(TypeError, match="as parameter 'weight'"):
                layer.weight = value

    def test_a_child_is_replaced_by_a_module_or_none_only(self):
        net = Net()
        for value in (3, ones(1), nn.Buffer(ones(1))):
            with pytest.raises(
                TypeError, match=r"as child module 'first' \(torch.nn.Module or None expected\)"
            ):
                net.first = value
        net.first = nn.Identity()
        net.body = None
        assert list(net._modules) == ["first", "body", "again"]
        assert [name for name, _ in net.named_children()] == ["first", "again"]

    def test_a_buffer_is_replaced_by_a_tensor_or_none_only(self):
        net = Net()
        with pytest.raises(
            TypeError, match=r"'int' as buffer 'mean' \(torch.nn.Buffer, torch.Tensor or None"
        ):
            net.mean = 3
        new = ones(3)
        net.mean = new
        assert dict(net.named_buffers())["mean"] is new
        net.mean = None
        assert [name for name, _ in net.named_buffers()] == ["scratch"]
        net.scratch = ones(1)
        assert "scratch" not in net.state_dict()

    def test_a_parameter_takes_the_place_of_a_buffer_a_child_or_a_number(self):
        net = Net()
        net.number = 3
        for name in ("mean", "first", "number"):
            setattr(net, name, nn.Parameter(ones(1)))
        assert list(net._parameters) == ["scale", "mean", "first", "number"]
        assert list(net._buffers) == ["scratch"]
        assert list(net._modules) == ["body", "again"]

    def test_a_module_takes_the_place_of_a_buffer(self):
        net = Net()
        net.mean = nn.ReLU()
        assert list(net._buffers) == ["scratch"]
        assert list(net._modules) == ["first", "body", "again", "mean"]

    def test_nn_buffer_registers_itself(self):
        net = nn.Module()
        net.kept = nn.Buffer(ones(2))
        net.passing = nn.Buffer(ones(2), persistent=False)
        assert [name for name, _ in net.named_buffers()] == ["kept", "passing"]
        assert list(net.state_dict()) == ["kept"]

    @pytest.mark.parametrize("name", ["scale", "mean", "first"])
    def test_del_forgets(self, name):
        net = Net()
        delattr(net, name)
        assert name not in {**net._parameters, **net._buffers, **net._modules}
        with pytest.raises(AttributeError, match=f"'Net' object has no attribute '{name}'"):
            getattr(net, name)

    def test_del_of_what_is_not_there(self):
        with pytest.raises(AttributeError):
            del Net().nothing

    @pytest.mark.parametrize(
        ("value", "kind"),
        [
            (nn.Parameter(ones(1)), "parameter"),
            (nn.ReLU(), "module"),
            (nn.Buffer(ones(1)), "buffer"),
        ],
        ids=["parameter", "module", "buffer"],
    )
    def test_nothing_registers_before_init(self, value, kind):
        class Hasty(nn.Module):
            def __init__(self):
                self.number = 3
                self.value = value

        with pytest.raises(
            AttributeError, match=rf"cannot assign {kind} before Module.__init__\(\) call"
        ):
            Hasty()

    @pytest.mark.parametrize(
        ("register", "kind"),
        [
            ("register_parameter", "parameter"),
            ("register_buffer", "buffer"),
            ("add_module", "module"),
        ],
    )
    def test_names_are_checked(self, register, kind):
        register = getattr(Net(), register)
        with pytest.raises(KeyError, match=rf"{kind} name can.*t contain \"\.\", got: a\.b"):
            register("a.b", None)
        with pytest.raises(KeyError, match=f"{kind} name can.*t be empty"):
            register("", None)
        with pytest.raises(TypeError, match=f"{kind} name should be a string. Got int"):
            register(3, None)
        with pytest.raises(KeyError, match="attribute 'training' already exists"):
            register("training", None)

    def test_values_are_checked(self):
        net = Net()
        with pytest.raises(
            TypeError, match=r"cannot assign 'int' object to parameter 'p' \(torch.nn.Parameter or"
        ):
            net.register_parameter("p", 3)
        with pytest.raises(
            TypeError, match=r"cannot assign 'int' object to buffer 'b' \(torch Tensor or None"
        ):
            net.register_buffer("b", 3)
        with pytest.raises(TypeError, match="int is not a Module subclass"):
            net.add_module("m", 3)

    def test_registered_none_can_be_filled_later(self):
        net = nn.Module()
        net.register_parameter("p", None)
        net.register_buffer("b", None)
        net.add_module("m", None)
        assert net.p is net.b is net.m is None
        assert not net.state_dict()
        net.p, net.b, net.m = nn.Parameter(ones(1)), ones(1), nn.Linear(1, 1)
        assert list(net.state_dict()) == ["p", "b", "m.weight", "m.bias"]

    def test_dir_lists_attributes_without_numbers(self):
        names = dir(nn.Sequential(nn.ReLU()))
        assert "append" in names
        assert "0" not in names
        assert {"scale", "mean", "first"} <= set(dir(Net()))


class TestLookingUp:
    def test_paths(self):
        net = Net()
        assert net.get_submodule("") is net
        assert net.get_submodule("body.1") is net.body[1]
        assert net.get_parameter("body.1.weight") is net.body[1].weight
        assert net.get_parameter("scale") is net.scale
        assert net.get_buffer("mean") is net.mean

    @pytest.mark.parametrize(
        ("call", "message"),
        [
            (lambda net: net.get_submodule("body.7"), "Sequential has no attribute `7`"),
            (lambda net: net.get_submodule("scale"), "`scale` is not an nn.Module"),
            (lambda net: net.get_parameter("first.w"), "Linear has no attribute `w`"),
            (lambda net: net.get_parameter("mean"), "`mean` is not an nn.Parameter"),
            (lambda net: net.get_buffer("scale"), "`scale` is not a buffer"),
        ],
    )
    def test_errors(self, call, message):
        with pytest.raises(AttributeError, match=message):
            call(Net())


class TestWalking:
    def test_named_parameters(self):
        names = [name for name, _ in Net().named_parameters()]
        assert names == ["scale", "first.weight", "first.bias", "body.1.weight", "body.1.bias"]

    def test_prefix_recurse_and_duplicates(self):
        net = Net()
        assert [n for n, _ in net.named_parameters("net")][:2] == ["net.scale", "net.first.weight"]
        assert [n for n, _ in net.named_parameters(recurse=False)] == ["scale"]
        assert [n for n, _ in net.named_parameters(remove_duplicate=False)][-2:] == [
            "again.weight",
            "again.bias",
        ]
        assert [n for n, _ in net.named_buffers("net")] == ["net.mean", "net.scratch"]

    def test_a_shared_parameter_is_listed_once(self):
        net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
        net[1].weight = net[0].weight
        assert [n for n, _ in net.named_parameters()] == ["0.weight", "0.bias", "1.bias"]
        assert len(list(net.parameters())) == 3

    def test_named_modules(self):
        net = Net()
        assert [n for n, _ in net.named_modules()] == ["", "first", "body", "body.0", "body.1"]
        assert [n for n, _ in net.named_modules(prefix="net")][:2] == ["net", "net.first"]
        assert [n for n, _ in net.named_modules(remove_duplicate=False)][-1] == "again"
        assert list(net.modules()) == [net, net.first, net.body, net.body[0], net.body[1]]

    def test_children(self):
        net = Net()
        assert [n for n, _ in net.named_children()] == ["first", "body"]
        assert list(net.children()) == [net.first, net.body]

    def test_apply_goes_from_the_leaves_up(self):
        net, seen = Net(), []
        assert net.apply(seen.append) is net
        assert seen == [net.first, net.body[0], net.body[1], net.body, net]


class TestActing:
    def test_calling_needs_forward(self):
        with pytest.raises(
            NotImplementedError,
            match=r'Module \[Empty\] is missing the required "forward" function',
        ):
            Empty()(1)

    def test_arguments_reach_forward(self):
        class Echo(nn.Module):
            def forward(self, *args, **kwargs):
                return args, kwargs

        assert Echo()(1, 2, key=3) == ((1, 2), {"key": 3})

    def test_forward_may_be_replaced_on_the_instance(self):
        layer = nn.Identity()
        layer.forward = lambda x: x + 1
        assert layer(1) == 2

    def test_train_and_eval(self):
        net = Net()
        assert net.training
        assert net.eval() is net
        assert not any(module.training for module in net.modules())
        assert net.train() is net
        assert all(module.training for module in net.modules())
        with pytest.raises(ValueError, match="mode must be a bool, got 3"):
            net.train(3)

    def test_requires_grad(self):
        net = Net()
        assert net.requires_grad_(False) is net
        assert not any(p.requires_grad for p in net.parameters())
        net.first.requires_grad_()
        assert [n for n, p in net.named_parameters() if p.requires_grad] == [
            "first.weight",
            "first.bias",
        ]

    def test_zero_grad(self):
        net = Net()
        net(ones((4, 2))).sum().backward()
        grad = net.scale.grad
        assert grad is not None
        net.zero_grad(set_to_none=False)
        assert net.scale.grad.tolist() == [0.0]
        net.zero_grad()
        assert all(p.grad is None for p in net.parameters())

    def test_conversion_casts_what_is_floating(self):
        net = Net()
        net.register_buffer("count", tensor(3))
        weight = net.first.weight
        net(ones((4, 2))).sum().backward()
        assert net.double() is net
        assert net.first.weight is weight is net.again.weight
        assert {p.dtype for p in net.parameters()} == {float64}
        assert net.first.weight.grad.dtype == net.mean.dtype == float64
        assert net.count.dtype == int64
        assert net.to(float32).mean.dtype == float32
        assert net.to("cpu").float().cpu() is net
        assert net.to(dtype=float64).to(ones(1)).mean.dtype == float32

    def test_conversion_to_whole_numbers_is_refused(self):
        net = Net()
        with pytest.raises(TypeError, match=r"only accepts floating point dtypes.*int64"):
            net.to(int64)
        assert net.scale.dtype == float32

    def test_deepcopy(self):
        net = Net().eval()
        net.first.weight.requires_grad_(False)
        twin = copy.deepcopy(net)
        assert list(twin.state_dict()) == list(net.state_dict())
        assert twin.again is twin.first is not net.first
        assert isinstance(twin.scale, nn.Parameter)
        assert not twin.training
        assert not twin.first.weight.requires_grad
        twin.scale.data.fill_(4.0)
        assert net.scale.item() == 1.0
        assert twin(ones((1, 2))).tolist() == [[4 * y for y in net(ones((1, 2))).tolist()[0]]]


class TestParameter:
    def test_it_is_a_leaf_that_shares_memory(self):
        data = zeros(2)
        p = nn.Parameter(data)
        data.fill_(3.0)
        assert p.tolist() == [3.0, 3.0]
        assert p.is_leaf
        assert p.requires_grad
        assert not data.requires_grad
        assert isinstance(p, Tensor)

    def test_results_are_plain_tensors(self):
        p = nn.Parameter(ones(2))
        for y in (p + p, p.detach(), p.data, p[0]):
            assert not isinstance(y, nn.Parameter)

    def test_it_can_be_frozen_and_may_be_empty(self):
        assert not nn.Parameter(ones(2), requires_grad=False).requires_grad
        assert nn.Parameter().shape == (0,)

    def test_of_a_tensor_with_history(self):
        x = ones(2).requires_grad_()
        p = nn.Parameter(x * 2)
        assert p.is_leaf
        assert p.grad_fn is None

    def test_printing(self):
        assert repr(nn.Parameter(ones(2))) == (
            "Parameter containing:\ntensor([1., 1.], requires_grad=True)"
        )

    def test_whole_numbers_need_requires_grad_false(self):
        assert nn.Parameter(tensor([1, 2]), requires_grad=False).dtype == int64
        with pytest.raises(RuntimeError):
            nn.Parameter(tensor([1, 2]))
