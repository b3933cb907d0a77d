"""The network: the graph's piece, the roads and crossings that it lacks, and the ways onto it.

Every length that comes from no survey is the straight line times `DETOUR`, and its `facility_type` says so.
"""

import math
from dataclasses import dataclass, field, replace

import facts
from graph import Graph

__all__ = ["Link", "Network", "build_network", "roads_east"]

DETOUR = 1.25
EARTH_RADIUS_KM = 6371.0088
Ends = tuple[str, str]
Point = tuple[float, float]  # lon, lat
Segment = tuple[Point, Point]


@dataclass(frozen=True)
class Link:
    """One link, both ways."""

    link_id: str
    ends: Ends
    length_m: int
    facility_type: str
    name: str = ""
    crossing_id: str = ""


@dataclass
class Network:
    """Nodes by code: (lon, lat), name, type; links in file order."""

    points: dict[str, Point] = field(default_factory=dict)
    labels: dict[str, tuple[str, str]] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)

    def add_node(self, node_id: str, point: Point, name: str = "", node_type: str = "") -> None:
        """Add a node; one code may be given only once."""
        if node_id in self.points:
            raise ValueError(f"node {node_id} is there already")
        self.points[node_id] = point
        self.labels[node_id] = (name, node_type)

    def add_link(self, link: Link) -> None:
        """Add a link; one code may be given only once, and both ends must be there."""
        if link.link_id in self.links or not set(link.ends) <= set(self.points):
            raise ValueError(f"link {link.link_id} is there already or has an unknown end")
        self.links[link.link_id] = link

    def straight_km(self, ends: Ends) -> float:
        """Great-circle distance of two nodes."""
        (lon_a, lat_a), (lon_b, lat_b) = (map(math.radians, self.points[end]) for end in ends)
        half_chord = (
            math.sin((lat_b - lat_a) / 2) ** 2
            + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
        )
        return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(half_chord))

    def add_estimated(
        self, link_id: str, ends: Ends, facility_type: str, *, name: str = "", crossing_id: str = ""
    ) -> None:
        """Add a link whose length nobody surveyed."""
        length_m = max(1, round(self.straight_km(ends) * DETOUR * 1000))
        self.add_link(Link(link_id, ends, length_m, facility_type, name, crossing_id))

    def split(self, ends: Ends, middle: str) -> None:
        """Lead a link through a third node; its length stays, shared out by the straight lines."""
        old = next(link for link in self.links.values() if set(link.ends) == set(ends))
        near, far = (old.ends[0], middle), (middle, old.ends[1])
        share = self.straight_km(near) / (self.straight_km(near) + self.straight_km(far))
        near_m = round(old.length_m * share)
        del self.links[old.link_id]
        self.add_link(Link(f"{old.link_id}a", near, near_m, old.facility_type, old.name))
        self.add_link(Link(f"{old.link_id}b", far, old.length_m - near_m, old.facility_type, old.name))

    def mark(self, ends: Ends, crossing_id: str, *, name: str = "") -> None:
        """Say that the link between two nodes belongs to a crossing."""
        old = next(link for link in self.links.values() if set(link.ends) == set(ends))
        self.links[old.link_id] = replace(old, name=name, crossing_id=crossing_id)


# Graph nodes that the tables below name, by what is there.
M14_CHORNOBAIVKA = "h557655"
CHORNOBAIVKA = "h557656"
KHERSON_NORTH = "h557657"
M14_SHEVCHENKOVE = "h557658"
KHERSON_EAST = "h557662"
KHERSON_CENTRE = "h559294"
OLESHKY_ROAD = "h559427"
OLESHKY_CENTRE = "h559424"
BRIDGE_RIGHT, BRIDGE_LEFT = "h557661", "h559448"
DARIVKA_WEST, DARIVKA_EAST = "h557664", "h559460"
DAM_RIGHT, DAM_LEFT = "h559458", "h559456"
VARVARIVSKYI_WEST, VARVARIVSKYI_EAST = "h559363", "h557651"
VASYLIVKA_SOUTH, VASYLIVKA_NORTH = "h559757", "h558438"
BERYSLAV_JUNCTION = "h559459"
SNIHURIVKA = "h559577"
TAVRIISK = "h559455"
M17_WEST, M17_EAST = "h559422", "h559058"

PIERS = {
    # Those of Oleshky and Hola Prystan are drawn at the town: nobody gave their places.
    "pier_kherson": ((32.609, 46.627), "Kherson river port"),
}
TOKMAK = (35.71, 47.255)  # the town, about ±1 km; only a way round, shut throughout, passes it

