"""What is known of right-bank Kherson in October 2022: places, people, water, distances. Nothing assumed.

Coordinates are (lon, lat) in degrees, WGS 84.
"""

from dataclasses import dataclass

__all__ = [
    "DISTANCES",
    "HOSTS",
    "POPULATION_SOURCE",
    "SHARE_OVER_65",
    "SHARE_UNDER_18",
    "WATERS",
    "ZONES",
    "Distance",
    "Host",
    "Water",
    "Zone",
]

POPULATION_SOURCE = "State Statistics Service of Ukraine, 1 January 2022"

# COD-PS 2020 (OCHA), Kherson oblast.
SHARE_UNDER_18 = 0.189
SHARE_OVER_65 = 0.164


@dataclass(frozen=True)
class Zone:
    """A hromada of the right bank: centre of its main settlement, people on 1 January 2022."""

    zone_id: str
    name: str
    lon: float
    lat: float
    persons: int


ZONES = (
    Zone("kherson", "Kherson", 32.6258, 46.6413, 317_752),
    Zone("snihurivka", "Snihurivka", 32.7925, 47.0707, 22_729),
    Zone("bilozerka", "Bilozerka", 32.4454, 46.6308, 21_681),
    Zone("beryslav", "Beryslav", 33.4167, 46.8358, 17_725),
    Zone("velyka_oleksandrivka", "Velyka Oleksandrivka", 33.2998, 47.3159, 15_901),
    Zone("chornobaivka", "Chornobaivka", 32.5455, 46.6927, 14_777),
    Zone("shevchenkove", "Shevchenkove", 32.1917, 46.8625, 14_184),
    Zone("darivka", "Darivka", 32.7930, 46.7483, 13_754),
    Zone("stanislav", "Stanislav", 32.1492, 46.5799, 9_825),
    Zone("tiahynka", "Tiahynka", 33.0592, 46.7763, 9_607),
    Zone("pervomaiske", "Pervomaiske", 32.4399, 47.0395, 9_225),
    Zone("horokhivske", "Horokhivske", 32.7027, 46.9581, 7_134),
    Zone("mylove", "Mylove", 33.6282, 47.0680, 6_673),
    Zone("kozatske", "Kozatske and Vesele (Nova Kakhovka)", 33.33, 46.78, 6_000),
    Zone("novoraisk", "Novoraisk", 33.4867, 47.0103, 5_714),
    Zone("muzykivka", "Muzykivka", 32.5566, 46.7521, 3_652),
    Zone("borozenske", "Borozenske", 33.4238, 47.1736, 3_597),
    Zone("shyroke", "Shyroke", 32.6776, 47.0978, 3_363),
    Zone("kalynivske", "Kalynivske", 32.9741, 47.1149, 3_341),
)


@dataclass(frozen=True)
class Host:
    """A place where people could go. `territory` follows UN General Assembly 68/262 and ES-11/4."""

    host_id: str
    name: str
    lon: float
    lat: float
    country: str
    territory: str


HOSTS = (
    Host("oleshky", "Oleshky", 32.7243, 46.6255, "UA", "occupied"),
    Host("hola_prystan", "Hola Prystan", 32.5241, 46.5297, "UA", "occupied"),
    Host("skadovsk", "Skadovsk", 32.9098, 46.1131, "UA", "occupied"),
    Host("henichesk", "Henichesk", 34.8086, 46.1682, "UA", "occupied"),
    Host("kakhovka", "Kakhovka", 33.4786, 46.8160, "UA", "occupied"),
    Host("chaplynka", "Chaplynka", 33.5409, 46.3645, "UA", "occupied"),
    Host("armiansk", "Armiansk", 33.6921, 46.1092, "UA", "occupied"),
    Host("dzhankoi", "Dzhankoi", 34.3927, 45.7131, "UA", "occupied"),
    Host("simferopol", "Simferopol", 34.1108, 44.9572, "UA", "occupied"),
    Host("rostov", "Rostov-on-Don", 39.71, 47.24, "RU", "sponsor"),
    Host("krasnodar", "Krasnodar", 38.98, 45.04, "RU", "sponsor"),
    Host("mykolaiv", "Mykolaiv", 31.9930, 46.9763, "UA", "own"),
    Host("odesa", "Odesa", 30.7438, 46.4857, "UA", "own"),
    Host("kryvyi_rih", "Kryvyi Rih", 33.3940, 47.9057, "UA", "own"),
    Host("zaporizhzhia", "Zaporizhzhia", 35.1171, 47.8517, "UA", "own"),
    Host("dnipro", "Dnipro", 35.0407, 48.4666, "UA", "own"),
    Host("kropyvnytskyi", "Kropyvnytskyi", 32.2662, 48.5083, "UA", "own"),
    Host("voznesensk", "Voznesensk", 31.3360, 47.5622, "UA", "own"),
    Host("bashtanka", "Bashtanka", 32.4344, 47.4053, "UA", "own"),
)


