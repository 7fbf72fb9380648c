"""Schedules of the learning rate: ``torch.optim.lr_scheduler``'s names.

A scheduler sets ``lr`` of each group of its optimizer when it is made, and again at each
``step()``, which is called once per epoch, after the optimizer's steps. Most multiply the rate that
they find, so that several may work on one optimizer; all give PyTorch's numbers.
"""

import math
import warnings
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tinygrad_c.autograd import no_grad
from tinygrad_c.optim.optimizer import Optimizer
from tinygrad_c.tensor import Tensor

__all__ = [
    "CosineAnnealingLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "ReduceLROnPlateau",
    "StepLR",
]


def set_rate(group, rate):
    """Give a group its learning rate; one that is a Tensor is filled."""
    if isinstance(group["lr"], Tensor):
        with no_grad():
            group["lr"].fill_(float(rate))
    else:
        group["lr"] = rate


def rate_of(group):
    """A group's learning rate, as a number."""
    return float(group["lr"]) if isinstance(group["lr"], Tensor) else group["lr"]


def check_optimizer(scheduler, optimizer):
    if not isinstance(optimizer, Optimizer):
        raise TypeError(
            f"{type(scheduler).__name__}: optimizer must be an Optimizer, "
            f"got {type(optimizer).__name__}"
        )


class LRScheduler:
    """Base of the schedulers that count epochs; a subclass defines ``get_lr``.

    The argument `last_epoch` is the epoch that was done last: -1 before the first, else the groups
    must have an "initial_lr" (KeyError), and go on from the rates that they have. The attribute is
    the number of the epoch that the rates are for, `last_epoch` + 1 at first: ``epoch`` in the
    formulas below, which hold from epoch 0 on, if nothing else changes the rates. ``base_lrs`` are
    the rates of the groups at epoch 0.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        check_optimizer(self, optimizer)
        self.optimizer = optimizer
        for number, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", rate_of(group))
            elif "initial_lr" not in group:
                raise KeyError(
                    f"param 'initial_lr' is not specified in param_groups[{number}] when resuming "
                    "an optimizer: load the optimizer's state first, or give last_epoch=-1"
                )
        self.base_lrs = [float(group["initial_lr"]) for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._step_count = 0
        self._optimizer_stepped = False
        self._last_lr: list[float] = []
        self._watch()
        self.step()

    def _watch(self):
        """Take note of the optimizer's next step."""

        def note(*_):
            self._optimizer_stepped = True
            handle.remove()

        handle = self.optimizer.register_step_post_hook(note)

    def get_lr(self) -> list[float]:
        """The rates of the groups for `last_epoch`, given those that they have now."""
        raise NotImplementedError(f"{type(self).__name__} must define get_lr()")

    def get_last_lr(self) -> list[float]:
        """The rates that the scheduler set last."""
        return self._last_lr

    def step(self) -> None:
        """Go on to the next epoch."""
        if self._step_count == 1 and not self._optimizer_stepped:
            warnings.warn(
                "lr_scheduler.step() was called before optimizer.step(): the first rate of the "
                "schedule is skipped",
                stacklevel=2,
            )
        self._step_count += 1
        self.last_epoch += 1
        for group, rate in zip(self.optimizer.param_groups, self.get_lr(), strict=True):
            set_rate(group, rate)
        self._last_lr = [rate_of(group) for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """What must be saved to go on: numbers and lists, none of the optimizer's."""
        left_out = ("optimizer", "_optimizer_stepped")
        return {key: value for key, value in vars(self).items() if key not in left_out}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on as the scheduler whose ``state_dict()`` this is."""
        vars(self).update(state_dict)

    def _is_first(self):
        """Is this the epoch that training begins with, or goes on with at the rates it had?"""
        return self._step_count == 1

    def _rates(self):
        """The rates that the groups have now."""
        return [rate_of(group) for group in self.optimizer.param_groups]


class LambdaLR(LRScheduler):
    """lr = base_lr * lr_lambda(epoch)

    `lr_lambda` is a function, or one for each group. A function is not saved in the state, an
    object that can be called is, by its attributes.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        lr_lambda: Callable[[int], float] | Sequence[Callable[[int], float]],
        last_epoch: int = -1,
    ) -> None:
        check_optimizer(self, optimizer)
        n = len(optimizer.param_groups)
        functions = [lr_lambda] * n if callable(lr_lambda) else list(lr_lambda)
        if len(functions) != n:
            raise ValueError(f"Expected {n} lr_lambdas, but got {len(functions)}")
        self.lr_lambdas = functions
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [
            base * function(self.last_epoch)
            for base, function in zip(self.base_lrs, self.lr_lambdas, strict=True)
        ]

    def state_dict(self) -> dict[str, Any]:
        state = super().state_dict()
        state["lr_lambdas"] = [
            None if not hasattr(f, "__dict__") or hasattr(f, "__code__") else dict(vars(f))
            for f in self.lr_lambdas
        ]
        return state

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        state = dict(state_dict)
        for function, attributes in zip(self.lr_lambdas, state.pop("lr_lambdas"), strict=True):
            if attributes is not None:
                vars(function).update(attributes)
        super().load_state_dict(state)


