"""Numba and array code: arrays in, arrays out, units in the names."""
