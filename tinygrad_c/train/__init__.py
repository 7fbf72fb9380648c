"""A training loop with progress, pictures and checkpoints, for models that classify."""

from tinygrad_c.train.callback import Callback as Callback
from tinygrad_c.train.checkpoint import read_checkpoint as read_checkpoint
from tinygrad_c.train.checkpoint import restore as restore
from tinygrad_c.train.checkpoint import save_checkpoint as save_checkpoint
from tinygrad_c.train.metrics import EpochMetrics as EpochMetrics
from tinygrad_c.train.metrics import Predictions as Predictions
from tinygrad_c.train.metrics import Score as Score
from tinygrad_c.train.pictures import draw_confusion as draw_confusion
from tinygrad_c.train.pictures import draw_curves as draw_curves
from tinygrad_c.train.pictures import draw_filters as draw_filters
from tinygrad_c.train.pictures import draw_mistakes as draw_mistakes
from tinygrad_c.train.progress import PlainProgress as PlainProgress
from tinygrad_c.train.progress import ProgressBar as ProgressBar
from tinygrad_c.train.progress import show_progress as show_progress
from tinygrad_c.train.run import RunFiles as RunFiles
from tinygrad_c.train.run import RunFolder as RunFolder
from tinygrad_c.train.trainer import Trainer as Trainer
