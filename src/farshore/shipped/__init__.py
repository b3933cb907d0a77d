"""Scenarios that come with the package: their names, where they lie, and copies to change.

Their `network` folders derive from OpenStreetMap (ODbL 1.0), see DATA-LICENSE.md.
"""

import shutil
from pathlib import Path

from farshore.errors import UsageFault
from farshore.folders import written_whole

__all__ = ["copy", "names", "path"]


def names() -> tuple[str, ...]:
    """Names of the shipped scenarios, sorted."""
    return tuple(sorted(file.parent.name for file in _home().glob("*/scenario.toml")))


def path(name: str) -> Path:
    """The folder of a shipped scenario; to be read, not changed. Raises UsageFault if there is none."""
    if name not in names():
        raise UsageFault(f"no scenario called {name!r} is shipped; there is {', '.join(names())}")
    return _home() / name


def copy(name: str, folder: Path) -> Path:
    """Copy a shipped scenario to a folder that is empty or not there yet, whole or not at all.

    Returns the folder, absolute.
    Raises UsageFault if no such scenario is shipped, OutputUnwritable if something is in the way or the
    disk refuses.
    """
    source = path(name)
    with written_whole(folder) as made:
        # Contents only: an installed package may be read-only, and the copy is there to be changed.
        shutil.copytree(source, made, copy_function=shutil.copyfile, dirs_exist_ok=True)
        for made_folder in (made, *(each for each in made.rglob("*") if each.is_dir())):
            made_folder.chmod(0o755)
    return folder.absolute()


def _home() -> Path:
    return Path(__file__).parent
