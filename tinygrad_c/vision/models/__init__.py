"""Models that classify images, and how to get one by its name.

All take ``image_shape=(channels, height, width)`` and `num_classes`, and map images
(N, channels, height, width) to logits (N, num_classes). The images should be scaled to about
[0, 1] or [-1, 1].
"""

from tinygrad_c.vision.models.course_cnn import CourseCNN as CourseCNN
from tinygrad_c.vision.models.lenet import LeNet5 as LeNet5
from tinygrad_c.vision.models.mlp import MLP as MLP
from tinygrad_c.vision.models.registry import get_model as get_model
from tinygrad_c.vision.models.registry import list_models as list_models
from tinygrad_c.vision.models.softmax import SoftmaxRegression as SoftmaxRegression
