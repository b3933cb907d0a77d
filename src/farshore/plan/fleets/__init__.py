"""Fleets: buses, trains and boats as vehicles with duties."""
