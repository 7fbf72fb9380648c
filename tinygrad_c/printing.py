"""How a tensor prints: as PyTorch prints it, `set_printoptions` included."""

import math
from typing import Any

import numpy as np

from tinygrad_c._kernels import promotion

__all__ = ["set_printoptions", "tensor_text"]

PROFILES: dict[str, dict[str, Any]] = {
    "default": {"precision": 4, "threshold": 1000, "edgeitems": 3, "linewidth": 80},
    "short": {"precision": 2, "threshold": 1000, "edgeitems": 2, "linewidth": 80},
    "full": {"precision": 4, "threshold": math.inf, "edgeitems": 3, "linewidth": 80},
}
options = {**PROFILES["default"], "sci_mode": None}


def set_printoptions(
    precision=None, threshold=None, edgeitems=None, linewidth=None, profile=None, sci_mode=None
):
    """Digits, the size above which a tensor is summarised, the items shown at its ends, the width
    of a line; `profile` is "default", "short" or "full"; `sci_mode` forces 1.0e+00 or forbids it.
    """
    if profile is not None:
        if profile not in PROFILES:
            raise ValueError(f"profile must be one of {list(PROFILES)}, got {profile!r}")
        options.update(PROFILES[profile])
    given = {
        "precision": precision,
        "threshold": threshold,
        "edgeitems": edgeitems,
        "linewidth": linewidth,
    }
    options.update({name: value for name, value in given.items() if value is not None})
    options["sci_mode"] = sci_mode


class Formatter:
    """The texts of the numbers that will be shown: as wide as the widest of them, where of floats
    only those count that are finite and not 0."""

    def __init__(self, shown):
        self.floating = shown.dtype.kind == "f"
        self.whole = True
        self.scientific = False
        if self.floating:
            shown = shown[np.isfinite(shown) & (shown != 0)]
        if self.floating and shown.size:
            sizes = np.abs(shown.astype(np.float64))
            self.whole = bool((shown == np.ceil(shown)).all())
            small, large = sizes.min(), sizes.max()
            self.scientific = bool(large / small > 1000.0 or large > 1.0e8 or small < 1.0e-4)
            if options["sci_mode"] is not None:
                self.scientific = options["sci_mode"]
        self.width = max([len(self.number(x)) for x in shown.tolist()], default=1)

    def number(self, x):
        """The text of one number, not yet padded."""
        if not self.floating or not math.isfinite(x):
            return str(x)
        precision = options["precision"]
        if self.scientific:
            return f"{x:.{precision}e}"
        return f"{x:.0f}." if self.whole else f"{x:.{precision}f}"

    def text(self, x):
        """The text of one number, right-aligned."""
        return self.number(x).rjust(self.width)


def shown_part(array):
    """The elements that will be shown, when the middle of each dimension is left out."""
    n = options["edgeitems"]
    shown = [
        range(size) if size <= 2 * n else [*range(n), *range(size - n, size)]
        for size in array.shape
    ]
    return array[np.ix_(*shown)].ravel()


def vector_text(array, indent, summarize, formatter):
    """``[1, 2, 3]``, broken into lines."""
    n = options["edgeitems"]
    per_line = max(1, (options["linewidth"] - indent) // (formatter.width + 2))
    if summarize and len(array) > 2 * n:
        items = [formatter.text(x) for x in array[:n].tolist()] + [" ..." if n else "..."]
        items += [formatter.text(x) for x in array[len(array) - n :].tolist()]
    else:
        items = [formatter.text(x) for x in array.tolist()]
    lines = [", ".join(items[i : i + per_line]) for i in range(0, len(items), per_line)]
    return "[" + (",\n" + " " * (indent + 1)).join(lines) + "]"


def array_text(array, indent, summarize, formatter):
    """Nested brackets, a blank line between the blocks of higher dimensions."""
    if array.ndim == 0:
        return formatter.text(array.item())
    if array.ndim == 1:
        return vector_text(array, indent, summarize, formatter)
    n = options["edgeitems"]
    rows = list(range(array.shape[0]))
    if summarize and len(rows) > 2 * n:
        rows = [*rows[:n], None, *rows[len(rows) - n :]]
    blocks = [
        "..." if i is None else array_text(array[i], indent + 1, summarize, formatter) for i in rows
    ]
    return "[" + ("," + "\n" * (array.ndim - 1) + " " * (indent + 1)).join(blocks) + "]"


def tensor_text(t, name="tensor"):
    """``tensor([1., 2.], requires_grad=True)``"""
    array = t.array
    prefix = f"{name}("
    summarize = array.size > options["threshold"]
    if array.size == 0:
        body = "[]"
    else:
        shown = shown_part(array) if summarize else array.ravel()
        body = array_text(array, len(prefix), summarize, Formatter(shown))
    suffix = []
    if array.ndim != 1 if array.size == 0 else options["edgeitems"] == 0:
        suffix.append(f"size={tuple(array.shape)}")
    obvious = {np.dtype(promotion.get_default_dtype()).name}
    if array.size > 0:
        obvious |= {"int64", "bool"}
    if array.dtype.name not in obvious:
        suffix.append(f"dtype=tinygrad_c.{array.dtype.name}")
    if t.grad_fn is not None:
        suffix.append(f"grad_fn={t.grad_fn!r}")
    elif t.requires_grad:
        suffix.append("requires_grad=True")
    return joined(prefix + body, suffix, len(prefix))


def joined(text, suffix, indent):
    """The suffixes behind the body, on a new line where the last one is full."""
    length = len(text) - text.rfind("\n") + 1
    for part in suffix:
        if length + len(part) + 2 > options["linewidth"]:
            text += ",\n" + " " * indent + part
            length = indent + len(part)
        else:
            text += ", " + part
            length += len(part) + 2
    return text + ")"