class StepLR(LRScheduler):
    """lr = base_lr * gamma ** (epoch // step_size): it falls every `step_size` epochs

    ValueError for a `step_size` that is not positive.
    """

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if step_size <= 0:
            raise ValueError(f"StepLR: step_size must be positive, got {step_size}")
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        falls = self.last_epoch > 0 and self.last_epoch % self.step_size == 0
        return [rate * self.gamma if falls else rate for rate in self._rates()]


class MultiStepLR(LRScheduler):
    """lr = base_lr * gamma ** (the number of `milestones` <= epoch)

    It falls at the epochs `milestones`, at one that is there twice by gamma**2.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = Counter(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        times = self.milestones[self.last_epoch]
        return [rate * self.gamma**times if times else rate for rate in self._rates()]

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on as the scheduler whose ``state_dict()`` this is."""
        super().load_state_dict(state_dict)
        # A file has no Counter, and only strings as keys.
        saved = self.milestones
        self.milestones = Counter({int(epoch): times for epoch, times in saved.items()})


class ExponentialLR(LRScheduler):
    """lr = base_lr * gamma**epoch"""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        return [rate if self._is_first() else rate * self.gamma for rate in self._rates()]


class LinearLR(LRScheduler):
    """lr = base_lr * (start_factor + (end_factor - start_factor) * min(epoch / total_iters, 1))

    In a line from the first factor, in (0, 1], to the second, in [0, 1], where it stays; ValueError
    for others. Source: Goyal et al., "Accurate, large minibatch SGD", 2017 (gradual warmup).
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1.0 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        if not 0 < start_factor <= 1:
            raise ValueError(f"LinearLR: start_factor must be in (0, 1], got {start_factor}")
        if not 0 <= end_factor <= 1:
            raise ValueError(f"LinearLR: end_factor must be in [0, 1], got {end_factor}")
        self.start_factor = start_factor
        self.end_factor = end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def get_lr(self) -> list[float]:
        epoch, rates = self.last_epoch, self._rates()
        if epoch == 0:
            return [rate * self.start_factor for rate in rates]
        if self._is_first() or epoch > self.total_iters:
            return rates
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (epoch - 1) * rise
        return [rate * (1.0 + rise / before) for rate in rates]


class CosineAnnealingLR(LRScheduler):
    """lr = eta_min + (base_lr - eta_min) * (1 + cos(pi * epoch / T_max)) / 2

    From base_lr down to eta_min in `T_max` epochs, then up again, and so on. Source: Loshchilov and
    Hutter, "SGDR: Stochastic gradient descent with warm restarts", 2017, without the restarts.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803  PyTorch's name
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        if T_max <= 0:
            raise ValueError(f"CosineAnnealingLR: T_max must be positive, got {T_max}")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def height(self, epoch: int) -> float:
        """Twice the share of the way up from eta_min: 2 at the top, 0 at the bottom."""
        return 1 + math.cos(math.pi * epoch / self.T_max)

    def get_lr(self) -> list[float]:
        epoch, low, rates = self.last_epoch, self.eta_min, self._rates()
        if self._is_first():
            return rates
        if (epoch - 1 - self.T_max) % (2 * self.T_max) == 0:
            # From the bottom, where there is nothing to multiply.
            return [
                rate + (base - low) * (1 - math.cos(math.pi / self.T_max)) / 2
                for rate, base in zip(rates, self.base_lrs, strict=True)
            ]
        growth = self.height(epoch) / self.height(epoch - 1)
        return [growth * (rate - low) + low for rate in rates]


