"""`python -m sojourn` and the command `sojourn`."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Runs the command line with the arguments of the process, and ends it with the exit code."""
    try:
        from sojourn.cli.app import sojourn

        sojourn.main(prog_name="sojourn")
    except KeyboardInterrupt:  # before the command line was there to answer it
        sys.stderr.write("Stopped.\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