# Through roads of the graph that pass a place without a junction there.
SPLITS = (
    ((BRIDGE_LEFT, "h559446"), OLESHKY_ROAD),  # M14 passes the end of the road to Oleshky
    ((DARIVKA_EAST, BERYSLAV_JUNCTION), "z_tiahynka"),  # P47 passes Tiahynka
    (("h559154", "h558734"), "p_bashtanka"),  # N11 passes Bashtanka
    (("h557823", "h557820"), "tokmak"),  # P37 passes Tokmak
)

# What the graph lacks: (link, ends, class, crossing, name).
RESTORED = (
    ("antonivka_road", (BRIDGE_RIGHT, BRIDGE_LEFT), "bridge_estimated", "antonivka_bridge", "M14/P47"),
    ("darivka_road", (DARIVKA_WEST, DARIVKA_EAST), "bridge_estimated", "darivka_bridge", "P47"),
    ("dam_road", (DAM_RIGHT, DAM_LEFT), "dam_road_estimated", "dam", "P47"),
    (
        "varvarivka_road",
        (VARVARIVSKYI_WEST, VARVARIVSKYI_EAST),
        "bridge_estimated",
        "varvarivskyi_bridge",
        "M14",
    ),
    ("vasylivka_road", (VASYLIVKA_SOUTH, VASYLIVKA_NORTH), "highway_estimated", "front_zaporizhzhia", "M18"),
    ("m17_gap", (M17_WEST, M17_EAST), "highway_estimated", "", "M17"),
)

FERRIES = (
    ("barge_antonivka", (BRIDGE_RIGHT, BRIDGE_LEFT), "antonivka_ferry"),
    ("boat_oleshky", ("pier_kherson", "p_oleshky"), "port_oleshky"),
    ("boat_hola_prystan", ("pier_kherson", "p_hola_prystan"), "port_hola_prystan"),
)

# Regional roads that the graph does not have.
REGIONAL = (
    ("z_kherson", "z_bilozerka", ""),
    ("z_bilozerka", "z_stanislav", ""),
    (CHORNOBAIVKA, "z_muzykivka", ""),
    (KHERSON_NORTH, "z_horokhivske", ""),
    ("z_horokhivske", "z_snihurivka", ""),
    ("z_snihurivka", "z_shyroke", ""),
    ("z_snihurivka", "z_pervomaiske", ""),
    ("z_snihurivka", "z_kalynivske", ""),
    ("z_kalynivske", "z_velyka_oleksandrivka", ""),
    ("z_velyka_oleksandrivka", "z_borozenske", ""),
    ("z_borozenske", "z_novoraisk", ""),
    ("z_novoraisk", "z_mylove", ""),
    ("z_novoraisk", "z_beryslav", ""),
    ("z_beryslav", BERYSLAV_JUNCTION, ""),
    ("p_kakhovka", DAM_LEFT, ""),
    ("p_kakhovka", TAVRIISK, ""),
    ("p_kakhovka", "p_chaplynka", ""),
    ("p_chaplynka", "p_armiansk", ""),
    ("p_oleshky", "p_hola_prystan", ""),
    ("p_hola_prystan", "p_skadovsk", ""),
    # Beyond the last zone of the right bank: nobody may drive there, see `crossings.py`.
    ("z_pervomaiske", "h559154", "front_mykolaiv"),
    ("z_snihurivka", "p_bashtanka", "front_bashtanka"),
    ("z_velyka_oleksandrivka", "h558956", "front_kryvyi_rih"),
    # The road graph stops on both sides of Vasylivka's bridge; this is the road round by Orikhiv.
    ("h559583", "tokmak", ""),
)

ROUND_VASYLIVKA = "road_h559583_tokmak"

# Ways from a place onto the graph, where the nearest junction is not the only or not the right one.
ACCESS = {
    "z_kherson": (KHERSON_CENTRE, KHERSON_EAST, "pier_kherson"),
    "pier_kherson": (KHERSON_CENTRE,),
    "z_snihurivka": (SNIHURIVKA,),
    "z_chornobaivka": (CHORNOBAIVKA, M14_CHORNOBAIVKA),
    "z_shevchenkove": (M14_SHEVCHENKOVE,),
    "z_darivka": (DARIVKA_WEST,),
    "z_kozatske": (DAM_RIGHT,),
    "p_oleshky": (OLESHKY_CENTRE,),
    "p_skadovsk": ("h559423",),
    "p_henichesk": ("h558117",),
    "p_armiansk": ("h559056",),
    "p_dzhankoi": ("h557694",),
    "p_simferopol": ("h559114",),
    "p_rostov": ("h543387",),
    "p_krasnodar": ("h549978",),
    "p_mykolaiv": ("h557649",),
    "p_odesa": ("h557601", "h557598"),
    "p_kryvyi_rih": ("h558768",),
    "p_zaporizhzhia": ("h558167",),
    "p_dnipro": ("h558582",),
    "p_kropyvnytskyi": ("h558999",),
    "p_voznesensk": ("h558727",),
}

