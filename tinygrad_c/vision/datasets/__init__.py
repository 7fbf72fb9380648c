"""Data sets of images, with torchvision's names."""

from tinygrad_c.vision.datasets.cifar import CIFAR10 as CIFAR10
from tinygrad_c.vision.datasets.digits import Digits as Digits
from tinygrad_c.vision.datasets.files import DamagedFileError as DamagedFileError
from tinygrad_c.vision.datasets.files import DatasetNotFoundError as DatasetNotFoundError
from tinygrad_c.vision.datasets.files import DownloadError as DownloadError
from tinygrad_c.vision.datasets.mnist import MNIST as MNIST
from tinygrad_c.vision.datasets.mnist import FashionMNIST as FashionMNIST
from tinygrad_c.vision.datasets.vision import VisionDataset as VisionDataset
