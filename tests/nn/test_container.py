"""Sequential and ModuleList."""

from collections import OrderedDict
from math import inf, nan

import pytest

from tinygrad_c import ShapeError, nn, no_grad, ones, randn, tensor
from tinygrad_c.autograd import grad
from tinygrad_c.nn import functional as F


def layers(n=4):
    return [nn.Linear(1, 1) for _ in range(n)]


def names(container):
    return [name for name, _ in container.named_children()]


class Double(nn.Module):
    def forward(self, x):
        return 2 * x


class Increment(nn.Module):
    def forward(self, x):
        return x + 1


class TestSequential:
    def test_layers_follow_one_another(self):
        assert nn.Sequential(Double(), Increment())(3) == 7
        assert nn.Sequential(Increment(), Double())(3) == 8
        assert nn.Sequential()(3) == 3

    def test_a_layer_may_stand_twice(self):
        double = Double()
        assert nn.Sequential(double, double)(3) == 12

    @pytest.mark.parametrize("kind", [dict, OrderedDict])
    def test_names_from_a_dictionary(self, kind):
        net = nn.Sequential(kind([("hidden", Double()), ("output", Increment())]))
        assert names(net) == ["hidden", "output"]
        assert net.hidden is net[0]
        assert net(3) == 7

    @pytest.mark.parametrize(
        "activation", [nn.ReLU(), nn.ReLU(inplace=True), nn.Sigmoid(), nn.Tanh()]
    )
    def test_a_linear_and_its_activation_are_one_operation(self, activation):
        net = nn.Sequential(
            nn.Linear(5, 7), activation, nn.Linear(7, 3), nn.Linear(3, 3), activation
        )
        x = randn(4, 5, requires_grad=True)
        y = net(x)
        expected = activation(net[3](net[2](activation(net[0](x)))))
        assert y.grad_fn.name() == "LinearActivationBackward"
        assert (y == expected).all()
        parameters = list(net.parameters())
        for got, wanted in zip(
            grad(y.sum(), [x, *parameters]), grad(expected.sum(), [x, *parameters]), strict=True
        ):
            assert (got == wanted).all()
        gradient = grad((grad(net(x).sum(), x, create_graph=True)[0] ** 2).sum(), net[0].weight)
        assert gradient[0].shape == (7, 5)

    @pytest.mark.parametrize(
        "pool", [nn.MaxPool2d(2), nn.MaxPool2d(3, 1, padding=1, ceil_mode=True), nn.MaxPool1d(2)]
    )
    def test_a_relu_changes_places_with_the_maximum_after_it(self, pool):
        relu = nn.ReLU()
        net = nn.Sequential(relu, pool)
        x = randn(2, 3, 12, requires_grad=True)
        with no_grad():
            x[0] -= 9  # windows without a positive number
            x[1, 0, :4] = tensor([nan, -1.0, -0.0, inf])
        y, expected = net(x), pool(relu(x))
        assert y.grad_fn.name() == "RectifyBackward"
        assert y.detach().numpy().tobytes() == expected.detach().numpy().tobytes()
        weights = randn(*y.shape)
        got, wanted = grad((y * weights).sum(), x), grad((expected * weights).sum(), x)
        assert (got[0] == wanted[0]).all()

    def test_the_result_of_the_pair_may_be_overwritten(self):
        x = randn(2, 3, 12, requires_grad=True)
        y = nn.Sequential(nn.ReLU(), nn.MaxPool1d(2))(x)
        expected = grad((F.max_pool1d(F.relu(x), 2) * 3).sum(), x)
        y *= 3
        assert (grad(y.sum(), x)[0] == expected[0]).all()

    def test_what_a_changed_order_would_show_keeps_its_order(self):
        x = randn(1, 2, 4, 4)
        net = nn.Sequential(nn.ReLU(inplace=True), nn.MaxPool2d(2))
        net(x)
        assert (x >= 0).all()
        y, positions = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2, return_indices=True))(-x)
        assert (y == 0).all()
        assert positions[0, 0].tolist() == [[0, 2], [8, 10]]
        net = nn.Sequential(nn.ReLU(), nn.MaxPool2d(2))
        seen = []
        net[0].register_forward_hook(lambda module, args, output: seen.append(output.shape))
        net(x)
        assert seen == [(1, 2, 4, 4)]

    def test_who_looks_in_between_sees_both(self):
        net = nn.Sequential(nn.Linear(5, 7), nn.ReLU())
        seen = []
        handle = net[0].register_forward_hook(lambda module, args, output: seen.append(output))
        y = net(ones(4, 5))
        assert (seen[0].relu() == y).all()
        handle.remove()
        net[1].forward = lambda x: x * 2
        assert (net(ones(4, 5)) == seen[0] * 2).all()

    def test_errors_name_the_layer(self):
        with pytest.raises(ShapeError, match="linear: x of shape") as error:
            nn.Sequential(nn.Linear(5, 7), nn.ReLU())(ones(4, 6))
        assert "Linear" in "".join(error.value.__notes__)

    def test_a_slice_is_a_sequential_of_the_same_layers(self):
        net = nn.Sequential(*layers())
        part = net[1:3]
        assert isinstance(part, nn.Sequential)
        assert list(part) == [net[1], net[2]]
        assert names(part) == ["1", "2"]

    def test_addition(self):
        a, b = nn.Sequential(Double()), nn.Sequential(Increment())
        assert (a + b)(3) == 7
        assert len(a) == 1

    def test_what_is_no_module(self):
        with pytest.raises(TypeError, match="int is not a Module subclass"):
            nn.Sequential(3)


