"""Rebuild digits.npz from scikit-learn: `python -m tinygrad_c.vision.datasets.digits.rebuild`.

NumPy stamps every file of the archive with the same date, so the same arrays and the same zlib
give the same bytes; `CHECKSUM` in the package is of the arrays and holds for every zlib.
"""

from pathlib import Path

import numpy as np

ARCHIVE = Path(__file__).with_name("digits.npz")


def rebuild(path: Path = ARCHIVE) -> None:
    """Write the images (1797, 8, 8) and labels (1797,) of scikit-learn, both uint8, to `path`."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    with open(path, "wb") as file:
        np.savez_compressed(
            file,
            images=digits.images.astype(np.uint8),
            labels=digits.target.astype(np.uint8),
        )


if __name__ == "__main__":
    rebuild()
