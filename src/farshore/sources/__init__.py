"""Readers of other people's formats, each giving a scenario or a part of one."""

from farshore.sources.flee import read_flee

__all__ = ["read_flee"]
