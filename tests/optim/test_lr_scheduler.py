"""Schedules against their closed forms and, where it is installed, torch; saving, resuming, errors."""

import json
import math

import pytest

import tinygrad_c
from tinygrad_c import tensor
from tinygrad_c.optim import SGD, lr_scheduler

EPOCHS = 50
BASES = (0.1, 0.02)
NOT_ABOVE = 0.004


class Decay:
    """A rate that can be called, and whose attribute is saved."""

    def __init__(self, rate):
        self.rate = rate

    def __call__(self, epoch):
        return self.rate**epoch


def cosine(base, epoch, period, low):
    return low + (base - low) * (1 + math.cos(math.pi * epoch / period)) / 2


# (name, options, the rate at an epoch from the base rate)
SCHEDULES = [
    ("StepLR", {"step_size": 7, "gamma": 0.5}, lambda b, e: b * 0.5 ** (e // 7)),
    ("StepLR", {"step_size": 1}, lambda b, e: b * 0.1**e),
    (
        "MultiStepLR",
        {"milestones": [3, 3, 20], "gamma": 0.5},
        lambda b, e: b * 0.5 ** (2 * (e >= 3) + (e >= 20)),
    ),
    ("ExponentialLR", {"gamma": 0.9}, lambda b, e: b * 0.9**e),
    ("CosineAnnealingLR", {"T_max": 50}, lambda b, e: cosine(b, e, 50, 0)),
    (
        "CosineAnnealingLR",
        {"T_max": 8, "eta_min": NOT_ABOVE},
        lambda b, e: cosine(b, e, 8, NOT_ABOVE),
    ),
    ("LambdaLR", {"lr_lambda": lambda e: 1 / (1 + e)}, lambda b, e: b / (1 + e)),
    ("LinearLR", {}, lambda b, e: b * (1 / 3 + min(e, 5) / 5 * 2 / 3)),
    (
        "LinearLR",
        {"start_factor": 1.0, "end_factor": 0.1, "total_iters": 30},
        lambda b, e: b * (1 - min(e, 30) / 30 * 0.9),
    ),
]
schedules = pytest.mark.parametrize(
    ("name", "options", "rate"), SCHEDULES, ids=[f"{n}-{i}" for i, (n, *_) in enumerate(SCHEDULES)]
)


def optimizer_of(library, bases=BASES):
    """An optimizer with a group for each of the rates."""
    groups = [{"params": [library.tensor([1.0]).requires_grad_()], "lr": base} for base in bases]
    return library.optim.SGD(groups, momentum=0.5)


def rates(optimizer):
    return [group["lr"] for group in optimizer.param_groups]


def run(optimizer, scheduler, epochs):
    """The rates at the beginning and after each epoch."""
    seen = [rates(optimizer)]
    for _ in range(epochs):
        optimizer.step()
        scheduler.step()
        seen.append(rates(optimizer))
        assert scheduler.get_last_lr() == seen[-1]
    return seen


@schedules
def test_closed_form(name, options, rate):
    optimizer = optimizer_of(tinygrad_c)
    found = run(optimizer, getattr(lr_scheduler, name)(optimizer, **options), EPOCHS)
    for epoch, row in enumerate(found):
        assert row == pytest.approx([rate(base, epoch) for base in BASES], rel=1e-12, abs=1e-16)


@schedules
def test_the_very_numbers_of_pytorch(name, options, rate):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer_of(tinygrad_c), optimizer_of(torch)
    found = run(ours, getattr(lr_scheduler, name)(ours, **options), EPOCHS)
    scheduler = getattr(torch.optim.lr_scheduler, name)(theirs, **options)
    assert found == run(theirs, scheduler, EPOCHS)


@schedules
def test_a_saved_schedule_goes_on(name, options, rate):
    whole = optimizer_of(tinygrad_c)
    expected = run(whole, getattr(lr_scheduler, name)(whole, **options), EPOCHS)
    first = optimizer_of(tinygrad_c)
    scheduler = getattr(lr_scheduler, name)(first, **options)
    run(first, scheduler, 20)
    # By way of a file: JSON keeps neither tuples nor keys that are numbers.
    saved = json.loads(json.dumps(scheduler.state_dict()))
    resumed = optimizer_of(tinygrad_c)
    resumed_scheduler = getattr(lr_scheduler, name)(resumed, **options)
    resumed.load_state_dict(first.state_dict())
    resumed_scheduler.load_state_dict(saved)
    assert resumed_scheduler.last_epoch == 20
    assert run(resumed, resumed_scheduler, EPOCHS - 20) == expected[20:]


@schedules
def test_a_schedule_may_begin_at_a_later_epoch_as_in_pytorch(name, options, rate):
    torch = pytest.importorskip("torch")
    found = []
    for library, module in ((tinygrad_c, lr_scheduler), (torch, torch.optim.lr_scheduler)):
        optimizer = optimizer_of(library)
        for group in optimizer.param_groups:
            group["initial_lr"] = group["lr"]
        found.append(run(optimizer, getattr(module, name)(optimizer, last_epoch=6, **options), 20))
    assert found[0] == found[1]


def test_the_state_of_a_callable_object_is_saved():
    optimizer = optimizer_of(tinygrad_c)
    scheduler = lr_scheduler.LambdaLR(optimizer, [Decay(0.5), abs])
    state = scheduler.state_dict()
    assert state["lr_lambdas"] == [{"rate": 0.5}, None]
    other = lr_scheduler.LambdaLR(optimizer_of(tinygrad_c), [Decay(0.25), abs])
    other.load_state_dict(state)
    assert other.lr_lambdas[0].rate == 0.5


def test_schedules_are_chained():
    optimizer = optimizer_of(tinygrad_c, [1.0])
    first = lr_scheduler.ExponentialLR(optimizer, 0.5)
    second = lr_scheduler.StepLR(optimizer, 2, 0.5)
    seen = []
    for _ in range(4):
        optimizer.step()
        first.step()
        second.step()
        seen += rates(optimizer)
    assert seen == [0.5, 0.125, 0.0625, 0.015625]


def test_the_rate_may_be_a_tensor():
    rate = tensor(1.0)
    optimizer = SGD([tensor([1.0]).requires_grad_()], lr=rate)
    scheduler = lr_scheduler.ExponentialLR(optimizer, 0.5)
    optimizer.step()
    scheduler.step()
    assert optimizer.param_groups[0]["lr"] is rate
    assert rate.item() == 0.5
    assert scheduler.get_last_lr() == [0.5]


def test_stepping_before_the_optimizer_warns():
    scheduler = lr_scheduler.ExponentialLR(optimizer_of(tinygrad_c), 0.5)
    with pytest.warns(UserWarning, match="called before optimizer.step") as record:
        scheduler.step()
    assert record[0].filename == __file__
    scheduler.step()


def test_the_optimizer_is_watched_for_one_step_only():
    optimizer = optimizer_of(tinygrad_c)
    lr_scheduler.ExponentialLR(optimizer, 0.5)
    assert len(optimizer._step_post_hooks) == 1
    optimizer.step()
    assert not optimizer._step_post_hooks


METRICS = [1.0, 0.9, 0.9, 0.89995, 0.95, float("nan"), 0.8, 0.81, 0.82, 0.83, 0.84, 0.85, 0.86]
PLATEAUS = [
    {"patience": 1},
    {"patience": 0, "cooldown": 2, "factor": 0.5},
    {"mode": "max", "patience": 1, "threshold_mode": "abs", "threshold": 0.05},
    {"mode": "max", "patience": 2},
    {"patience": 0, "min_lr": [0.01, 0.001], "factor": 0.3},
    {"patience": 0, "eps": 0.005},
    {"patience": 1, "threshold_mode": "abs", "threshold": 0.1},
]


def run_plateau(optimizer, scheduler, metrics):
    seen = []
    for metric in metrics:
        scheduler.step(metric)
        seen.append((*rates(optimizer), scheduler.num_bad_epochs, scheduler.cooldown_counter))
    return seen


@pytest.mark.parametrize("options", PLATEAUS, ids=str)
def test_reduce_on_plateau_has_the_numbers_of_pytorch(options):
    torch = pytest.importorskip("torch")
    ours, theirs = optimizer_of(tinygrad_c), optimizer_of(torch)
    scheduler = lr_scheduler.ReduceLROnPlateau(ours, **options)
    expected = torch.optim.lr_scheduler.ReduceLROnPlateau(theirs, **options)
    assert run_plateau(ours, scheduler, METRICS) == run_plateau(theirs, expected, METRICS)
    assert scheduler.get_last_lr() == rates(ours)


def test_reduce_on_plateau_waits_and_goes_on():
    optimizer = optimizer_of(tinygrad_c, [1.0])
    scheduler = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1)
    seen = [row[0] for row in run_plateau(optimizer, scheduler, [3.0, 2.0, 2.0, tensor(2.0)])]
    assert seen == [1.0, 1.0, 1.0, 0.5]
    saved = json.loads(json.dumps(scheduler.state_dict()))
    other = optimizer_of(tinygrad_c, [0.5])
    resumed = lr_scheduler.ReduceLROnPlateau(other)
    resumed.load_state_dict(saved)
    for o, s in ((optimizer, scheduler), (other, resumed)):
        assert [row[0] for row in run_plateau(o, s, [2.0, 2.0])] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("name", "options", "error", "message"),
    [
        ("LambdaLR", {"lr_lambda": [abs]}, ValueError, "Expected 2 lr_lambdas, but got 1"),
        ("StepLR", {"step_size": 0}, ValueError, "step_size must be positive, got 0"),
        ("CosineAnnealingLR", {"T_max": 0}, ValueError, "T_max must be positive, got 0"),
        ("LinearLR", {"start_factor": 0}, ValueError, r"start_factor must be in \(0, 1\], got 0"),
        ("LinearLR", {"end_factor": 2}, ValueError, r"end_factor must be in \[0, 1\], got 2"),
        ("ExponentialLR", {"gamma": 1, "last_epoch": 3}, KeyError, "'initial_lr' is not specified"),
        ("ReduceLROnPlateau", {"factor": 1.0}, ValueError, "factor must be < 1, got 1.0"),
        ("ReduceLROnPlateau", {"mode": "least"}, ValueError, "must be 'min' or 'max', got 'least'"),
        ("ReduceLROnPlateau", {"threshold_mode": "x"}, ValueError, "'rel' or 'abs', got 'x'"),
        ("ReduceLROnPlateau", {"min_lr": [0.1]}, ValueError, "expected 2 min_lrs, got 1"),
    ],
)
def test_errors(name, options, error, message):
    with pytest.raises(error, match=message):
        getattr(lr_scheduler, name)(optimizer_of(tinygrad_c), **options)


