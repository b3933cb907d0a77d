"""Two workers beside one: the same futures, in turn, by the clock and in processor seconds."""

import hashlib
import json
import os
import resource
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.bench_stress import SEED, Many, kherson_futures
from benchmarks.registry import Timed, benchmark
from farshore.executor import executor_for
from farshore.simulate import Options
from farshore.stress.job import Tested, future_task, job_for

_MEASURED = ("wall_s", "cpu_s", "others")


@dataclass(frozen=True)
class Run:
    """One run: seconds by the clock, processor seconds of all its processes, and a hash of its results.

    others : processors that anything else on the machine kept busy meanwhile, on average; None: not known
    """

    wall_s: float
    cpu_s: float
    others: float | None
    answer: str


def run_with(many: Many, workers: int) -> Run:
    """All futures on so many workers, their start included."""
    assert many.plan is not None
    horizon_h = many.scenario.about.horizon_h
    moments_s = np.linspace(0, horizon_h * 3600, horizon_h + 1)
    tested = Tested((many.plan,), Options(), SEED, ("assumptions", "hazards"), moments_s)
    busy_s, used_s, begun_s = _busy_s(), _used_s(), time.monotonic()
    with executor_for(job_for(tested), workers=workers) as crew:
        tasks = [future_task(0, number) for number in range(many.futures)]
        rows = [row for _, row in sorted(crew.run(tasks))]
    wall_s, cpu_s = time.monotonic() - begun_s, _used_s() - used_s
    now_s = _busy_s()
    others = None if busy_s is None or now_s is None else max(now_s - busy_s - cpu_s, 0.0) / wall_s
    return Run(wall_s, cpu_s, others, hashlib.sha256(json.dumps(rows, sort_keys=True).encode()).hexdigest())


def _used_s() -> float:
    """Processor seconds of this process and of those of its children that have ended."""
    use = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in use)


def _busy_s() -> float | None:
    """Processor seconds that the machine has been busy, all processors together; None: it does not say."""
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]
    except OSError:
        return None
    user, nice, system, _, _, irq, softirq, _ = (int(field) for field in fields)
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _told(answer: Any, _: float) -> str:
    one, two = answer["one"], answer["two"]
    wall, cpu = one["wall_s"] / two["wall_s"], two["cpu_s"] / one["cpu_s"]
    busy = [run["others"] for run in (one, two)]
    quiet = "" if None in busy else f"; others kept {busy[0]:.2f} and {busy[1]:.2f} processors busy meanwhile"
    return (
        f"{wall:.2f} × as fast by the clock ({one['wall_s']:.1f} s and {two['wall_s']:.1f} s), "
        f"{cpu:.2f} × the processor seconds ({one['cpu_s']:.1f} and {two['cpu_s']:.1f}){quiet}"
    )


@benchmark(
    area="stress",
    sizes=(20, 500),
    instance=kherson_futures,
    scale=lambda many: many.futures,
    scale_unit="futures",
    limit_s=900,
    tells=("two workers beside one", _told),
    notes=(
        "Size is the number of futures; everything varies. One worker, then two, their start "
        "included, each from nothing; the seconds are those of both runs together. Both must give the "
        "same bytes. By the clock the ratio means something only where nothing else keeps the machine "
        "busy: the last column says."
    ),
)
def two_workers(many: Many) -> Timed:
    """Futures of Kherson on two workers and on one."""
    one, two = run_with(many, 1), run_with(many, 2)
    if one.answer != two.answer:
        raise AssertionError("two workers give other results than one")
    runs = {
        name: {measured: getattr(run, measured) for measured in _MEASURED}
        for name, run in (("one", one), ("two", two))
    }
    peak_kb = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return Timed(runs, one.cpu_s + two.cpu_s, peak_kb / 1024)
