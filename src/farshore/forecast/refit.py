"""Fits the shipped rates anew: `python -m farshore.forecast.refit FOLDER` writes `rates.json`.

FOLDER holds one Flee folder a conflict. Besides the rates from every conflict it keeps, for each, the rates
from all the others: a backtest of that conflict uses those.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from farshore.forecast.choice import CENTRAL, chosen_shares
from farshore.forecast.fit import draw_rates, try_rates, weights_of
from farshore.forecast.increments import FIRST_ORIGIN_DAY, ORIGIN_EVERY_DAYS, past_targets
from farshore.forecast.lessons import learn
from farshore.forecast.network import host_network
from farshore.forecast.rates_file import EVERY, Learnt, encode, fingerprint
from farshore.scenario.displacement import Displacement

__all__ = ["learn_all"]


def learn_all(problems: Sequence[Displacement]) -> dict[str, Learnt]:
    """By fingerprint of the conflict left out, and under EVERY from all of them."""
    draws = {kind: draw_rates(kind == "with_capacity") for kind in ("with_capacity", "without_capacity")}
    trials = {kind: [try_rates(p, rates) for p in problems] for kind, rates in draws.items()}
    targets = [
        past_targets(
            p,
            chosen_shares(p.without_capacity(), host_network(p), CENTRAL),
            range(FIRST_ORIGIN_DAY, p.n_days, ORIGIN_EVERY_DAYS),
        )
        for p in problems
    ]
    found = {}
    for out in (None, *range(len(problems))):
        kept = [i for i in range(len(problems)) if i != out]
        key = EVERY if out is None else fingerprint(problems[out])
        found[key] = Learnt(
            (draws["with_capacity"], weights_of([trials["with_capacity"][i] for i in kept])),
            (draws["without_capacity"], weights_of([trials["without_capacity"][i] for i in kept])),
            learn([targets[i] for i in kept]),
            ", ".join(problems[i].name for i in kept),
        )
    return found


def main(arguments: Sequence[str]) -> None:
    """Write `rates.json` beside this file."""
    from farshore.sources.flee import read_flee  # noqa: PLC0415 - only the command reads folders

    folders = [f for f in sorted(Path(arguments[0]).iterdir()) if (f / "input_csv").is_dir()]
    problems = [read_flee(folder) for folder in folders]
    provenance = {
        "made_by": "python -m farshore.forecast.refit FOLDER",
        "conflicts": [p.name for p in problems],
        "data": "Flee's public validation conflicts (github.com/djgroen/FabFlee, BSD-3-Clause)",
        "method": "docs/forecast.md",
    }
    text = encode(learn_all(problems), provenance)
    (Path(__file__).parent / "rates.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
