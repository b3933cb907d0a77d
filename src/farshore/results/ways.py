"""A way in words, leg by leg, with the names of places instead of codes."""

from farshore.results.outcome import Route
from farshore.scenario.scenario import Scenario

__all__ = ["Places", "way_words"]


class Places:
    """Names of nodes, crossings and hosts as a reader knows them."""

    def __init__(self, scenario: Scenario) -> None:
        nodes, zones, hosts = scenario.nodes, scenario.zones, scenario.hosts
        self._names = {
            str(code): str(name) for code, name in zip(nodes.node_id, nodes.name, strict=True) if name
        }
        for table in (hosts, zones):
            for node, name in zip(table.node_id, table.name, strict=True):
                self._names.setdefault(str(node), str(name))
        self.hosts = dict(zip(map(str, hosts.host_id), map(str, hosts.name), strict=True))
        crossings = scenario.crossings
        self._crossings = dict(zip(map(str, crossings.crossing_id), map(str, crossings.name), strict=True))
        self._crossing_of = dict(
            zip(map(str, scenario.links.link_id), map(str, scenario.links.crossing_id), strict=True)
        )

    def name(self, node_id: str) -> str:
        """A node's name, or that of the host or zone there, or its code."""
        return self._names.get(str(node_id), str(node_id))

    def crossings(self, links: tuple[str, ...]) -> list[str]:
        """Names of the crossings that links are of, each once, in order of travel."""
        codes = (self._crossing_of[link.removeprefix("-")] for link in links)
        return list(dict.fromkeys(self._crossings[code] for code in codes if code))


def way_words(places: Places, route: Route) -> str:
    """A route with legs as an instruction: `walk to Pier, ferry X to Y, bus (fleet b) to Z`."""
    told, at, legs = [], 0, route.legs or ()
    for number, (mode, _, head, _, _, count, *service) in enumerate(legs, start=1):
        over = places.crossings(route.links[at : at + count])
        at += count
        to = places.hosts[route.host_id] if number == len(legs) else places.name(head)
        by = f" over {' and '.join(over)}" if over else ""
        if mode == "ferry":
            told.append(f"{over[0] if over else 'ferry'} to {to}")
        elif mode in ("car", "walk"):
            told.append(f"{'drive' if mode == 'car' else 'walk'}{by} to {to}")
        else:
            told.append(f"{mode} ({service[0]}){by} to {to}")
    return ", ".join(told) if told else f"to {places.hosts[route.host_id]}, where they are"
