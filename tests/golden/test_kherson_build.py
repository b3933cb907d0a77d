"""The shipped Kherson scenario is what its build script makes; the script refuses a wrong network."""

import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("scgraph_data", reason="needs the road graph: uv sync --group build")

BUILD = Path(__file__).parents[2] / "scenarios" / "kherson" / "build.py"

# The script, told that Mykolaiv is 81 km away and not 70.
MISLED = """
import dataclasses, sys
sys.path.insert(0, sys.argv.pop(1))
import facts
facts.DISTANCES = tuple(
    dataclasses.replace(known, km=81) if known.name == "Kherson–Mykolaiv" else known
    for known in facts.DISTANCES
)
import build
sys.exit(build.main())
"""


def python(*arguments):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)


def test_the_shipped_folder_is_what_the_script_makes():
    done = python(BUILD, "--check")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_distance_that_is_off_is_named():
    """72.8 km is within a tenth of 70, but not of 81."""
    done = python("-c", MISLED, BUILD.parent, "--check")
    assert done.returncode == 1
    assert done.stderr == "off by more than 10%: Kherson–Mykolaiv; nothing was written\n"
