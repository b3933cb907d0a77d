"""The commands: parse, call, print. What they do lives in the rooms below."""

from farshore.cli.app import app, main

__all__ = ["app", "main"]