class ReduceLROnPlateau(LRScheduler):
    """lr = max(lr * factor, min_lr) when a metric has not become better for a while

    ``step(metric)`` counts the epochs in which the metric is not better than the best one so far by
    `threshold`: a share of it ("rel") or a difference ("abs"). After more than `patience` of them
    in a row the rates fall, and for the next `cooldown` epochs none is counted. `mode` says whether
    "min" or "max" is better; a change of a rate by less than `eps` is not made; `min_lr` is a
    number, or one for each group.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float | Sequence[float] = 0,
        eps: float = 1e-8,
    ) -> None:
        check_optimizer(self, optimizer)
        if factor >= 1.0:
            raise ValueError(f"ReduceLROnPlateau: factor must be < 1, got {factor}")
        if mode not in ("min", "max"):
            raise ValueError(f"ReduceLROnPlateau: mode must be 'min' or 'max', got {mode!r}")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(
                f"ReduceLROnPlateau: threshold_mode must be 'rel' or 'abs', got {threshold_mode!r}"
            )
        n = len(optimizer.param_groups)
        several = isinstance(min_lr, (list, tuple))
        if several and len(min_lr) != n:  # type: ignore[arg-type]
            raise ValueError(f"expected {n} min_lrs, got {len(min_lr)}")  # type: ignore[arg-type]
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lrs = list(min_lr) if several else [min_lr] * n  # type: ignore[arg-type]
        self.eps = eps
        self.best = math.inf if mode == "min" else -math.inf
        self.num_bad_epochs = 0
        self.cooldown_counter = 0
        self.last_epoch = 0
        self._last_lr = self._rates()

    def step(self, metrics: Any) -> None:  # type: ignore[override]
        """Take the metric of another epoch into account: a number, or a Tensor of one."""
        metric = float(metrics)
        self.last_epoch += 1
        if self.is_better(metric, self.best):
            self.best = metric
            self.num_bad_epochs = 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self.reduce()
            self.cooldown_counter = self.cooldown
            self.num_bad_epochs = 0
        self._last_lr = self._rates()

    def is_better(self, metric: float, best: float) -> bool:
        """Is `metric` better than `best` by the threshold?"""
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            # An infinite best times 1 +- threshold is itself: anything finite is better.
            return sign * metric > sign * best * (1 + sign * self.threshold)
        return sign * metric > sign * (best + sign * self.threshold)

    def reduce(self) -> None:
        """Lower the rates, where that changes them by more than eps."""
        groups = self.optimizer.param_groups
        missing = len(groups) - len(self.min_lrs)  # for groups that were added
        if missing and len(set(self.min_lrs)) > 1:
            raise RuntimeError(
                f"ReduceLROnPlateau: min_lr has {len(self.min_lrs)} numbers, but the optimizer has "
                f"{len(groups)} groups by now: append to min_lrs what the added ones have"
            )
        self.min_lrs += self.min_lrs[:1] * missing
        for group, least in zip(groups, self.min_lrs, strict=True):
            old = rate_of(group)
            new = max(old * self.factor, least)
            if old - new > self.eps:
                set_rate(group, new)
