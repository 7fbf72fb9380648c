"""The training loop."""

import math

import pytest

import tinygrad_c as tgc
from tinygrad_c.train import Callback


class Recorder(Callback):
    """Writes down what it is called with; stops the trainer after `stop_after` steps."""

    def __init__(self, stop_after=None):
        self.events = []
        self.stop_after = stop_after

    def on_epoch_start(self, trainer, batches):
        self.events.append(("start", trainer.epoch, batches))

    def on_batch_end(self, trainer, score):
        self.events.append(("batch", score.samples))
        if self.stop_after == sum(event[0] == "batch" for event in self.events):
            trainer.stop()

    def on_epoch_end(self, trainer, metrics):
        self.events.append(("end", trainer.epoch, metrics))


class Halver:
    """Half the learning rate after every epoch."""

    def __init__(self, optimizer):
        self.optimizer = optimizer
        self.halvings = 0

    def step(self):
        self.halvings += 1
        self.optimizer.param_groups[0]["lr"] /= 2

    def state_dict(self):
        return {"halvings": self.halvings}

    def load_state_dict(self, state):
        self.halvings = state["halvings"]


def weights(trainer):
    return [parameter.tolist() for parameter in trainer.model.parameters()]


def test_it_learns(problem):
    trainer = problem.trainer()
    history = trainer.fit(problem.loader(), problem.loader(40), epochs=30)
    assert [metrics.epoch for metrics in history] == list(range(1, 31))
    assert history[-1].val_accuracy == 1.0
    assert history[-1].train_loss < 0.2 * history[0].train_loss
    assert trainer.epoch == 30
    assert not trainer.stopped


def test_the_same_seed_gives_the_same_model(problem):
    first, second = problem.trainer(), problem.trainer()
    for trainer in (first, second):
        trainer.fit(problem.loader(), problem.loader(), epochs=2)
    assert weights(first) == weights(second)


def test_metrics_are_means_over_samples(problem):
    """Batches of 16, 16 and 8: a mean over batches would weigh the last twice."""
    trainer = problem.trainer()
    whole, cut = trainer.evaluate(problem.loader(40)), trainer.evaluate(problem.loader(16))
    assert cut.samples == 40
    assert cut.correct == whole.correct
    assert math.isclose(cut.loss, whole.loss, rel_tol=1e-6)
    assert cut.accuracy == whole.correct / 40


def test_evaluation_records_nothing_and_restores_the_mode(problem):
    class Spy(tgc.nn.Module):
        def forward(self, x):
            self.seen = (self.training, tgc.is_grad_enabled())
            return x

    trainer = problem.trainer()
    trainer.model = Spy()
    for mode in (True, False):
        trainer.model.train(mode)
        trainer.evaluate(problem.loader())
        assert trainer.model.seen == (False, False)
        assert trainer.model.training is mode
    assert tgc.is_grad_enabled()


def test_the_mode_is_restored_after_an_error(problem):
    def fail(logits, targets):
        raise ArithmeticError

    trainer = problem.trainer()
    trainer.criterion = fail
    with pytest.raises(ArithmeticError):
        trainer.evaluate(problem.loader())
    assert trainer.model.training
    assert tgc.is_grad_enabled()


def test_callbacks_see_every_step(problem):
    recorder = Recorder()
    trainer = problem.trainer([recorder])
    trainer.fit(problem.loader(), problem.loader(), epochs=2)
    steps = [("batch", 16), ("batch", 32), ("batch", 40)]
    assert recorder.events == [
        *[("start", 0, 3), *steps, ("end", 1, trainer.history[0])],
        *[("start", 1, 3), *steps, ("end", 2, trainer.history[1])],
    ]


def test_a_stop_ends_after_the_step_that_is_running(problem):
    recorder = Recorder(stop_after=5)
    trainer = problem.trainer([recorder])
    history = trainer.fit(problem.loader(), problem.loader(), epochs=9)
    assert [event[0] for event in recorder.events].count("batch") == 5
    assert (len(history), trainer.epoch, trainer.stopped) == (1, 1, True)


def test_training_goes_on_in_the_middle_of_an_epoch_after_a_stop(problem):
    recorder = Recorder(stop_after=4)
    trainer = problem.trainer([recorder])
    trainer.fit(problem.loader(), problem.loader(), epochs=3)
    assert (trainer.epoch, trainer.batch, trainer.score.samples) == (1, 1, 16)
    trainer.fit(problem.loader(), problem.loader(), epochs=3)
    assert [metrics.epoch for metrics in trainer.history] == [1, 2, 3]
    assert [event[0] for event in recorder.events].count("batch") == 9
    assert not trainer.stopped


def test_predictions_are_those_of_the_model(problem):
    trainer = problem.trainer()
    trainer.fit(problem.loader(), problem.loader(), epochs=20)
    predictions, score = trainer.predict(problem.loader()), trainer.evaluate(problem.loader())
    assert predictions.accuracy == score.accuracy
    assert math.isclose(predictions.loss, score.loss, rel_tol=1e-5)
    assert predictions.targets.tolist() == [0] * 20 + [1] * 20


def test_the_scheduler_steps_after_every_epoch(problem):
    trainer = problem.trainer()
    trainer.scheduler = Halver(trainer.optimizer)
    trainer.fit(problem.loader(), problem.loader(), epochs=3)
    assert [metrics.lr for metrics in trainer.history] == [0.05, 0.025, 0.0125]
