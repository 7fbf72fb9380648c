"""A training that stops anywhere and goes on ends with the bits of one that did neither."""

import signal

import numpy as np
import pytest

import tinygrad_c as tgc
from tinygrad_c import nn
from tinygrad_c.train import Callback, Trainer, read_checkpoint, restore, save_checkpoint
from tinygrad_c.utils.data import DataLoader, Dataset, TensorDataset

EPOCHS, BATCHES = 3, 3


class RunningMean(nn.Module):
    """Subtracts a running mean of its inputs: a buffer that forward changes."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", tgc.zeros(2))

    def forward(self, x):
        if self.training:
            with tgc.no_grad():
                self.mean.mul_(0.9).add_(x.mean(0) * 0.1)
        return x - self.mean


class Shaky(Dataset):
    """Points that are moved at random each time they are read."""

    def __init__(self, data):
        self.data = data

    def __len__(self):
        return len(self.data)

    def __getitem__(self, index):
        point, target = self.data[index]
        return point + tgc.randn(2) * 0.1, target


class Run:
    """Everything that draws random numbers: order, data, dropout."""

    workers = 0

    def __init__(self, seed=3):
        tgc.manual_seed(seed)
        points = tgc.from_numpy(np.linspace(-1, 1, 80, dtype=np.float32).reshape(40, 2))
        self.data = TensorDataset(points, (points[:, 0] > 0).to(tgc.int64))
        self.model = nn.Sequential(
            RunningMean(), nn.Linear(2, 8), nn.Dropout(0.3), nn.Tanh(), nn.Linear(8, 2)
        )
        self.optimizer = tgc.optim.Adam(self.model.parameters(), lr=0.05)

    def trainer(self, callbacks=(), scheduler=None):
        return Trainer(self.model, self.optimizer, nn.CrossEntropyLoss(), callbacks, scheduler)

    def annealed(self, callbacks=()):
        """A trainer whose learning rate falls."""
        scheduler = tgc.optim.lr_scheduler.CosineAnnealingLR(self.optimizer, EPOCHS)
        return self.trainer(callbacks, scheduler)

    def fit(self, trainer, generator=None):
        train = DataLoader(
            Shaky(self.data), 16, shuffle=True, num_workers=self.workers, generator=generator
        )
        # Shuffled as well: an evaluation draws random numbers, too.
        return trainer.fit(train, DataLoader(self.data, 16, shuffle=True), EPOCHS)


class At(Callback):
    """Does something after so many steps."""

    def __init__(self, steps, action):
        self.steps = steps
        self.action = action

    def on_batch_end(self, trainer, score):
        self.steps -= 1
        if self.steps == 0:
            self.action(trainer)


class Interrupt:
    """Sends SIGINT in the n-th call of forward, training and evaluation counted together."""

    def __init__(self, model, n):
        self.n = n
        self.handle = model.register_forward_hook(self)

    def __call__(self, module, args, output):
        self.n -= 1
        if self.n == 0:
            self.handle.remove()
            signal.raise_signal(signal.SIGINT)


def final(trainer):
    """All that a training leaves, without times."""
    history = [
        (m.epoch, m.train_loss, m.train_accuracy, m.val_loss, m.val_accuracy, m.lr)
        for m in trainer.history
    ]
    state = {name: value.tolist() for name, value in trainer.model.state_dict().items()}
    return state, history, tgc.default_generator.get_state().tobytes()


@pytest.fixture(scope="module")
def straight():
    run = Run()
    trainer = run.trainer()
    run.fit(trainer)
    return final(trainer)


def resumed(path):
    """A new run, of another seed, that takes over the checkpoint and goes on to the end."""
    run = Run(seed=99)
    trainer = run.trainer()
    restore(trainer, path)
    tgc.randn(5)
    if trainer.batch:
        assert 0 < trainer.batch <= BATCHES
    run.fit(trainer)
    return final(trainer)


@pytest.mark.parametrize("steps", range(1, EPOCHS * BATCHES + 1))
def test_a_stop_after_any_step(straight, steps, tmp_path):
    run = Run()
    trainer = run.trainer([At(steps, Trainer.stop)])
    run.fit(trainer)
    save_checkpoint(trainer, tmp_path / "c", {})
    assert trainer.epoch * BATCHES + trainer.batch == steps
    assert resumed(tmp_path / "c") == straight


@pytest.mark.parametrize("steps", [1, 3, 5])
def test_a_copy_that_was_saved_after_any_step(straight, steps, tmp_path):
    """What a kill leaves: a checkpoint from inside of an epoch, written while the run went on."""
    run = Run()
    save = At(steps, lambda trainer: save_checkpoint(trainer, tmp_path / "c", {}))
    trainer = run.trainer([save])
    run.fit(trainer)
    assert final(trainer) == straight
    assert resumed(tmp_path / "c") == straight


@pytest.mark.parametrize("call", range(1, EPOCHS * 2 * BATCHES + 1))
def test_an_interrupt_inside_of_any_forward(straight, call, tmp_path):
    """The step, or the evaluation, is undone: its random numbers, and the buffers it changed."""
    run = Run()
    Interrupt(run.model, call)
    trainer = run.trainer()
    with pytest.raises(KeyboardInterrupt):
        run.fit(trainer)
    assert trainer.model.training
    save_checkpoint(trainer, tmp_path / "c", {})
    assert resumed(tmp_path / "c") == straight
    # The interrupted trainer itself can go on as well.
    restore(trainer, tmp_path / "c")
    run.fit(trainer)
    assert final(trainer) == straight


def test_an_interrupt_inside_of_the_optimizer_waits_for_its_end(straight, tmp_path):
    run = Run()
    calls = []

    def interrupt(*args):
        calls.append(None)
        if len(calls) == 2:
            signal.raise_signal(signal.SIGINT)

    run.optimizer.register_step_pre_hook(interrupt)
    trainer = run.trainer()
    with pytest.raises(KeyboardInterrupt):
        run.fit(trainer)
    assert trainer.batch == 2
    save_checkpoint(trainer, tmp_path / "c", {})
    assert resumed(tmp_path / "c") == straight


def test_a_loader_with_a_generator_of_its_own(tmp_path):
    finals = []
    for steps in (None, 1, 2, 3, 4, 5):
        run = Run()
        trainer = run.trainer([] if steps is None else [At(steps, Trainer.stop)])
        run.fit(trainer, tgc.Generator().manual_seed(5))
        if steps is not None:
            save_checkpoint(trainer, tmp_path / "c", {})
            run = Run(seed=99)
            trainer = run.trainer()
            restore(trainer, tmp_path / "c")
            run.fit(trainer, tgc.Generator().manual_seed(6))
        finals.append(final(trainer))
    assert all(other == finals[0] for other in finals)


@pytest.mark.parametrize("call", [2, 6, 8, 12, 14])
def test_a_scheduler_goes_on(call, tmp_path):
    """Interrupted in a step, and in the evaluations before which all steps are done."""
    run = Run()
    trainer = run.annealed()
    run.fit(trainer)
    straight = final(trainer)
    assert len({rate for *_, rate in straight[1]}) == EPOCHS

    run = Run()
    Interrupt(run.model, call)
    trainer = run.annealed()
    with pytest.raises(KeyboardInterrupt):
        run.fit(trainer)
    save_checkpoint(trainer, tmp_path / "c", {})
    run = Run(seed=99)
    trainer = run.annealed()
    restore(trainer, tmp_path / "c")
    run.fit(trainer)
    assert final(trainer) == straight


@pytest.mark.parametrize("steps", [1, 4, 6])
def test_a_loader_with_workers(steps, tmp_path):
    """They have read ahead when the run stops, and draw random numbers of their own."""
    finals = []
    for stop in (None, steps):
        run = Run()
        run.workers = 2
        trainer = run.trainer([] if stop is None else [At(stop, Trainer.stop)])
        run.fit(trainer)
        if stop is not None:
            save_checkpoint(trainer, tmp_path / "c", {})
            run = Run(seed=99)
            run.workers = 2
            trainer = run.trainer()
            restore(trainer, tmp_path / "c")
            run.fit(trainer)
        finals.append(final(trainer))
    assert finals[0] == finals[1]


def test_an_error_of_the_data_leaves_the_last_whole_step(straight):
    run = Run()
    trainer = run.trainer()
    reads = []

    class Failing(TensorDataset):
        def __getitem__(self, index):
            reads.append(index)
            if len(reads) == 100:
                raise OSError("the disk is gone")
            return super().__getitem__(index)

    run.data = Failing(*run.data.tensors)
    with pytest.raises(OSError, match="the disk is gone"):
        run.fit(trainer)
    assert (trainer.epoch, trainer.batch) == (1, 1)
    run.fit(trainer)
    assert final(trainer) == straight


# Failures


@pytest.fixture
def checkpoint(tmp_path):
    save_checkpoint(Run().trainer(), tmp_path / "c", {"lr": 0.1})
    return tmp_path / "c"


def test_a_checkpoint_holds_the_configuration(checkpoint):
    assert read_checkpoint(checkpoint)["config"] == {"lr": 0.1}


@pytest.mark.parametrize("other", [3, {}, {"model": {}}, [1]])
def test_another_file_is_refused(other, tmp_path):
    tgc.save(other, tmp_path / "c")
    with pytest.raises(ValueError, match="c' must be the checkpoint of a run, got another file"):
        read_checkpoint(tmp_path / "c")


def test_a_checkpoint_of_another_model_is_refused_in_one_line(checkpoint):
    run = Run()
    run.model = nn.Linear(2, 3)
    run.optimizer = tgc.optim.Adam(run.model.parameters())
    with pytest.raises(ValueError, match=r"must fit the model .*: Error\(s\) .* Missing") as info:
        restore(run.trainer(), checkpoint)
    assert "\n" not in str(info.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("score", {"more": 1}),
        ("history", [{"epoch": 1}]),
        ("optimizer", {"state": {}}),
        ("model", None),
        ("batch", "many"),
        ("batch", -1),
        ("seconds", None),
        ("generators", {"default": 1}),
        ("generators", {"default": tgc.zeros(3)}),
        ("epoch_start", []),
    ],
)
def test_a_checkpoint_with_other_contents_is_refused(checkpoint, key, value):
    state = tgc.load(checkpoint)
    tgc.save({**state, key: value}, checkpoint)
    trainer = Run().trainer()
    with pytest.raises(ValueError, match="must fit the model and the optimizer: "):
        restore(trainer, checkpoint)


def test_a_scheduler_must_be_there_on_both_sides(checkpoint):
    trainer = Run().trainer()
    trainer.scheduler = object()
    with pytest.raises(ValueError, match="must come from a trainer that has a scheduler as well"):
        restore(trainer, checkpoint)
