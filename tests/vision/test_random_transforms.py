"""Random transforms. Their numbers were recorded from torchvision 0.28."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import tinygrad_c as tgc
from tinygrad_c.vision import transforms


def test_random_crops_are_torchvisions():
    picture = np.arange(12 * 10, dtype=np.uint8).reshape(12, 10)
    tgc.manual_seed(0)
    crop = transforms.RandomCrop(4, padding=2)
    assert [int(crop(picture)[3, 3]) for _ in range(8)] == [48, 24, 0, 41, 59, 0, 46, 117]
    assert transforms.RandomCrop.get_params(picture, (3, 5)) == (6, 0, 3, 5)
    assert int(tgc.randint(10**6, ())) == 868794


def test_an_image_of_the_size_draws_nothing():
    tgc.manual_seed(0)
    expected = float(tgc.rand(1))
    tgc.manual_seed(0)
    picture = np.ones((3, 4), np.uint8)
    assert np.array_equal(transforms.RandomCrop((3, 4))(picture), picture)
    assert float(tgc.rand(1)) == expected


def test_random_flips_are_torchvisions():
    tgc.manual_seed(1)
    flip = transforms.RandomHorizontalFlip(0.3)
    assert [int(flip(np.uint8([[0, 1]]))[0, 0]) for _ in range(20)] == [
        0,
        1,
        0,
        0,
        1,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
    ]
    assert int(tgc.randint(10**6, ())) == 426750


@given(seed=st.integers(0, 2**32), p=st.floats(0, 1))
def test_a_flip_draws_as_rand_does(seed, p):
    tgc.manual_seed(seed)
    expected = bool(tgc.rand(1) < p)
    tgc.manual_seed(seed)
    flipped = transforms.RandomHorizontalFlip(p)(np.uint8([[0, 1]]))
    assert flipped.tolist() == [[1, 0] if expected else [0, 1]]


def test_a_small_image_gets_as_much_at_both_sides_as_it_lacks():
    tgc.manual_seed(2)
    crop = transforms.RandomCrop((5, 4), pad_if_needed=True, fill=9)
    cut = crop(np.ones((3, 3), np.uint8))
    assert cut.shape == (5, 4)
    assert set(cut.ravel().tolist()) == {1, 9}
