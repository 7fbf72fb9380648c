"""A problem that a trainer solves in an instant."""

import numpy as np
import pytest

import tinygrad_c as tgc
from tinygrad_c.train import Trainer
from tinygrad_c.utils.data import DataLoader, TensorDataset


class Problem:
    """Forty points of two classes; the sign of the first coordinate is the class."""

    def __init__(self):
        points = np.linspace(-1, 1, 80, dtype=np.float32).reshape(40, 2)
        targets = (points[:, 0] > 0).astype(np.int64)
        self.data = TensorDataset(tgc.from_numpy(points), tgc.from_numpy(targets))

    def loader(self, batch_size=16):
        return DataLoader(self.data, batch_size)

    def trainer(self, callbacks=(), **options):
        tgc.manual_seed(0)
        model = tgc.nn.Sequential(tgc.nn.Linear(2, 8), tgc.nn.Tanh(), tgc.nn.Linear(8, 2))
        optimizer = tgc.optim.Adam(model.parameters(), lr=0.05)
        return Trainer(model, optimizer, tgc.nn.CrossEntropyLoss(), callbacks, **options)


@pytest.fixture
def problem():
    return Problem()
