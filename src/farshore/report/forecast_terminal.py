"""A backtest on one screen."""

import math

from rich.table import Table

from farshore.results.forecast import Backtest

__all__ = ["backtest_table"]


def backtest_table(backtest: Backtest) -> Table:
    """Scores by lead and method, and Flee's rescaled error below."""
    table = Table(title=f"Backtest of {backtest.name}, learnt from {backtest.lesson}", title_justify="left")
    table.add_column("method")
    for name in ("lead d", "counts", "WAPE", "bias", "CRPS", "coverage", "width"):
        table.add_column(name, justify="right")
    for s in backtest.scores:
        shares = ("" if math.isnan(v) else f"{v:.3f}" for v in (s.wape, s.bias, s.crps, s.coverage, s.width))
        table.add_row(
            s.method, str(s.lead_days), str(s.n), *shares, end_section=s.method == "Flee-compatible"
        )
    told = ", ".join(f"{name} {value:.3f}" for name, value in backtest.hindcast_error.items())
    table.caption = f"Hindcast error as Flee defines it, given daily totals: {told}"
    table.caption_justify = "left"
    return table
