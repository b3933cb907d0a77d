"""Protection, as planning needs it: the rule itself belongs to the scenario, for every engine to keep."""

from farshore.scenario.protection import blocked_hosts

__all__ = ["blocked_hosts"]
