"""`python -m sojourn` and the command `sojourn`."""

from __future__ import annotations

__all__ = ["main"]


def main() -> None:
    """Runs the command line with the arguments of the process, and ends it with the exit code."""
    from sojourn.cli.app import sojourn

    sojourn.main(prog_name="sojourn")


if __name__ == "__main__":
    main()
