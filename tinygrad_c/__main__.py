"""`python -m tinygrad_c` is `tinygrad_c`."""

import sys

from tinygrad_c.cli import main

if __name__ == "__main__":
    sys.exit(main())
