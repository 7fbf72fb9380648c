"""Data sets of images, with torchvision's names."""

from tinygrad_c.vision.datasets.digits import Digits as Digits
