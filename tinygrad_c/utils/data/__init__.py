"""Data sets, samplers and the loader that cuts them into batches, with PyTorch's names.

The order in which a shuffling loader visits a data set is PyTorch's for the same seed.
"""

from tinygrad_c.utils.data.collate import default_collate as default_collate
from tinygrad_c.utils.data.collate import default_convert as default_convert
from tinygrad_c.utils.data.dataloader import DataLoader as DataLoader
from tinygrad_c.utils.data.dataset import ChainDataset as ChainDataset
from tinygrad_c.utils.data.dataset import ConcatDataset as ConcatDataset
from tinygrad_c.utils.data.dataset import Dataset as Dataset
from tinygrad_c.utils.data.dataset import IterableDataset as IterableDataset
from tinygrad_c.utils.data.dataset import Subset as Subset
from tinygrad_c.utils.data.dataset import TensorDataset as TensorDataset
from tinygrad_c.utils.data.dataset import random_split as random_split
from tinygrad_c.utils.data.fetch import Columns as Columns
from tinygrad_c.utils.data.sampler import BatchSampler as BatchSampler
from tinygrad_c.utils.data.sampler import RandomSampler as RandomSampler
from tinygrad_c.utils.data.sampler import Sampler as Sampler
from tinygrad_c.utils.data.sampler import SequentialSampler as SequentialSampler
from tinygrad_c.utils.data.sampler import SubsetRandomSampler as SubsetRandomSampler
from tinygrad_c.utils.data.sampler import WeightedRandomSampler as WeightedRandomSampler
from tinygrad_c.utils.data.workers import WorkerInfo as WorkerInfo
from tinygrad_c.utils.data.workers import get_worker_info as get_worker_info
