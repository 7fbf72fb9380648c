"""Pictures of a run as PNG files, drawn by matplotlib, an extra."""

from tinygrad_c.train.pictures.confusion import draw_confusion as draw_confusion
from tinygrad_c.train.pictures.curves import draw_curves as draw_curves
from tinygrad_c.train.pictures.filters import draw_filters as draw_filters
from tinygrad_c.train.pictures.mistakes import draw_mistakes as draw_mistakes
