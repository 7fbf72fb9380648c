"""Transforms made of others, or of a function."""

from collections.abc import Callable, Sequence
from typing import Any

from tinygrad_c.vision.transforms.batch import BatchTransform, Draw, Size


class Compose(BatchTransform):
    """One transform after the other: ``Compose([f, g])(img) == g(f(img))``.

    A data set of `vision.datasets` applies it to whole batches where all of its transforms can be;
    one `Lambda` or function of the user among them, and it is applied image by image.
    """

    def __init__(self, transforms: Sequence[Callable[[Any], Any]]):
        self.transforms = transforms

    def __call__(self, img: Any) -> Any:
        for transform in self.transforms:
            img = transform(img)
        return img

    @property
    def draws(self) -> bool:  # type: ignore[override]
        """Whether one of the transforms draws random numbers."""
        return any(getattr(transform, "draws", False) for transform in self.transforms)

    @property
    def makes_tensors(self) -> bool:  # type: ignore[override]
        """Whether one of the transforms turns pictures into tensors."""
        return any(getattr(transform, "makes_tensors", False) for transform in self.transforms)

    def drawing(self, size: Size) -> tuple[Draw | None, Size]:
        draws: list[Draw | None] = []
        for transform in self.transforms:
            draw, size = transform.drawing(size)  # type: ignore[attr-defined]
            draws.append(draw)
        if not any(draws):
            return None, size
        return lambda: [draw and draw() for draw in draws], size

    def batch(self, images: Any, choices: Sequence[Any]) -> Any:
        for place, transform in enumerate(self.transforms):
            # The choice of a Compose that draws nothing is None.
            own = [choice[place] for choice in choices if choice is not None]
            images = transform.batch(images, own)  # type: ignore[attr-defined]
        return images

    def __repr__(self) -> str:
        lines = "".join(f"\n    {transform}" for transform in self.transforms)
        return f"{type(self).__name__}({lines}\n)"


class Lambda:
    """A transform that calls a function of the user.

    Raises
    ------
    TypeError : where `lambd` cannot be called.
    """

    def __init__(self, lambd: Callable[[Any], Any]):
        if not callable(lambd):
            raise TypeError(f"Lambda: lambd must be callable, got {type(lambd).__name__}")
        self.lambd = lambd

    def __call__(self, img: Any) -> Any:
        return self.lambd(img)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
