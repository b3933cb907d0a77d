"""Forecasts: how many people arrive where over the coming weeks, with honest intervals."""
