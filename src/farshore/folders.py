"""Folders written whole or not at all, made beside and then renamed; tables and documents as their bytes."""

import csv
import io
import json
import os
import shutil
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from farshore.errors import OutputUnwritable

__all__ = ["check_writable", "csv_bytes", "json_bytes", "put", "written_whole"]


def check_writable(folder: Path, *, replaces: str = "") -> bool:
    """Whether there is a folder to be replaced; asked before long work, not after it.

    replaces : a file by which a folder that may be replaced is known; "" allows only an empty or absent one
    Raises OutputUnwritable if something else is in the way or nothing can be written there.
    """
    occupied = _occupied(folder)
    if occupied and not replaces:
        raise OutputUnwritable(f"{folder} is not empty; name another folder")
    if occupied and not (folder / replaces).is_file():
        raise OutputUnwritable(f"{folder} holds something else (it has no {replaces}); name another folder")
    nearest = next(place for place in Path(os.path.abspath(folder)).parents if place.exists())
    if not nearest.is_dir():
        raise OutputUnwritable(f"{folder} cannot be written: {nearest} is a file; name another folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        raise OutputUnwritable(f"{folder} cannot be written: no permission in {nearest}; name another folder")
    return occupied


@contextmanager
def written_whole(folder: Path, *, replaces: str = "", own: Collection[str] = ()) -> Iterator[Path]:
    """A new folder to write into, which takes its place when the block ends without an error.

    replaces : as in `check_writable`; of a folder replaced, files that are not named in `own` (paths with
    slashes; a folder's name stands for all in it) are kept.
    Raises OutputUnwritable if something is in the way or the disk refuses; then all is as it was.
    """
    folder = Path(os.path.abspath(folder))  # keeps a link a link, unlike resolve()
    occupied = check_writable(folder, replaces=replaces)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}.", dir=folder.parent) as beside:
            made = Path(beside) / folder.name
            made.mkdir()  # not mkdtemp's own folder: that one is closed to everybody else
            yield made
            if occupied:
                _keep_others(folder, made, own)
                _swap(made, folder, Path(beside) / "before")
            else:
                if folder.exists():
                    folder.rmdir()
                made.rename(folder)
    except OSError as error:
        raise OutputUnwritable(f"{folder} cannot be written: {error.strerror or error}") from error


def put(folder: Path, files: dict[str, bytes]) -> None:
    """Write files by their paths, with slashes, in a folder."""
    for name, data in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)


def _occupied(folder: Path) -> bool:
    try:
        return any(folder.iterdir())
    except FileNotFoundError:
        return False
    except NotADirectoryError:
        raise OutputUnwritable(f"{folder} is a file; name a folder") from None
    except OSError as error:
        raise OutputUnwritable(f"{folder} cannot be read: {error.strerror or error}") from error


def _keep_others(folder: Path, made: Path, own: Collection[str]) -> None:
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        if name in own or name.split("/")[0] in own or (path.is_dir() and not path.is_symlink()):
            continue
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(path, made / name, follow_symlinks=False)


def _swap(made: Path, folder: Path, before: Path) -> None:
    """Rename the finished folder to where it belongs; what was there returns if that fails."""
    folder.rename(before)
    try:
        made.rename(folder)
    except BaseException:
        before.rename(folder)
        raise


def csv_bytes(header: Iterable[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as the bytes of a CSV file, lines ended alike on every machine; None is a blank cell."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue().encode()


def json_bytes(value: Any) -> bytes:
    """A document as the bytes of a JSON file; raises ValueError for what is not finite."""
    return (json.dumps(value, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
