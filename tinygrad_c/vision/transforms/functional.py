"""Functions of images, with torchvision's names.

An image is a Pillow image, a NumPy array (H, W) or (H, W, C), or a Tensor (..., C, H, W); a
function returns the kind it was given. Tensors keep their gradient.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tinygrad_c.creation import as_tensor, from_numpy, full
from tinygrad_c.dtypes import get_default_dtype
from tinygrad_c.errors import ShapeError
from tinygrad_c.extras import require
from tinygrad_c.tensor import Tensor
from tinygrad_c.vision.pictures import is_picture
from tinygrad_c.vision.transforms.pixels import MODES, Edges, pad_pixels, window

# The arrays that hold what pictures of other modes than 8 bits do.
PICTURE_DTYPES = {"I": np.int32, "I;16": np.int32, "I;16B": np.int32, "F": np.float32}


def get_dimensions(img: Any) -> list[int]:
    """[channels, height, width] of an image."""
    if is_picture(img):
        return [len(img.getbands()), img.height, img.width]
    shape = list(check_image("get_dimensions", img).shape)
    if isinstance(img, Tensor):
        return [shape[-3] if len(shape) > 2 else 1, *shape[-2:]]
    return [shape[2] if len(shape) > 2 else 1, *shape[:2]]


def check_image(name: str, img: Any) -> Any:
    """The image; TypeError or ShapeError where it is none."""
    if isinstance(img, np.ndarray):
        if img.ndim not in (2, 3):
            raise ShapeError(f"{name}: an array must have 2 or 3 dimensions, got {img.shape}")
    elif isinstance(img, Tensor):
        if img.ndim < 2:
            raise ShapeError(
                f"{name}: a tensor must have at least 2 dimensions, got {tuple(img.shape)}"
            )
    elif not is_picture(img):
        raise TypeError(
            f"{name}: img must be a PIL image, an array or a Tensor, got {type(img).__name__}"
        )
    return img


def to_tensor(pic: Any) -> Tensor:
    """A picture or an array (H, W) or (H, W, C) as a Tensor (C, H, W).

    uint8 becomes the default dtype, divided by 255: [0, 255] to [0, 1]. Other dtypes are kept;
    pictures of the modes I, I;16 and F become int32, int32 and float32.

    Raises
    ------
    TypeError : where `pic` is neither.
    ShapeError : where an array has not 2 or 3 dimensions.
    """
    if is_picture(pic):
        pixels = np.array(pic, PICTURE_DTYPES.get(pic.mode, np.uint8))
        if pic.mode == "1":
            pixels = np.where(pixels, np.uint8(255), np.uint8(0))
    elif isinstance(pic, np.ndarray):
        pixels = check_image("to_tensor", pic)
    else:
        raise TypeError(f"to_tensor: pic must be a PIL image or an array, got {type(pic).__name__}")
    return scale(pixels[None] if pixels.ndim == 2 else pixels.transpose(2, 0, 1))


def scale(planes: np.ndarray) -> Tensor:
    """Pixels as a contiguous Tensor, uint8 as numbers from 0 to 1."""
    tensor = from_numpy(planes).contiguous()
    return tensor.to(get_default_dtype()).div_(255) if planes.dtype == np.uint8 else tensor


def normalize(
    tensor: Tensor, mean: Sequence[float], std: Sequence[float], inplace: bool = False
) -> Tensor:
    """``(tensor[c] - mean[c]) / std[c]`` for every channel c of a tensor (..., C, H, W).

    Raises
    ------
    TypeError : where `tensor` is no Tensor of float32 or float64.
    ShapeError : where it has fewer than 3 dimensions, or mean and std neither 1 nor C numbers.
    ValueError : where a number of std is 0.
    """
    if not isinstance(tensor, Tensor):
        raise TypeError(
            f"normalize: tensor must be a Tensor, got {type(tensor).__name__}: ToTensor() makes one"
        )
    if not tensor.dtype.is_floating_point:
        raise TypeError(f"normalize: tensor must be float32 or float64, got {tensor.dtype}")
    if tensor.ndim < 3:
        raise ShapeError(
            f"normalize: tensor must be of shape (..., C, H, W), got {tuple(tensor.shape)}"
        )
    mean_of, std_of = as_tensor(mean, dtype=tensor.dtype), as_tensor(std, dtype=tensor.dtype)
    for name, numbers in (("mean", mean_of), ("std", std_of)):
        if numbers.ndim > 1 or (numbers.ndim and numbers.shape[0] not in (1, tensor.shape[-3])):
            raise ShapeError(
                f"normalize: {name} must have 1 or C numbers, got shape {tuple(numbers.shape)} "
                f"for a tensor of shape {tuple(tensor.shape)}"
            )
    if bool((std_of == 0).any()):
        raise ValueError(f"normalize: std must not be 0, got {std_of.tolist()}")
    mean_of, std_of = (t if t.ndim == 0 else t.reshape(-1, 1, 1) for t in (mean_of, std_of))
    if inplace:
        return tensor.sub_(mean_of).div_(std_of)
    return (tensor - mean_of) / std_of


def parse_edges(padding: Any) -> Edges:
    """The four edges of a padding: one number, (left and right, top and bottom) or all four."""
    numbers = [padding] if isinstance(padding, int) else padding
    if not isinstance(numbers, (list, tuple)) or not all(isinstance(n, int) for n in numbers):
        raise TypeError(f"pad: padding must be whole numbers, got {padding!r}")
    if len(numbers) not in (1, 2, 4):
        raise ValueError(f"pad: padding must be 1, 2 or 4 numbers, got {padding!r}")
    left, top, right, bottom = (list(numbers) * 4)[:4]
    return left, top, right, bottom


def check_mode(padding_mode: str) -> None:
    """ValueError where there is no such mode of padding."""
    if padding_mode != "constant" and padding_mode not in MODES:
        raise ValueError(
            f"pad: padding_mode must be one of {['constant', *MODES]}, got {padding_mode!r}"
        )


def parse_fill(fill: Any, channels: int, floating: bool) -> Any:
    """The number for all channels, or a list with one for each; whole numbers for pixels."""
    numbers = [0 if fill is None else fill] if not isinstance(fill, (list, tuple)) else list(fill)
    if not all(isinstance(n, (int, float)) for n in numbers):
        raise TypeError(f"pad: fill must be numbers, got {fill!r}")
    if len(numbers) not in (1, channels):
        raise ValueError(
            f"pad: fill must be a number or one for each of {channels} channels, got {fill!r}"
        )
    numbers = numbers if floating else [int(n) for n in numbers]
    return numbers[0] if len(numbers) == 1 else numbers


def pad(img: Any, padding: Any, fill: Any = 0, padding_mode: str = "constant") -> Any:
    """The image with so many more pixels at its edges; with fewer where they are negative.

    Parameters
    ----------
    padding : pixels for all edges, (left and right, top and bottom), or (left, top, right, bottom)
    fill : value of the new pixels, or one for each channel of a picture or array
    padding_mode : "constant", or what the new pixels repeat: "edge" the last one, "reflect" the
        image mirrored without its last pixels, "symmetric" mirrored with them

    Raises
    ------
    TypeError, ValueError : where an argument is none of these.
    """
    edges = parse_edges(padding)
    check_mode(padding_mode)
    channels = get_dimensions(img)[0]
    if isinstance(img, Tensor):
        return pad_tensor(
            img, edges, parse_fill(fill, 1, img.dtype.is_floating_point), padding_mode
        )
    if isinstance(img, np.ndarray):
        return pad_pixels(
            img, 0, edges, parse_fill(fill, channels, img.dtype.kind == "f"), padding_mode
        )
    return pad_picture(img, edges, parse_fill(fill, channels, img.mode == "F"), padding_mode)


def pad_tensor(img: Tensor, edges: Edges, fill: float, mode: str) -> Tensor:
    """`pad` of a tensor."""
    height, width = img.shape[-2:]
    if mode != "constant":
        left, top, right, bottom = edges
        rows, columns = (
            from_numpy(pad_pixels(np.arange(n)[:, None], 0, (0, before, 0, after), 0, mode)[:, 0])
            for n, before, after in ((height, top, bottom), (width, left, right))
        )
        return img[..., rows, :][..., columns]
    if min(edges) < 0:
        left, top, right, bottom = (max(-edge, 0) for edge in edges)
        img = img[..., top : max(height - bottom, 0), left : max(width - right, 0)]
        height, width = img.shape[-2:]
    left, top, right, bottom = (max(edge, 0) for edge in edges)
    shape = (*img.shape[:-2], height + top + bottom, width + left + right)
    out = full(shape, fill, dtype=img.dtype)
    out[..., top : top + height, left : left + width] = img
    return out


def pad_picture(img: Any, edges: Edges, fill: Any, mode: str) -> Any:
    """`pad` of a Pillow image."""
    image = require("PIL.Image", extra="train")
    if mode == "constant":
        left, top, right, bottom = edges
        channels = len(img.getbands())
        color = tuple(fill) if isinstance(fill, list) else (fill,) * channels
        size = (img.width + left + right, img.height + top + bottom)
        out = image.new(img.mode, size, color if channels > 1 else color[0])
        out.paste(img, (left, top))
    else:
        out = image.fromarray(pad_pixels(np.asarray(img), 0, edges, 0, mode))
    if img.mode == "P":
        out = out if out.mode == "P" else out.convert("P")
        out.putpalette(img.getpalette())
    return out


def crop(img: Any, top: int, left: int, height: int, width: int) -> Any:
    """The window of this size whose top left pixel is (top, left); 0 outside of the image.

    Raises
    ------
    ValueError : where height or width are negative.
    """
    if height < 0 or width < 0:
        raise ValueError(f"crop: height and width must not be negative, got {height} and {width}")
    if is_picture(img):
        return img.crop((left, top, left + width, top + height))
    _, image_height, image_width = get_dimensions(img)
    (rows, above, below), (columns, before, after) = (
        inside(top, height, image_height),
        inside(left, width, image_width),
    )
    cut = img[window(-2 if isinstance(img, Tensor) else 0, rows, columns)]
    edges = (before, above, after, below)
    return pad(cut, edges) if any(edges) else cut


def inside(start: int, length: int, size: int) -> tuple[slice, int, int]:
    """The part of ``start ... start + length`` within ``0 ... size``, and what lies before and
    after it."""
    first, last = (min(max(n, 0), size) for n in (start, start + length))
    before = min(max(-start, 0), length)
    return slice(first, last), before, length - (last - first) - before


def center_crop(img: Any, output_size: Any) -> Any:
    """The middle of the image, (height, width) or a square of one number; 0 around it where the
    image is smaller."""
    height, width = (output_size, output_size) if isinstance(output_size, int) else output_size
    _, image_height, image_width = get_dimensions(img)
    down, across = max(height - image_height, 0), max(width - image_width, 0)
    if down or across:
        img = pad(img, (across // 2, down // 2, (across + 1) // 2, (down + 1) // 2))
    # Half a pixel is rounded to the even one, as torchvision does.
    top = round(max(image_height - height, 0) / 2)
    left = round(max(image_width - width, 0) / 2)
    return crop(img, top, left, height, width)


def hflip(img: Any) -> Any:
    """The image with left and right exchanged."""
    if is_picture(img):
        return img.transpose(require("PIL.Image", extra="train").Transpose.FLIP_LEFT_RIGHT)
    check_image("hflip", img)
    if isinstance(img, Tensor):
        return img[..., from_numpy(np.arange(img.shape[-1])[::-1].copy())]
    return np.ascontiguousarray(img[:, ::-1])
