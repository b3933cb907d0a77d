"""Readers of other people's formats, each giving a scenario or a part of one."""
