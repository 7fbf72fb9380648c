"""Optimizer: groups, steps, hooks, closures, saving and loading, printing."""

import copy

import pytest

import tinygrad_c
from tinygrad_c import float64, ones, tensor
from tinygrad_c.autograd import no_grad
from tinygrad_c.optim import SGD, Adagrad, Adam, AdamW, Optimizer, RMSprop


def parameters(n=2):
    """Parameters 1, 2, ..., each with gradient 1."""
    params = [tensor([i + 1.0]).requires_grad_() for i in range(n)]
    for p in params:
        p.grad = tensor([1.0])
    return params


class TestGroups:
    def test_one_group_has_the_defaults(self):
        params = parameters()
        optimizer = SGD(params, lr=0.5)
        assert len(optimizer.param_groups) == 1
        group = optimizer.param_groups[0]
        assert all(a is b for a, b in zip(group["params"], params, strict=True))
        assert group["lr"] == optimizer.defaults["lr"] == 0.5

    def test_each_group_has_its_own_options(self):
        p, q = parameters()
        optimizer = SGD([{"params": [p]}, {"params": q, "lr": 0.25}], lr=0.5)
        optimizer.step()
        assert [p.item(), q.item()] == [0.5, 1.75]

    def test_options_may_change_between_steps(self):
        (p,) = parameters(1)
        optimizer = SGD([p], lr=0.5)
        optimizer.step()
        optimizer.param_groups[0]["lr"] = 0.25
        optimizer.step()
        assert p.item() == 0.25

    def test_groups_can_be_added(self):
        p, q = parameters()
        optimizer = Adam([p])
        optimizer.add_param_group({"params": [q], "weight_decay": 0.5})
        assert [g["weight_decay"] for g in optimizer.param_groups] == [0, 0.5]
        with pytest.raises(ValueError, match="appear in more than one parameter group"):
            optimizer.add_param_group({"params": [p]})
        with pytest.raises(ValueError, match="lr must be >= 0, got -1"):
            optimizer.add_param_group({"params": parameters(1), "lr": -1})
        assert len(optimizer.param_groups) == 2

    @pytest.mark.parametrize("cls", [SGD, Adam, AdamW, Adagrad])
    def test_choices_of_speed_are_accepted(self, cls):
        group = cls(parameters(), foreach=False, fused=True).param_groups[0]
        assert "foreach" not in group

    def test_an_iterator_will_do(self):
        assert len(SGD(iter(parameters(3))).param_groups[0]["params"]) == 3

    @pytest.mark.parametrize(
        ("params", "error", "message"),
        [
            ([], ValueError, "optimizer got an empty parameter list"),
            (ones(2), TypeError, "should be an iterable of Tensors or dicts, but got Tensor"),
            (3, TypeError, "should be an iterable of Tensors or dicts, but got int"),
            ([3], TypeError, "can only optimize Tensors, but one of the params is int"),
            ([{"params": {ones(1)}}], TypeError, "params must be in order"),
        ],
    )
    def test_what_is_no_list_of_tensors(self, params, error, message):
        with pytest.raises(error, match=message):
            SGD(params)

    def test_what_cannot_be_optimized(self):
        p = tensor([1.0]).requires_grad_()
        with pytest.raises(ValueError, match="can't optimize a non-leaf Tensor"):
            SGD([p * 2])
        with pytest.raises(ValueError, match="appear in more than one parameter group, or twice"):
            SGD([p, p])
        with pytest.raises(TypeError, match="param_group must be a dict"):
            SGD([p]).add_param_group([p])


