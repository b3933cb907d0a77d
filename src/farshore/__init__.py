"""Farshore plans the voluntary evacuation of civilians and proves how good the plan is."""

from importlib.metadata import version as _installed_version

__all__ = ["__version__"]

__version__ = _installed_version("farshore")
