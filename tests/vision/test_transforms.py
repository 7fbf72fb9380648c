"""Transforms of images: exact against NumPy, for arrays, tensors and pictures."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

import tinygrad_c as tgc
from tests.vision.pictures import kinds, modes, naive_pad, paddings, pictures, planes, sides
from tinygrad_c import nn
from tinygrad_c.vision import transforms
from tinygrad_c.vision.transforms import functional


@given(picture=pictures, padding=paddings, mode=modes, fill=st.integers(0, 255))
def test_pad_is_that_of_numpy(picture, padding, mode, fill):
    expected = naive_pad(picture, padding, fill, mode)
    for image, back in kinds(picture):
        padded = functional.pad(image, padding, fill, mode)
        assert type(padded).__name__ == type(image).__name__
        assert np.array_equal(back(padded), expected)
        assert functional.get_dimensions(padded)[1:] == list(expected.shape[:2])


@given(picture=pictures, corner=st.tuples(*[st.integers(-9, 9)] * 2), size=st.tuples(sides, sides))
def test_crop_is_a_window_of_the_image_in_a_black_plane(picture, corner, size):
    top, left = corner
    plane = naive_pad(picture, 20, 0, "constant")
    expected = plane[20 + top :, 20 + left :][: size[0], : size[1]]
    for image, back in kinds(picture):
        cut = back(functional.crop(image, top, left, *size))
        assert np.array_equal(cut, expected)


@given(picture=pictures, size=st.tuples(sides, sides))
def test_center_crop_has_the_same_at_both_sides(picture, size):
    for image, back in kinds(picture):
        cut = back(transforms.CenterCrop(size)(image))
        assert cut.shape == (*size, *picture.shape[2:])
        large = naive_pad(picture, 20, 0, "constant")
        around = [n - m for n, m in zip(large.shape, size, strict=False)]
        windows = [
            large[top : top + size[0], left : left + size[1]]
            for top in (around[0] // 2, -(-around[0] // 2))
            for left in (around[1] // 2, -(-around[1] // 2))
        ]
        assert any(np.array_equal(cut, window) for window in windows)


@given(picture=pictures)
def test_hflip_and_negative_padding(picture):
    for image, back in kinds(picture):
        assert np.array_equal(back(functional.hflip(image)), picture[:, ::-1])
        if min(picture.shape[:2]) > 2:
            assert np.array_equal(back(functional.pad(image, -1)), picture[1:-1, 1:-1])
            assert np.array_equal(
                back(functional.pad(image, (-1, 2, 0, 0))),
                naive_pad(picture[:, 1:], (0, 2, 0, 0), 0, "constant"),
            )


@given(picture=pictures)
def test_to_tensor_scales_bytes(picture):
    expected = planes(picture).numpy().astype(np.float32) / np.float32(255)
    for image, _ in kinds(picture):
        if isinstance(image, tgc.Tensor):
            continue
        tensor = transforms.ToTensor()(image)
        assert tensor.dtype == tgc.float32
        assert tensor.array.flags.c_contiguous
        assert np.array_equal(tensor.numpy(), expected)


def test_to_tensor_keeps_other_dtypes():
    array = np.arange(6, dtype=np.float64).reshape(2, 3)
    assert transforms.ToTensor()(array).tolist() == [array.tolist()]
    assert transforms.ToTensor()(array.astype(np.int64)).dtype == tgc.int64
    tgc.set_default_dtype(tgc.float64)
    try:
        assert transforms.ToTensor()(np.uint8([[51]])).dtype == tgc.float64
    finally:
        tgc.set_default_dtype(tgc.float32)


@pytest.mark.parametrize(
    ("mode", "dtype", "channels"),
    [
        *[("L", "float32", 1), ("RGB", "float32", 3), ("RGBA", "float32", 4), ("LA", "float32", 2)],
        *[("1", "float32", 1), ("P", "float32", 1), ("CMYK", "float32", 4), ("I", "int32", 1)],
        *[("I;16", "int32", 1), ("F", "float32", 1)],
    ],
)
def test_modes_of_pictures(mode, dtype, channels):
    image = pytest.importorskip("PIL.Image")
    picture = image.new("L", (3, 2), 255).convert(mode)
    tensor = transforms.ToTensor()(picture)
    assert (tuple(tensor.shape), str(tensor.dtype)) == ((channels, 2, 3), f"tinygrad_c.{dtype}")
    assert functional.get_dimensions(picture) == [channels, 2, 3]
    assert np.array_equal(
        transforms.ToTensor()(functional.pad(picture, 1, 0)).numpy()[:, 1:-1, 1:-1], tensor.numpy()
    )
    if mode in ("L", "1", "RGB"):
        assert tensor.numpy().min() == 1


def test_pictures_in_colour_are_padded_in_colour():
    image = pytest.importorskip("PIL.Image")
    picture = np.zeros((1, 1, 3), np.uint8)
    for kind in (picture, image.fromarray(picture)):
        padded = np.asarray(functional.pad(kind, (1, 0, 0, 0), fill=(1, 2.9, 300)))
        assert padded.tolist() == [[[1, 2, 255], [0, 0, 0]]]


@given(
    x=npst.arrays(np.float32, (2, 3, 2, 2), elements=st.integers(-9, 9).map(float)),
    mean=st.lists(st.integers(-3, 3).map(float), min_size=3, max_size=3),
    std=st.lists(st.sampled_from([0.5, 1.0, 2.0]), min_size=3, max_size=3),
)
def test_normalize_is_exact(x, mean, std):
    expected = (x - np.float32(mean)[:, None, None]) / np.float32(std)[:, None, None]
    normalize = transforms.Normalize(mean, std)
    tensor = tgc.from_numpy(x.copy())
    assert np.array_equal(normalize(tensor).numpy(), expected)
    assert np.array_equal(normalize(tensor[1]).numpy(), expected[1])
    assert np.array_equal(tensor.numpy(), x)
    result = transforms.Normalize(mean, std, inplace=True)(tensor)
    assert result is tensor
    assert np.array_equal(tensor.numpy(), expected)
    assert np.array_equal(
        transforms.Normalize(mean[:1], std[0])(tgc.from_numpy(x)).numpy(),
        (x - np.float32(mean[0])) / np.float32(std[0]),
    )


def test_tensors_keep_their_gradient():
    x = tgc.rand(1, 4, 4, requires_grad=True)
    steps = nn.Sequential(
        transforms.Pad(1, padding_mode="symmetric"),
        transforms.Pad(1, fill=3),
        transforms.RandomHorizontalFlip(1.0),
        transforms.CenterCrop(2),
        transforms.Normalize([0.5], [0.25]),
    )
    steps(x).sum().backward()
    expected = np.zeros((1, 4, 4), np.float32)
    expected[:, 1:3, 1:3] = 4
    assert np.array_equal(x.grad.numpy(), expected)


def test_printing():
    compose = transforms.Compose(
        [
            transforms.RandomCrop(28, padding=2),
            transforms.RandomHorizontalFlip(),
            transforms.Pad(1),
            transforms.CenterCrop((3, 4)),
            transforms.ToTensor(),
            transforms.Lambda(abs),
            transforms.Normalize([0.5], (0.25,)),
        ]
    )
    assert repr(compose) == (
        "Compose(\n    RandomCrop(size=(28, 28), padding=2)\n    RandomHorizontalFlip(p=0.5)\n"
        "    Pad(padding=1, fill=0, padding_mode=constant)\n    CenterCrop(size=(3, 4))\n"
        "    ToTensor()\n    Lambda()\n    Normalize(mean=[0.5], std=(0.25,))\n)"
    )


PICTURE = np.zeros((4, 4), np.uint8)
X = tgc.zeros(1, 4, 4)


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: transforms.ToTensor()(X), TypeError, "a PIL image or an array, got Tensor"),
        (lambda: transforms.ToTensor()([1]), TypeError, "or an array, got list"),
        (lambda: transforms.ToTensor()(np.zeros(3)), ValueError, r"2 or 3 dimensions, got \(3,\)"),
        (
            lambda: transforms.Normalize([0.5], [1])(PICTURE),
            TypeError,
            r"got ndarray: ToTensor\(\)",
        ),
        (
            lambda: transforms.Normalize([0.5], [1])(X.int()),
            TypeError,
            "must be float32 or float64",
        ),
        (
            lambda: transforms.Normalize([0.5], [1])(X[0]),
            ValueError,
            r"\(..., C, H, W\), got \(4, 4\)",
        ),
        (
            lambda: transforms.Normalize([0.5], [0.0])(X),
            ValueError,
            r"std must not be 0, got \[0.0\]",
        ),
        (
            lambda: transforms.Normalize([0.5] * 3, [1.0] * 3)(X),
            ValueError,
            r"mean must have 1 or C numbers, got shape \(3,\) for a tensor of shape \(1, 4, 4\)",
        ),
        (lambda: transforms.RandomCrop(5)(PICTURE), ValueError, r"got \(5, 5\) for \(4, 4\)"),
        (lambda: transforms.RandomCrop(2)("text"), TypeError, "or a Tensor, got str"),
        (lambda: transforms.RandomCrop(2)(tgc.zeros(3)), ValueError, r"at least 2 .* got \(3,\)"),
        (
            lambda: transforms.RandomCrop((1, 2, 3)),
            ValueError,
            r"1 or 2 numbers .* got \(1, 2, 3\)",
        ),
        (lambda: transforms.RandomCrop(0), ValueError, "above 0, got 0"),
        (lambda: transforms.CenterCrop("3"), TypeError, "size must be whole numbers, got '3'"),
        (lambda: transforms.RandomCrop(2, padding=(1, 2, 3)), ValueError, "1, 2 or 4 numbers"),
        (lambda: transforms.Pad(0.5), TypeError, "padding must be whole numbers, got 0.5"),
        (lambda: transforms.Pad(1, padding_mode="wrap"), ValueError, "one of .* got 'wrap'"),
        (
            lambda: transforms.Pad(1, fill="red")(PICTURE),
            TypeError,
            "fill must be numbers, got 'red'",
        ),
        (lambda: transforms.Pad(1, fill=(1, 2))(PICTURE), ValueError, "for each of 1 channels"),
        (
            lambda: functional.pad(PICTURE, (-4, 0, 1, 0), padding_mode="edge"),
            ValueError,
            "must have pixels that edge can repeat, got 4 x 0",
        ),
        (lambda: functional.crop(PICTURE, 0, 0, -1, 2), ValueError, "must not be negative, got -1"),
        (
            lambda: transforms.RandomHorizontalFlip(1.5),
            ValueError,
            "p must be from 0 to 1, got 1.5",
        ),
        (lambda: functional.hflip(3), TypeError, "or a Tensor, got int"),
        (lambda: transforms.Lambda(3), TypeError, "lambd must be callable, got int"),
    ],
)
def test_errors(make, error, message):
    with pytest.raises(error, match=message):
        make()
