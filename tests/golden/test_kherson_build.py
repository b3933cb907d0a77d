"""The shipped Kherson scenario is what its build script makes, byte for byte."""

import subprocess
import sys
from pathlib import Path

import pytest

BUILD = Path(__file__).parents[2] / "scenarios" / "kherson" / "build.py"


def test_the_shipped_folder_is_what_the_script_makes():
    pytest.importorskip("scgraph_data", reason="needs the road graph: uv sync --group build")
    done = subprocess.run([sys.executable, BUILD, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
