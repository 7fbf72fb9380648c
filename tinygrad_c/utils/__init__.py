"""Tools around training, under PyTorch's paths."""
