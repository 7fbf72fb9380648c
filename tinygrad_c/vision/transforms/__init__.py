"""Transforms of images, with torchvision's names, and its random numbers from the same seed."""

from tinygrad_c.vision.transforms import functional as functional
from tinygrad_c.vision.transforms.batch import BatchTransform as BatchTransform
from tinygrad_c.vision.transforms.compose import Compose as Compose
from tinygrad_c.vision.transforms.compose import Lambda as Lambda
from tinygrad_c.vision.transforms.geometry import CenterCrop as CenterCrop
from tinygrad_c.vision.transforms.geometry import Pad as Pad
from tinygrad_c.vision.transforms.geometry import RandomCrop as RandomCrop
from tinygrad_c.vision.transforms.geometry import RandomHorizontalFlip as RandomHorizontalFlip
from tinygrad_c.vision.transforms.values import Normalize as Normalize
from tinygrad_c.vision.transforms.values import ToTensor as ToTensor