@pytest.mark.parametrize(
    "make",
    [lambda modules: nn.Sequential(*modules), nn.ModuleList],
    ids=["Sequential", "ModuleList"],
)
class TestAsList:
    def test_reading(self, make):
        modules = layers()
        container = make(modules)
        assert len(container) == 4
        assert list(container) == modules
        assert container[0] is modules[0]
        assert container[-1] is modules[3]
        assert modules[2] in container
        assert nn.Identity() not in container
        assert list(container[1:3]) == modules[1:3]
        assert list(container[::-1]) == modules[::-1]
        assert names(container) == ["0", "1", "2", "3"]

    @pytest.mark.parametrize("index", [4, -5])
    def test_indices_out_of_range(self, make, index):
        container = make(layers())
        with pytest.raises(IndexError, match=f"index {index} is out of range for 4 modules"):
            container[index]
        with pytest.raises(IndexError, match=f"index {index} is out of range"):
            container[index] = nn.ReLU()
        with pytest.raises(IndexError, match=f"index {index} is out of range"):
            del container[index]

    def test_replacing(self, make):
        container, new = make(layers()), nn.ReLU()
        container[-1] = new
        assert container[3] is new
        assert names(container) == ["0", "1", "2", "3"]

    def test_deleting_renumbers(self, make):
        modules = layers()
        container = make(modules)
        del container[1]
        assert list(container) == [modules[0], *modules[2:]]
        assert names(container) == ["0", "1", "2"]
        del container[1:]
        assert list(container) == modules[:1]
        assert container.pop() is modules[0]
        assert len(container) == 0

    def test_growing(self, make):
        a, b, c, d = layers()
        container = make([a])
        assert container.append(b) is container
        assert container.extend([c, d]) is container
        assert list(container) == [a, b, c, d]

    @pytest.mark.parametrize("index", [0, 1, 4, -1, -4])
    def test_insert_is_that_of_lists(self, make, index):
        modules, new = layers(), nn.ReLU()
        container = make(modules)
        assert container.insert(index, new) is container
        modules.insert(index, new)
        assert list(container) == modules
        assert names(container) == ["0", "1", "2", "3", "4"]

    def test_insert_checks(self, make):
        container = make(layers())
        with pytest.raises(IndexError, match="index 5 is out of range for 4 modules"):
            container.insert(5, nn.ReLU())
        with pytest.raises(TypeError, match="int is not a Module subclass"):
            container.insert(0, 3)
        assert len(container) == 4

    def test_parameters_are_found(self, make):
        assert len(list(make(layers()).parameters())) == 8


def test_module_list_adds_lists():
    modules = nn.ModuleList(layers(2))
    more = layers(2)
    modules += more
    assert list(modules)[2:] == more
    both = nn.ModuleList(more) + layers(1)
    assert isinstance(both, nn.ModuleList)
    assert (len(both), list(both)[:2]) == (3, more)
    assert names(both) == ["0", "1", "2"]


def test_the_keys_of_a_module_list_are_numbers():
    modules = nn.ModuleList([nn.Linear(1, 1), nn.ModuleList([nn.Linear(1, 1, bias=False)])])
    assert list(modules.state_dict()) == ["0.weight", "0.bias", "1.0.weight"]
    modules.insert(0, nn.ReLU())
    assert list(modules.state_dict()) == ["1.weight", "1.bias", "2.0.weight"]


def test_module_list_is_no_function():
    with pytest.raises(NotImplementedError, match="ModuleList"):
        nn.ModuleList(layers())(ones(1))


def test_a_slice_of_a_module_list_is_renumbered():
    assert names(nn.ModuleList(layers())[2:]) == ["0", "1"]
