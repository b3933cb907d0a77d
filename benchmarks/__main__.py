"""Run the benchmarks, ours and its rivals in turn, and write what came out into docs/benchmarks.md.

    python -m benchmarks [--area AREA ...] [--largest N] [--dry]

`--largest N` takes only the first N sizes of each; `--dry` prints and writes nothing.
"""

import argparse
import importlib
import math
import pkgutil
import platform
import sys
from pathlib import Path

import benchmarks
from benchmarks.measure import Measured, measure, run_here
from benchmarks.registry import REGISTRY, Benchmark

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Ours against its peers, on the same instances, in turn, each run in a process of its own. Seconds are
processor seconds of the job alone (reading and compiling excluded), memory is the peak of the whole
process. Machines differ: read the ratios. Both sides must give the same answer; where they do not, the
table says so.

Reproduce a section with the command under its heading, all of it with `make bench`: some three hours of
processor time, most of it the peers'. A side that takes longer than its table's limit is stopped, is not
tried on larger sizes, and the table says so.
"""


def main() -> int:
    """Parse, run, print, write."""
    parser = argparse.ArgumentParser(description="Run the benchmarks and write docs/benchmarks.md.")
    parser.add_argument("--area", action="append", help="only this area; may be repeated")
    parser.add_argument(
        "--largest", type=int, default=None, metavar="N", help="only the first N sizes of each"
    )
    parser.add_argument("--dry", action="store_true", help="write nothing")
    parser.add_argument("--one", nargs=3, metavar=("KEY", "SIDE", "SIZE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name.startswith("bench_"):
            importlib.import_module(f"benchmarks.{module.name}")
    if options.one:
        run_here(options.one[0], options.one[1], int(options.one[2]))
        return 0
    agreed = True
    for area in options.area or REGISTRY.areas():
        cases = [case for case in REGISTRY.cases.values() if case.area == area]
        if not cases:
            print(f"no benchmark of area {area!r}; there is {', '.join(REGISTRY.areas())}", file=sys.stderr)
            return 2
        text = ""
        for case in cases:
            section, same = _run(case, options.largest)
            text += section
            agreed &= same
        if not options.dry:
            _write(area, text, options.largest)
    return 0 if agreed else 1


def _run(case: Benchmark, largest: int | None) -> tuple[str, bool]:
    """Measure one benchmark on its sizes; its section of the page, and whether all answers agreed."""
    sides = ["ours", *case.rivals]
    rows, scales, ours_s, agreed = [], [], [], True
    given_up: set[str] = set()
    for index, size in enumerate(case.sizes[:largest]):
        found: dict[str, Measured] = {}
        for side in sides:
            if side in given_up:
                found[side] = Measured(why_not="not tried: too slow before")
                continue
            print(f"{case.key} {size} {side} …", file=sys.stderr, end=" ", flush=True)
            found[side] = measure(case.key, side, index, case.limit_s)
            print(found[side].why_not or f"{found[side].cpu_s:.3g} s", file=sys.stderr)
            if found[side].why_not.startswith("stopped"):
                given_up.add(side)
        ours = found["ours"]
        if not ours.why_not:
            scales.append(ours.scale)
            ours_s.append(ours.cpu_s)
        scale = "–" if math.isnan(ours.scale) else f"{ours.scale:,.0f}"
        cells = [str(size), scale, _cell(ours)]
        if case.tells:
            cells.append("–" if ours.why_not else case.tells[1](ours.answer, ours.cpu_s))
        for rival in case.rivals:
            other = found[rival]
            ratio = "–"
            if not other.why_not and not ours.why_not:
                ratio = f"{float(f'{other.cpu_s / ours.cpu_s:.3g}'):,g} ×"
                if not case.same(ours.answer, other.answer):
                    agreed = False
                    ratio += f" **answers differ: {ours.answer} and {other.answer}**"
            cells += [_cell(other), ratio]
        rows.append(cells)
    heading = ["size", case.scale_unit, "ours", *([case.tells[0]] if case.tells else [])]
    for rival in case.rivals:
        heading += [rival, "ratio"]
    lines = ["| " + " | ".join(cells) + " |" for cells in (heading, ["---"] * len(heading), *rows)]
    growth = _exponent(scales, ours_s)
    grows = f"\nOurs grows with {case.scale_unit} to the power {growth:.2f}.\n" if growth is not None else ""
    notes = f"\n{case.notes}\n" if case.notes else ""
    return f"### {case.title}\n\n" + "\n".join(lines) + "\n" + grows + notes + "\n", agreed


def _cell(found: Measured) -> str:
    return found.why_not or f"{found.cpu_s:,.3g} s, {found.peak_mb:,.0f} MB"


def _exponent(scales: list[float], seconds: list[float]) -> float | None:
    """Least-squares slope of log seconds over log scale; None for fewer than three sizes, or all alike."""
    points = [(math.log(x), math.log(y)) for x, y in zip(scales, seconds, strict=True) if x > 0 and y > 0]
    if len({x for x, _ in points}) < 3 or max(points)[0] - min(points)[0] < math.log(2):
        return None
    mean_x, mean_y = (sum(values) / len(points) for values in zip(*points, strict=True))
    return sum((x - mean_x) * (y - mean_y) for x, y in points) / sum((x - mean_x) ** 2 for x, _ in points)


def _write(area: str, text: str, largest: int | None = None) -> None:
    """Put an area's section into the page in place of its last one, under the page's head as it is now."""
    page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else HEAD
    begin, end = f"<!-- {area} begins -->", f"<!-- {area} ends -->"
    page = HEAD + "\n" + page[page.index("<!--") :] if "<!--" in page else HEAD
    sizes = "" if largest is None else f" --largest {largest}"
    command = f"`python -m benchmarks --area {area}{sizes}`"
    where = f"{platform.machine()}, Python {platform.python_version()}"
    section = f"{begin}\n## {area.capitalize()}\n\n{command} ({where})\n\n{text.rstrip()}\n\n{end}\n"
    if begin in page:
        before, rest = page.split(begin)
        page = f"{before.rstrip()}\n\n{section}\n{rest.split(end)[1].lstrip()}".rstrip() + "\n"
    else:
        page = page.rstrip("\n") + "\n\n" + section
    beside = PAGE.with_suffix(".md.new")
    beside.write_text(page, encoding="utf-8")
    beside.replace(PAGE)


if __name__ == "__main__":
    sys.exit(main())
