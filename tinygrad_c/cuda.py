"""GPUs: there are none. Scripts that ask for one go on with the CPU."""

__all__ = ["device_count", "is_available"]


def is_available() -> bool:
    """False: tinygrad_c computes on the CPU."""
    return False


def device_count() -> int:
    """0"""
    return 0