# The first stretch beyond the last zone of the right bank.
FIRST_STRETCHES = (
    ((M14_SHEVCHENKOVE, "h559623"), "corridor", "M14"),
    ((SNIHURIVKA, "h558784"), "front_kryvyi_rih", "P81"),
)

# East of Zaporizhzhia no host lies, so where exactly roads are shut there makes no difference to anybody. A
# straight line from near Vasylivka to the edge of the map picks them. It follows no front.
EAST_OF_ZAPORIZHZHIA = ((35.40, 47.50), (36.60, 49.70))


def build_network(roads: Graph, rails: Graph) -> Network:
    """The whole network, in the order of the file: road graph, rail graph, then what was added."""
    network = Network()
    for letter, graph, kind in (("h", roads, "highway"), ("r", rails, "rail")):
        _add_graph(network, letter, graph, kind)
    _add_places(network)
    for ends, middle in SPLITS:
        network.split(ends, middle)
    for link_id, ends, kind, crossing_id, name in RESTORED:
        network.add_estimated(link_id, ends, kind, name=name, crossing_id=crossing_id)
    for link_id, ends, crossing_id in FERRIES:
        network.add_estimated(link_id, ends, "ferry", crossing_id=crossing_id)
    for tail, head, crossing_id in REGIONAL:
        link_id = f"road_{_short(tail)}_{_short(head)}"
        network.add_estimated(link_id, (tail, head), "regional_estimated", crossing_id=crossing_id)
    for place, junctions in ACCESS.items():
        for junction in junctions:
            network.add_estimated(
                f"way_{_short(place)}_{_short(junction)}", (place, junction), "access_estimated"
            )
    _restore_rail_bridge(network)
    for ends, crossing_id, name in FIRST_STRETCHES:
        network.mark(ends, crossing_id, name=name)
    return network


def _add_graph(network: Network, letter: str, graph: Graph, kind: str) -> None:
    for number, point in graph.nodes.items():
        network.add_node(f"{letter}{number}", point)
    for serial, ((tail, head), length_km) in enumerate(graph.edges.items(), start=1):
        ends = (f"{letter}{tail}", f"{letter}{head}")
        network.add_link(Link(f"{letter}{serial}", ends, max(1, round(length_km * 1000)), kind))


def _add_places(network: Network) -> None:
    for zone in facts.ZONES:
        network.add_node(f"z_{zone.zone_id}", (zone.lon, zone.lat), zone.name, "town")
    for host in facts.HOSTS:
        network.add_node(f"p_{host.host_id}", (host.lon, host.lat), host.name, "town")
    for node_id, (point, name) in PIERS.items():
        network.add_node(node_id, point, name, "port")
    network.add_node("tokmak", TOKMAK, "Tokmak", "town")


def _short(node_id: str) -> str:
    return node_id.removeprefix("z_").removeprefix("p_")


def _restore_rail_bridge(network: Network) -> None:
    """Join the two ends at which the rail graph stops, on either side of the river."""
    ends = ("r100396", "r100372")
    network.add_estimated("antonivka_rail", ends, "rail_estimated", crossing_id="antonivka_rail_bridge")


def roads_east(network: Network) -> list[str]:
    """The links east of Zaporizhzhia on which nobody may drive, in the order of the file."""
    return [
        link.link_id
        for link in network.links.values()
        if not link.crossing_id
        and not link.facility_type.startswith("rail")
        and (
            link.link_id == ROUND_VASYLIVKA
            or _cross((network.points[link.ends[0]], network.points[link.ends[1]]), EAST_OF_ZAPORIZHZHIA)
        )
    ]


def _cross(one: Segment, other: Segment) -> bool:
    """Whether two segments cross."""

    def left_of(point: Point, line: Segment) -> bool:
        (x, y), ((x0, y0), (x1, y1)) = point, line
        return (x1 - x0) * (y - y0) > (y1 - y0) * (x - x0)

    return left_of(one[0], other) != left_of(one[1], other) and left_of(other[0], one) != left_of(
        other[1], one
    )
