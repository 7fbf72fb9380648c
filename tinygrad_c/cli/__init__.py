"""The command `tinygrad_c`: train a model, or say what this installation can do."""

import sys
from collections.abc import Sequence

from tinygrad_c.cli.arguments import parse
from tinygrad_c.extras import MissingPackageError

INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` and return the exit code.

    0 is success, 1 a failure that the message explains, 2 a wrong argument, 130 an interrupt.
    """
    arguments = parse(argv)
    try:
        return arguments.run(arguments)
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return INTERRUPTED
    except (MissingPackageError, OSError) as error:
        print(f"tinygrad_c {arguments.command}: {error}", file=sys.stderr)
        return 1