class TestStep:
    @pytest.mark.parametrize("cls", [SGD, Adam, AdamW, RMSprop, Adagrad])
    def test_parameters_without_gradient_stay(self, cls):
        p, q = parameters()
        q.grad = None
        optimizer = cls([p, q], lr=0.5)
        optimizer.step()
        assert p.item() != 1.0
        assert q.item() == 2.0
        assert q not in optimizer.state or optimizer.state[q]["step"].item() == 0.0

    @pytest.mark.parametrize("cls", [SGD, Adam])
    def test_the_memory_of_the_parameters_is_changed(self, cls):
        (p,) = parameters(1)
        view = p.detach()
        assert cls([p], lr=0.5).step() is None
        assert view.item() == p.item() != 1.0
        assert p.requires_grad
        assert p.is_leaf

    @pytest.mark.parametrize("cls", [SGD, Adam])
    def test_new_memory_behind_a_parameter_is_followed(self, cls):
        (p,) = parameters(1)
        optimizer = cls([p], lr=0.5)
        optimizer.step()
        p.data = tensor([8.0])
        p.grad = tensor([1.0])
        optimizer.step()
        assert p.item() < 8.0

    def test_a_closure_computes_the_loss(self):
        (p,) = parameters(1)
        optimizer = SGD([p], lr=0.25)

        def closure():
            optimizer.zero_grad()
            loss = (p * p).sum()
            loss.backward()
            return loss

        with no_grad():
            assert optimizer.step(closure).item() == 1.0
        assert p.item() == 0.5

    def test_zero_grad(self):
        p, q = parameters()
        q.grad = None
        optimizer = SGD([p, q])
        optimizer.zero_grad(set_to_none=False)
        assert p.grad.tolist() == [0.0]
        assert q.grad is None
        optimizer.zero_grad()
        assert p.grad is None

    def test_saved_values_that_a_step_changes_are_noticed(self):
        p = tensor([3.0]).requires_grad_()
        y = (p * p).sum()
        y.backward(retain_graph=True)
        SGD([p]).step()
        with pytest.raises(RuntimeError):
            y.backward()


class TestHooks:
    @pytest.mark.parametrize("cls", [SGD, Adam])
    def test_before_and_after(self, cls):
        (p,) = parameters(1)
        optimizer, seen = cls([p], lr=0.5), []
        before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(p.item()))
        after = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(o))
        optimizer.step()
        assert seen == [1.0, optimizer]
        before.remove()
        after.remove()
        optimizer.step()
        assert len(seen) == 2

    def test_a_pre_hook_may_change_the_arguments(self):
        optimizer = SGD(parameters())
        optimizer.register_step_pre_hook(lambda o, args, kwargs: ((lambda: 7,), {}))
        assert optimizer.step() == 7
        optimizer.register_step_pre_hook(lambda o, args, kwargs: 3)
        with pytest.raises(RuntimeError, match=r"must return None or \(args, kwargs\), got 3"):
            optimizer.step()

    def test_an_optimizer_in_pytorchs_form_has_hooks_too(self):
        class Signs(Optimizer):
            def __init__(self, params):
                super().__init__(params, {})

            def step(self, closure=None):
                with no_grad():
                    for group in self.param_groups:
                        for p in group["params"]:
                            p.sub_(p.grad.sign())

        (p,) = parameters(1)
        optimizer, seen = Signs([p]), []
        optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(p.item()))
        optimizer.step()
        assert seen == [0.0]

    def test_a_subclass_must_define_the_update(self):
        with pytest.raises(NotImplementedError, match="Optimizer must define update"):
            Optimizer(parameters(), {}).step()

    def test_a_subclass_that_asks_for_states_must_begin_them(self):
        params = parameters(2)
        optimizer = Optimizer(params, {})
        with pytest.raises(NotImplementedError, match="Optimizer must define begin"):
            optimizer.states_of(optimizer.param_groups[0], params)
        optimizer.begin = lambda p, group: {"first": p.item()}
        optimizer.state[params[1]] = {"first": 7}
        found = optimizer.states_of(optimizer.param_groups[0], params)
        assert found == [{"first": params[0].item()}, {"first": 7}]
        assert found[0] is optimizer.state[params[0]]


