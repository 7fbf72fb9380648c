"""The training loop: epochs of steps, each followed by an evaluation; it can stop and go on
anywhere."""

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import islice
from time import perf_counter
from typing import Any

import numpy as np

from tinygrad_c._kernels.random import Generator, default_generator
from tinygrad_c.autograd import no_grad
from tinygrad_c.creation import from_numpy
from tinygrad_c.nn import Module
from tinygrad_c.tensor import Tensor
from tinygrad_c.train.callback import Callback
from tinygrad_c.train.metrics import EpochMetrics, Predictions, Score
from tinygrad_c.train.signals import SignalGate


class Trainer:
    """Trains a model that maps inputs (N, ...) to logits (N, classes).

    A trainer stands between two steps, always: `fit` that is cut short, by `stop`, Ctrl-C or any
    other exception from the data or the model, leaves model, optimizer, metrics and random
    numbers as the last whole step left them. `fit` called again, or a trainer that took over the
    `state_dict`, goes on from there and ends with the same bits as if nothing had happened.

    Parameters
    ----------
    model : Module
    optimizer : over the parameters of `model`
    criterion : function of logits and targets (N,) whose result is the mean loss, a scalar
    callbacks : called in the order given
    scheduler : of the learning rate, optional; its `step` is called after every epoch

    Attributes
    ----------
    epoch : int, the number of epochs finished
    batch : int, the number of steps done in the epoch that is not finished
    score : Score of these steps
    history : list of EpochMetrics, one for each epoch finished
    stopped : bool, whether `stop` ended the last `fit`
    """

    def __init__(
        self,
        model: Module,
        optimizer: Any,
        criterion: Callable[[Tensor, Tensor], Tensor],
        callbacks: Sequence[Callback] = (),
        scheduler: Any = None,
    ):
        self.model = model
        self.optimizer = optimizer
        self.criterion = criterion
        self.callbacks = callbacks
        self.scheduler = scheduler
        self.history: list[EpochMetrics] = []
        self.epochs = 0
        self.batch = 0
        self.score = Score()
        self.seconds = 0.0
        self.stopped = False
        self._signals = SignalGate()
        self._generators: dict[str, Generator] = {"default": default_generator}
        # Where the generators stood when the running epoch began; where they must stand when
        # `fit` goes on; what a step that is cut short changes, as it was before.
        self._epoch_start: dict[str, np.ndarray] = {}
        self._to_restore: dict[str, np.ndarray] = {}
        self._before: tuple[dict[str, np.ndarray], list[Tensor]] = ({}, [])
        self._has_buffers = False

    @property
    def epoch(self) -> int:
        """The number of epochs finished."""
        return len(self.history)

    # ---- training ----

    def fit(self, train_loader: Any, val_loader: Any, epochs: int) -> list[EpochMetrics]:
        """Train until `epochs` epochs are finished, those of earlier calls included.

        Both loaders are iterables of (inputs, targets) with a length. To go on in the middle of
        an epoch, `train_loader` must give the batches of that epoch again: its random numbers
        come from the default generator, or from its own, `train_loader.generator`.
        """
        self.epochs = epochs
        self.stopped = False
        self._generators = {"default": default_generator}
        if getattr(train_loader, "generator", None) is not None:
            self._generators["loader"] = train_loader.generator
        set_states(self._generators, self._to_restore)
        self._to_restore = {}
        self._has_buffers = any(True for _ in self.model.buffers())
        with self._signals:
            self._remember()
            try:
                while self.epoch < epochs and not self.stopped:
                    self._run_epoch(train_loader, val_loader)
            except BaseException:
                self._undo()
                raise
            finally:
                if self.batch:
                    self._to_restore = states(self._generators)
                for callback in self.callbacks:
                    callback.on_fit_end(self)
        return self.history

    def stop(self) -> None:
        """End `fit` after the step that is running."""
        self.stopped = True

    def _run_epoch(self, train_loader: Any, val_loader: Any) -> None:
        if self.batch == 0:
            self._epoch_start = states(self._generators)
            self.score, self.seconds = Score(), 0.0
        for callback in self.callbacks:
            callback.on_epoch_start(self, len(train_loader))
        self._train(train_loader)
        if self.stopped:
            return
        with self._signals.open():
            val = self.evaluate(val_loader)
        self._finish_epoch(val)

    def _train(self, loader: Iterable[Any]) -> None:
        """The steps of the epoch that are not done yet."""
        self.model.train()
        with self._signals.open():
            batches = self._batches(loader)
        done = False
        while not done and not self.stopped:
            start = perf_counter()
            with self._signals.open():
                batch = next(batches, None)
                done = batch is None
                if batch is not None:
                    self.optimizer.zero_grad()
                    logits = self.model(batch[0])
                    loss = self.criterion(logits, batch[1])
                    loss.backward()
            if batch is not None:
                self.optimizer.step()
                self.score.add(loss, logits.detach(), batch[1])
                self.batch += 1
                self._remember()
                self.seconds += perf_counter() - start
                for callback in self.callbacks:
                    callback.on_batch_end(self, self.score)

    def _batches(self, loader: Iterable[Any]) -> Iterator[Any]:
        """The batches of the epoch, those left out of which the steps are done."""
        if self.batch == 0:
            return iter(loader)
        now = states(self._generators)
        set_states(self._generators, self._epoch_start)
        batches = iter(loader)
        for _ in islice(batches, self.batch):
            pass
        set_states(self._generators, now)
        return batches

    def _finish_epoch(self, val: Score) -> None:
        train = self.score
        metrics = EpochMetrics(
            epoch=self.epoch + 1,
            train_loss=train.loss,
            train_accuracy=train.accuracy,
            val_loss=val.loss,
            val_accuracy=val.accuracy,
            lr=float(self.optimizer.param_groups[0]["lr"]),
            seconds=self.seconds,
            samples_per_second=train.samples / self.seconds if self.seconds else float("nan"),
        )
        self.history.append(metrics)
        self.batch = 0
        if self.scheduler is not None:
            with warnings.catch_warnings():
                # Where the epoch's steps were made before a restart, none was made in this process.
                warnings.filterwarnings("ignore", r"lr_scheduler\.step")
                self.scheduler.step()
        self._remember()
        for callback in self.callbacks:
            callback.on_epoch_end(self, metrics)

    def _remember(self) -> None:
        """Keep what forward changes, for `_undo`: random numbers and the model's buffers."""
        buffers = self.model.buffers() if self._has_buffers else ()
        self._before = (
            states(self._generators),
            [buffer.detach().clone() for buffer in buffers],
        )

    def _undo(self) -> None:
        """Forget the step, or the evaluation, that did not come to its end."""
        generators, buffers = self._before
        set_states(self._generators, generators)
        with no_grad():
            for buffer, value in zip(self.model.buffers(), buffers, strict=self._has_buffers):
                buffer.copy_(value)

    # ---- evaluation ----

    def evaluate(self, loader: Iterable[Any]) -> Score:
        """Loss and accuracy in evaluation mode, without recording; the mode is restored."""
        score = Score()

        def add(logits: Tensor, targets: Tensor) -> None:
            score.add(self.criterion(logits, targets), logits, targets)

        self._visit(loader, add)
        return score

    def predict(self, loader: Iterable[Any]) -> Predictions:
        """The probabilities of the classes for every sample, in evaluation mode."""
        outputs: list[tuple[np.ndarray, np.ndarray]] = []

        def add(logits: Tensor, targets: Tensor) -> None:
            outputs.append((logits.softmax(1).numpy(), targets.numpy()))

        self._visit(loader, add)
        return Predictions(*map(np.concatenate, zip(*outputs, strict=True)))

    def _visit(self, loader: Iterable[Any], visit: Callable[[Tensor, Tensor], None]) -> None:
        """``visit(logits, targets)`` of every batch, in evaluation mode and without recording."""
        was_training = self.model.training
        self.model.eval()
        try:
            with no_grad():
                for inputs, targets in loader:
                    visit(self.model(inputs), targets)
        finally:
            self.model.train(was_training)

    # ---- saving and loading ----

    def state_dict(self) -> dict[str, Any]:
        """Everything that `load_state_dict` needs to go on, for `tinygrad_c.save`."""
        generators = self._to_restore or states(self._generators)
        return {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "history": [asdict(metrics) for metrics in self.history],
            "batch": self.batch,
            "score": asdict(self.score),
            "seconds": self.seconds,
            "generators": as_tensors(generators),
            "epoch_start": as_tensors(self._epoch_start),
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Go on where the trainer stood whose `state_dict` this is.

        Raises
        ------
        ValueError : where only one of the two has a scheduler.
        RuntimeError, ValueError : where `state` does not fit the model or the optimizer.
        """
        if (state["scheduler"] is None) is not (self.scheduler is None):
            raise ValueError(
                "load_state_dict: state must come from a trainer that has a scheduler as well, or "
                "none as well"
            )
        history = [EpochMetrics(**metrics) for metrics in state["history"]]
        score = Score(**state["score"])
        batch, seconds = int(state["batch"]), float(state["seconds"])
        if batch < 0:
            raise ValueError(f"load_state_dict: batch must be at least 0, got {batch}")
        generators, epoch_start = as_arrays(state["generators"]), as_arrays(state["epoch_start"])
        self.model.load_state_dict(state["model"])
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.history, self.score = history, score
        self.batch, self.seconds = batch, seconds
        self._to_restore, self._epoch_start = generators, epoch_start


def states(generators: dict[str, Generator]) -> dict[str, np.ndarray]:
    """A copy of the state of every generator."""
    return {name: generator.get_state() for name, generator in generators.items()}


def set_states(generators: dict[str, Generator], states: dict[str, np.ndarray]) -> None:
    """Go on from what `states` returned; a generator that it lacks stays as it is."""
    for name, state in states.items():
        if name in generators:
            generators[name].set_state(state)


def as_tensors(states: dict[str, np.ndarray]) -> dict[str, Tensor]:
    return {name: from_numpy(state.copy()) for name, state in states.items()}


def as_arrays(states: dict[str, Tensor]) -> dict[str, np.ndarray]:
    arrays = {name: state.numpy().copy() for name, state in states.items()}
    for state in arrays.values():
        Generator().set_state(state)  # ValueError where it is no state
    return arrays
