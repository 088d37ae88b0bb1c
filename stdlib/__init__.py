"""The standard library: modules written in the language itself, brought in by `use NAME`.

A module is a file `NAME.journey` in this folder, or a folder `NAME` of such files.
"""

from __future__ import annotations

from pathlib import Path

__all__ = ["module_path"]


def module_path(name: str) -> Path | None:
    """The file or folder of a module; None when there is none of that name."""
    for folder in map(Path, __path__):
        for path in (folder / f"{name}.journey", folder / name):
            if name.isidentifier() and path.exists() and path.name != "__pycache__":
                return path
    return None
