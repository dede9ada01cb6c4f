"""A programme to begin with: it passes the check as it is, and explains itself."""

from __future__ import annotations

from pathlib import Path

from better_classroom.errors import UsageError
from better_classroom.programme.words import listed

BLANK = Path(__file__).parent / "blank"


def write(folder: Path) -> list[Path]:
    """Write the files into a folder, which is made if need be, and return their paths.

    Raises UsageError, and writes nothing, if one of them is there already or the folder cannot be written to.
    """
    sources = sorted(path for path in BLANK.rglob("*") if path.is_file())
    targets = {source: folder / source.relative_to(BLANK) for source in sources}
    there = [str(target) for target in targets.values() if target.exists() or target.is_symlink()]
    if there:
        raise UsageError(
            f"{listed(there)} {'is' if len(there) == 1 else 'are'} there already, and stay as they are",
            advice="Name another folder: better-classroom init DIR",
        )
    try:
        for source, target in targets.items():
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:  # x: what appeared in this very moment is not written over either
                file.write(source.read_bytes())
    except OSError as error:
        raise UsageError(
            f"{error.filename} cannot be written: {error.strerror}", advice="Name a folder of your own."
        ) from None
    return [*targets.values()]
