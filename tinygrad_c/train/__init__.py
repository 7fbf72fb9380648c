"""A training loop with progress, curves and checkpoints, for models that classify."""

from tinygrad_c.train.curves import draw_curves as draw_curves
from tinygrad_c.train.progress import PlainProgress as PlainProgress
from tinygrad_c.train.progress import ProgressBar as ProgressBar
from tinygrad_c.train.progress import show_progress as show_progress
from tinygrad_c.train.run import RunFolder as RunFolder
from tinygrad_c.train.trainer import Callback as Callback
from tinygrad_c.train.trainer import EpochMetrics as EpochMetrics
from tinygrad_c.train.trainer import Score as Score
from tinygrad_c.train.trainer import Trainer as Trainer