@pytest.mark.parametrize("make", [lr_scheduler.LRScheduler, lr_scheduler.ReduceLROnPlateau])
def test_what_is_no_optimizer(make):
    with pytest.raises(TypeError, match=r"optimizer must be an Optimizer, got list"):
        make([])


def test_a_subclass_defines_the_rates():
    with pytest.raises(NotImplementedError, match="LRScheduler must define get_lr"):
        lr_scheduler.LRScheduler(optimizer_of(tinygrad_c))


def test_a_plateau_lowers_the_rates_of_groups_that_were_added():
    optimizer = SGD([tinygrad_c.zeros(1, requires_grad=True)], lr=0.1)
    schedule = lr_scheduler.ReduceLROnPlateau(optimizer, patience=0)
    optimizer.add_param_group({"params": [tinygrad_c.zeros(1, requires_grad=True)], "lr": 0.5})
    schedule.step(1.0)
    schedule.step(2.0)
    assert [group["lr"] for group in optimizer.param_groups] == pytest.approx([0.01, 0.05])
    schedule.min_lrs = [0.0, 0.1]
    optimizer.add_param_group({"params": [tinygrad_c.zeros(1, requires_grad=True)], "lr": 0.5})
    with pytest.raises(RuntimeError, match="min_lr has 2 numbers, but the optimizer has 3 groups"):
        schedule.step(3.0)
