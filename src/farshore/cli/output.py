"""What commands share: the --json option and how JSON is printed."""

import json
from typing import Annotated, Any

from cyclopts import Parameter

__all__ = ["Json", "print_json"]

Json = Annotated[bool, Parameter("--json", negative=(), help="Print JSON, for machines.")]


def print_json(value: Any) -> None:
    """Print a value as JSON that people can read too."""
    print(json.dumps(value, ensure_ascii=False, indent=2))
