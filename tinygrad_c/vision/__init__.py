"""Data sets, transforms and models of images, with torchvision's names."""

from tinygrad_c.vision import datasets as datasets
from tinygrad_c.vision import models as models
from tinygrad_c.vision import transforms as transforms
