"""The command `tinygrad_c`: train, evaluate and use a model, or say what this installation is."""

import os
import sys
from collections.abc import Sequence

from tinygrad_c.cli.arguments import parse
from tinygrad_c.cli.errors import UsageError, describe, plain_warnings
from tinygrad_c.cli.interrupts import Interrupted, interrupts
from tinygrad_c.extras import MissingPackageError
from tinygrad_c.vision.datasets import DownloadError


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` and return the exit code.

    0 is success, 1 a failure that the message explains, 2 a wrong argument, 130 and 143 an end by
    Ctrl-C and by SIGTERM.
    """
    arguments = parse(argv)
    try:
        with interrupts, interrupts.undisguised(), plain_warnings():
            code = arguments.run(arguments)
            sys.stdout.flush()
            return code
    except Interrupted as error:
        print(error, file=sys.stderr)
        return error.code
    except BrokenPipeError:
        # The reader of the output is gone, as `head` is after its lines. Nothing is left to say.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UsageError as error:
        see = f"See `tinygrad_c {arguments.command} --help`."
        print(f"tinygrad_c {arguments.command}: {error}. {see}", file=sys.stderr)
        return 2
    except (MissingPackageError, DownloadError, OSError, ValueError, MemoryError) as error:
        print(f"tinygrad_c {arguments.command}: {describe(error)}", file=sys.stderr)
        return 1