class TestState:
    def test_layout(self):
        p, q, r = parameters(3)
        optimizer = SGD([{"params": [p]}, {"params": [q, r], "lr": 0.25}], lr=0.5, momentum=0.5)
        r.grad = None
        optimizer.step()
        assert optimizer.state_dict()["param_groups"] == [
            {
                "lr": lr,
                "momentum": 0.5,
                "dampening": 0,
                "weight_decay": 0,
                "nesterov": False,
                "maximize": False,
                "params": params,
            }
            for lr, params in ((0.5, [0]), (0.25, [1, 2]))
        ]
        assert {k: list(v) for k, v in optimizer.state_dict()["state"].items()} == {
            0: ["momentum_buffer"],
            1: ["momentum_buffer"],
        }

    @pytest.mark.parametrize(
        ("cls", "options"),
        [
            (SGD, {"momentum": 0.5, "lr": 0.5}),
            (Adam, {"amsgrad": True, "lr": 0.5}),
            (AdamW, {"weight_decay": 0.5}),
            (RMSprop, {"centered": True, "momentum": 0.5}),
            (Adagrad, {"lr_decay": 0.5}),
        ],
    )
    def test_a_loaded_optimizer_goes_on_as_the_saved_one(self, cls, options):
        p, q = parameters()
        optimizer = cls([p, q], **options)
        optimizer.step()
        twins = [tensor([x.item()]).requires_grad_() for x in (p, q)]
        twin = cls(twins)
        twin.load_state_dict(optimizer.state_dict())
        for _ in range(2):
            for x in (p, q, *twins):
                x.grad = tensor([x.item()])
            optimizer.step()
            twin.step()
        assert [x.item() for x in twins] == [p.item(), q.item()]

    def test_loading_copies(self):
        (p,) = parameters(1)
        optimizer = SGD([p], momentum=0.5)
        optimizer.step()
        saved = optimizer.state_dict()
        twin = SGD([p], momentum=0.5)
        twin.load_state_dict(saved)
        twin.param_groups[0]["lr"] = 7
        twin.state[p]["momentum_buffer"].fill_(9.0)
        assert saved["param_groups"][0]["lr"] == 1e-3
        assert optimizer.state[p]["momentum_buffer"].tolist() == [1.0]

    def test_loading_casts_to_the_dtype_of_the_parameter(self):
        (p,) = parameters(1)
        optimizer = Adam([p])
        optimizer.step()
        q = tensor([1.0], dtype=float64).requires_grad_()
        twin = Adam([q])
        twin.load_state_dict(optimizer.state_dict())
        assert twin.state[q]["exp_avg"].dtype == float64
        assert twin.state[q]["step"].dtype != float64

    def test_unknown_options_of_a_file_are_kept(self):
        (p,) = parameters(1)
        optimizer = SGD([p])
        state = copy.deepcopy(optimizer.state_dict())
        state["param_groups"][0].update(foreach=None, fused=None)
        optimizer.load_state_dict(state)
        optimizer.step()
        assert "foreach" in optimizer.state_dict()["param_groups"][0]

    def test_what_does_not_fit_changes_nothing(self):
        p, q = parameters()
        one, two = SGD([p, q], lr=0.5), SGD([{"params": [p]}, {"params": [q]}], lr=0.25)
        with pytest.raises(ValueError, match=r"different number of parameter groups: 2, .* has 1"):
            one.load_state_dict(two.state_dict())
        with pytest.raises(ValueError, match="group 0 has 1 parameters, the optimizer's has 2"):
            one.load_state_dict(SGD([p], lr=0.25).state_dict())
        assert one.param_groups[0]["lr"] == 0.5


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("SGD", {"momentum": 0.9}),
        ("Adam", {"amsgrad": True}),
        ("AdamW", {}),
        ("RMSprop", {"centered": True, "momentum": 0.9}),
        ("Adagrad", {"lr_decay": 0.1}),
    ],
)
def test_states_travel_to_pytorch_and_back(name, options):
    torch = pytest.importorskip("torch")

    def begin(module, library):
        p = module.tensor([1.0, -2.0, 3.0]).requires_grad_()
        return p, getattr(library, name)([p], lr=0.1, **options)

    def step(module, p, optimizer):
        p.grad = module.tensor([0.5, 1.0, -1.5])
        optimizer.step()

    def converted(state, module):
        """A state dict whose tensors are those of the other library."""
        to = module.tensor
        entries = {
            i: {key: to(value.tolist()) for key, value in s.items()}
            for i, s in state["state"].items()
        }
        return {"state": entries, "param_groups": state["param_groups"]}

    (ours, our_optimizer) = begin(tinygrad_c, tinygrad_c.optim)
    (theirs, their_optimizer) = begin(torch, torch.optim)
    step(tinygrad_c, ours, our_optimizer)
    step(torch, theirs, their_optimizer)
    # They swap their states, and go on.
    state = converted(our_optimizer.state_dict(), torch)
    our_optimizer.load_state_dict(converted(their_optimizer.state_dict(), tinygrad_c))
    their_optimizer.load_state_dict(state)
    step(tinygrad_c, ours, our_optimizer)
    step(torch, theirs, their_optimizer)
    assert ours.tolist() == pytest.approx(theirs.tolist(), rel=1e-6)


def test_printing():
    # As torch 2.13 prints it, without the options that only speed it up there.
    assert repr(SGD(parameters(), lr=0.5)) == (
        "SGD (\n"
        "Parameter Group 0\n"
        "    dampening: 0\n"
        "    lr: 0.5\n"
        "    maximize: False\n"
        "    momentum: 0\n"
        "    nesterov: False\n"
        "    weight_decay: 0\n"
        ")"
    )


def test_the_state_of_another_optimizer_is_refused():
    state = Adam(parameters()).state_dict()
    with pytest.raises(ValueError, match="SGD: the loaded state dict is that of another optimizer"):
        SGD(parameters(), lr=0.1).load_state_dict(state)
