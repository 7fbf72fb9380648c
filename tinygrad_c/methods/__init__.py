"""The long tail of Tensor's methods, by family; `tinygrad_c.tensor` puts them together."""
