"""What has been worked out so far, kept line by line, so that nothing finished is ever worked out again."""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from farshore.errors import OutputUnwritable, UsageFault
from farshore.executor import Executor

__all__ = ["Journal", "finished"]


class Journal:
    """Results by the name of their task, in a file of a line each; path None: in memory only.

    header : what the results hold for (plan, seed, options, version); a file of another is refused
    resume : take over what the file holds; otherwise it begins anew
    """

    def __init__(self, path: Path | None, header: Mapping[str, Any], *, resume: bool = False) -> None:
        """Raises UsageFault if the file is of another run, OutputUnwritable if it cannot be written."""
        self.path = path
        self.results: dict[str, Any] = {}
        self._stream = None
        if path is None:
            return
        first = json.dumps({"header": dict(header)}, sort_keys=True) + "\n"
        whole = 0
        if resume and path.exists():
            whole = self._read(path, first)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if whole:
                with path.open("r+b") as stream:
                    stream.truncate(whole)  # a line that was not finished
            else:
                path.write_text(first, encoding="utf-8")
            self._stream = path.open("a", encoding="utf-8")
        except OSError as error:
            raise OutputUnwritable(f"{path} cannot be written: {error.strerror or error}") from error

    def keep(self, name: str, result: Any) -> Any:
        """Note a result, in the file before in memory; returns it as a file would give it back."""
        line = json.dumps([name, result], separators=(",", ":"), allow_nan=False)
        if self._stream is not None:
            self._stream.write(line + "\n")
            self._stream.flush()
        self.results[name] = json.loads(line)[1]
        return self.results[name]

    def close(self, *, remove: bool = False) -> None:
        """Close the file; `remove` it once a folder holds all of it."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None
        if remove and self.path is not None:
            self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(remove=not self.results)  # a file that keeps nothing is litter

    def _read(self, path: Path, first: str) -> int:
        """Take over whole lines; returns how many bytes they are."""
        data = path.read_bytes()
        lines = data.split(b"\n")[:-1]
        if not lines or lines[0].decode("utf-8", "replace") + "\n" != first:
            raise UsageFault(
                f"{path} keeps futures of another plan, seed or options; resume with the same, or delete it"
            )
        whole = len(lines[0]) + 1
        for line in lines[1:]:
            try:
                name, result = json.loads(line)
            except ValueError:
                break
            self.results[name] = result
            whole += len(line) + 1
        return whole


def finished(
    executor: Executor,
    journal: Journal,
    tasks: Mapping[str, Any],
    told: Callable[[int], None] = lambda _: None,
) -> Iterator[tuple[str, Any]]:
    """Every task's (name, result): those kept first, the others as they finish.

    told : is given how many of the tasks are done
    """
    done = 0
    for name in tasks:
        if name in journal.results:
            done += 1
            yield name, journal.results[name]
    told(done)
    names = [name for name in tasks if name not in journal.results]
    for number, result in executor.run([tasks[name] for name in names]):
        kept = journal.keep(names[number], result)
        done += 1
        told(done)
        yield names[number], kept