@dataclass(frozen=True)
class Water:
    """A schematic centre line, about ±1 km, for drawing only; the width is the least reported."""

    name: str
    width_m: int
    line: tuple[tuple[float, float], ...]


WATERS = (
    Water(
        "Dnipro, Kakhovka reservoir",
        5_000,  # 5 to 20 km
        (
            (35.08, 47.86), (35.00, 47.70), (34.60, 47.55), (34.10, 47.45), (33.85, 47.22), (33.60, 46.97),
            (33.37, 46.78),
        ),
    ),
    Water(
        "Dnipro",
        500,  # 0.5 to 1 km, with islands and side arms
        (
            (33.37, 46.78), (33.25, 46.765), (33.10, 46.735), (32.98, 46.71), (32.87, 46.69), (32.80, 46.675),
            (32.72, 46.669), (32.65, 46.645), (32.60, 46.615), (32.52, 46.575), (32.42, 46.545),
            (32.30, 46.53),
        ),
    ),
    Water(
        "Dnipro estuary",
        5_000,  # 5 to 15 km
        ((32.30, 46.53), (32.15, 46.55), (31.95, 46.60), (31.60, 46.63), (31.40, 46.60)),
    ),
    Water(
        "Inhulets",
        0,  # not reported
        ((32.80, 47.07), (32.72, 46.95), (32.83, 46.83), (32.81, 46.743), (32.80, 46.68)),
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Distance:
    """A road distance to hold the network to, in km. `without` are crossings that the way may not use."""

    name: str
    from_node: str
    to_node: str
    km: float
    without: tuple[str, ...] = ()


DNIPRO_CROSSINGS = (
    "antonivka_bridge",
    "antonivka_ferry",
    "port_oleshky",
    "port_hola_prystan",
    "dam",
)
NOT_OVER_WATER = ("antonivka_ferry", "port_oleshky", "port_hola_prystan")

DISTANCES = (
    Distance("Kherson–Mykolaiv", "z_kherson", "p_mykolaiv", 70),
    Distance("Kherson–Odesa", "z_kherson", "p_odesa", 205),
    Distance("Kherson–Beryslav, by Darivka", "z_kherson", "z_beryslav", 74),
    Distance(
        "Kherson–Nova Kakhovka, right bank, by Darivka",
        "z_kherson",
        "h559456",  # the far end of the dam road: the graph's first junction in Nova Kakhovka
        73,
        ("antonivka_bridge", *NOT_OVER_WATER),
    ),
    Distance("Kherson–Oleshky, by the Antonivka bridge", "z_kherson", "p_oleshky", 17, NOT_OVER_WATER),
    Distance(
        "Kherson–Oleshky, every crossing shut",
        "z_kherson",
        "p_oleshky",
        800,
        # The facts name no way round. The graph lacks the bridge between Zaporizhzhia and Vasylivka, so this
        # measures the road round by Orikhiv and Tokmak.
        (*DNIPRO_CROSSINGS, "front_zaporizhzhia"),
    ),
)
