"""From settings to a trainer."""

import pytest

import tinygrad_c as tgc
from tinygrad_c.train.data import SPECS, load_data
from tinygrad_c.train.setup import (
    DEFAULTS_BY_DATA,
    OPTIMIZERS,
    SCHEDULERS,
    complete,
    make_model,
    make_trainer,
)
from tinygrad_c.utils.data import DataLoader
from tinygrad_c.vision.models import list_models


def accuracy_after(epochs, **given):
    """The validation accuracy on the digits after so many epochs."""
    trainer = make_trainer(complete(given))
    data = load_data("digits")
    train, validation = DataLoader(data.train, 32, shuffle=True), DataLoader(data.validation, 512)
    return trainer.fit(train, validation, epochs)[-1].val_accuracy


@pytest.mark.parametrize("model", list_models())
def test_every_model_learns(model):
    assert accuracy_after(3, model=model) > 0.8


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_learns_with_the_rate_that_suits_it(optimizer):
    assert accuracy_after(3, model="mlp", optimizer=optimizer) > 0.85


@pytest.mark.parametrize("name", SPECS)
def test_every_data_set_has_settings_of_its_own(name):
    settings = complete({"data": name})
    assert settings["epochs"] == DEFAULTS_BY_DATA[name]["epochs"]
    assert settings["scheduler"] in SCHEDULERS
    model = make_model(settings)
    logits = model(tgc.zeros(2, *SPECS[name].image_shape))
    assert tuple(logits.shape) == (2, len(SPECS[name].classes))


def test_what_is_given_goes_before_what_suits():
    settings = complete({"optimizer": "sgd", "epochs": 3})
    assert (settings["lr"], settings["epochs"]) == (OPTIMIZERS["sgd"].lr, 3)
    assert complete({"optimizer": "sgd", "lr": 0.5})["lr"] == 0.5


def test_the_seed_decides_the_weights():
    weights = [
        next(make_model(complete({"model": "softmax", "seed": seed})).parameters()).tolist()
        for seed in (0, 0, 1)
    ]
    assert weights[0] == weights[1] != weights[2]
