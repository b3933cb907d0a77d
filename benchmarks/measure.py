"""Measuring one side of a benchmark in a process of its own: processor seconds, peak memory, the answer."""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Any

from benchmarks.registry import REGISTRY, Skipped, Timed

__all__ = ["Measured", "measure", "run_here"]


@dataclass(frozen=True)
class Measured:
    """What one run took: `cpu_s` of the job alone, `peak_mb` of its whole process; else `why_not`."""

    cpu_s: float = float("nan")
    peak_mb: float = float("nan")
    scale: float = float("nan")
    answer: Any = None
    why_not: str = ""


def measure(key: str, side: str, size_index: int, limit_s: float) -> Measured:
    """Run one side on one size in a new process; ours runs on the smallest size before, to compile."""
    command = [sys.executable, "-m", "benchmarks", "--one", key, side, str(size_index)]
    try:
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            timeout=limit_s + 120,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired:
        return Measured(why_not=f"stopped after {limit_s:g} s")
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        return Measured(why_not=f"failed: {last}")
    return Measured(**json.loads(done.stdout.strip().splitlines()[-1]))


def run_here(key: str, side: str, size_index: int) -> None:
    """What `measure` starts: print one JSON line."""
    case = REGISTRY.cases[key]
    job = case.side(side)
    try:
        if side == "ours":
            job(case.instance(case.sizes[0]))
        instance = case.instance(case.sizes[size_index])
        begun_s = time.process_time() + _children_s()
        answer = job(instance)
        cpu_s = time.process_time() + _children_s() - begun_s
    except Skipped as missing:
        print(json.dumps({"why_not": str(missing)}))
        return
    peak_kb = max(
        resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    peak_mb = peak_kb / 1024
    if isinstance(answer, Timed):
        answer, cpu_s, peak_mb = answer.answer, answer.cpu_s, answer.peak_mb
    found = {"cpu_s": cpu_s, "peak_mb": peak_mb, "scale": case.scale(instance), "answer": answer}
    print(json.dumps(found))


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
