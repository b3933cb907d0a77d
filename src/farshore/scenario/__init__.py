"""Scenarios: the frozen types, the folder format, every check, the arrays that engines eat."""
