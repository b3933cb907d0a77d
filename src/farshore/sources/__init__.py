"""Readers of other people's formats, each giving a scenario or a part of one."""

from farshore.sources.counts_file import read_counts_file
from farshore.sources.flee import read_flee
from farshore.sources.ties_file import read_ties_file

__all__ = ["read_counts_file", "read_flee", "read_ties_file"]
