"""What the rules that nobody states decide once roads lock up: completions over merge, origin and rerouting.

    python -m benchmarks.traffic_bands

61,000 vehicles from each side of a grid to the other within an hour. Prints the share that has arrived
after two hours, by rule: the bands in docs/simulate.md.
"""

import numpy as np

from benchmarks.traffic_cases import crossing_streams
from farshore.simulate.loader import Merge, Origins, load
from farshore.simulate.routing import Routing
from farshore.simulate.trips import trips


def main() -> None:
    """Print a row for each combination of rules."""
    case = crossing_streams()
    print(f"{len(case.origin)} vehicles")
    for informed, update_s in ((0.0, 600.0), (0.5, 1800.0), (0.5, 600.0), (1.0, 600.0), (1.0, 120.0)):
        demand = trips(
            case.origin,
            case.departure_s,
            exits=[[node] for node in case.exits],
            exit_=case.exit,
            informed=np.random.default_rng(0).random(len(case.origin)) < informed,
        )
        for merge in Merge:
            cells = []
            for origins in Origins:
                loaded = load(
                    case.network,
                    demand,
                    until_s=case.until_s,
                    merge=merge,
                    origins=origins,
                    routing=Routing(update_s=update_s),
                )
                cells.append(f"{origins.value} {np.isfinite(loaded.arrived_s).mean():.1%}")
            print(f"informed {informed:.0%} every {update_s / 60:g} min, {merge.value}: {', '.join(cells)}")


if __name__ == "__main__":
    main()
