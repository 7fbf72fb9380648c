"""Data sets of images, with torchvision's names."""

from tinygrad_c.vision import datasets as datasets
