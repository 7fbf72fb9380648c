# No types of its own: the file is compiled as it stands.
