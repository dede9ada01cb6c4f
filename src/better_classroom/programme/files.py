"""Files that a programme names: they must lie in its folder, be regular, readable, and there."""

from __future__ import annotations

import errno
import posixpath
import re
import stat
from pathlib import Path, PurePosixPath

from better_classroom.programme.words import meant, shown


def tidy(path: str) -> str:
    """Return the one spelling of a path: ``./slides//a.pdf`` → ``slides/a.pdf``."""
    return posixpath.normpath(path)


def trouble(folder: Path, path: str) -> tuple[str, str]:
    """Return what is wrong with a file and what to do; two empty strings if nothing is."""
    if "\\" in path:
        return (
            f"{shown(path)} is written with backslashes",
            f"write `{shown(path.replace(chr(92), '/'), quotes=False)}`",
        )
    if path.startswith(("/", "~")) or re.match(r"[A-Za-z]:", path) or ".." in path.split("/"):
        return f"{shown(path)} leads outside the programme's folder", "copy the file into the folder, and name it there"
    try:
        return _trouble_on_disk(folder.resolve(), path)
    except (OSError, ValueError, RuntimeError) as error:
        # Up to Python 3.12, RuntimeError is the word for links that run in a circle.
        if isinstance(error, RuntimeError) or getattr(error, "errno", 0) == errno.ELOOP:
            return f"{shown(path)} is a link that runs in a circle", "copy the file itself into the folder"
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        return f"{shown(path)} cannot be read: {reason}", "check the file, and who may read it"


def size(folder: Path, path: str) -> int:
    """Return the size of a file in bytes."""
    return (folder / path).stat().st_size


def _trouble_on_disk(folder: Path, path: str) -> tuple[str, str]:
    real = (folder / path).resolve()
    if not real.is_relative_to(folder):
        return (
            f"{shown(path)} is a link that leads outside the programme's folder",
            "copy the file itself into the folder",
        )
    try:
        mode = real.stat().st_mode
    except FileNotFoundError:
        if (folder / path).is_symlink():
            return f"{shown(path)} is a link that leads nowhere", "copy the file itself into the folder"
        return f"there is no file {shown(path)}", _similar(folder, path)
    if stat.S_ISDIR(mode):
        return f"{shown(path)} is a folder", "name a file in it"
    if not stat.S_ISREG(mode):
        return f"{shown(path)} is not a regular file", "name a file that can be copied"
    with real.open("rb"):
        return "", ""


def _similar(folder: Path, path: str) -> str:
    """Point to a file that may be meant: the same name elsewhere, or a similar one."""
    by_name = {found.stem: found.relative_to(folder).as_posix() for found in reversed(_nearby(folder, path))}
    if likely := meant(PurePosixPath(path).stem, by_name):
        return f"did you mean `{shown(by_name[likely], quotes=False)}`?"
    return "put it there, or correct the path; it counts from the folder of the programme"


def _nearby(folder: Path, path: str) -> list[Path]:
    """Files in the folder that the path names, in the programme's own, and one below it: enough to guess from."""
    places = {(folder / path).parent, folder, *(entry for entry in sorted(folder.iterdir()) if entry.is_dir())}
    found = (entry for place in sorted(places) if place.is_dir() for entry in sorted(place.iterdir()))
    return [entry for entry in found if entry.is_file()][:500]
