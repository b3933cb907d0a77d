"""The crossings of the Dnipro, the Inhulets and the front line, and their states in October 2022.

Closures of the front name roads on which no civilian could pass; each lies on the first stretch of road
beyond the last zone. No front line is drawn and nothing here says where anybody stood. Numbers that nobody
measured are left out here: `assumed.py` fills them in, by the code of the crossing or the words of `reason`.
"""

from typing import Any

__all__ = ["CLOSURES", "CROSSINGS", "EAST"]

REPORTS = "reports of the time (docs/kherson.md)"
ADMINISTRATION = "announced by the occupation administration, October 2022"

CROSSINGS: tuple[dict[str, Any], ...] = (
    {
        "crossing_id": "antonivka_bridge",
        "name": "Antonivka road bridge",
        "kind": "bridge",
        "x_coord": 32.7203,
        "y_coord": 46.6697,
    },
    {
        "crossing_id": "antonivka_rail_bridge",
        "name": "Antonivka rail bridge",
        "kind": "rail_bridge",
        "x_coord": 32.7972,
        "y_coord": 46.6752,
    },
    {
        "crossing_id": "antonivka_ferry",
        "name": "Antonivka barge",
        "kind": "ferry",
        "x_coord": 32.722,
        "y_coord": 46.668,
    },
    {
        "crossing_id": "port_oleshky",
        "name": "Boats Kherson port–Oleshky",
        "kind": "ferry",
        "x_coord": 32.609,
        "y_coord": 46.627,
    },
    {
        "crossing_id": "port_hola_prystan",
        "name": "Boats Kherson port–Hola Prystan",
        "kind": "ferry",
        "x_coord": 32.609,
        "y_coord": 46.627,
    },
    {
        "crossing_id": "dam",
        "name": "Dam road at Nova Kakhovka",
        "kind": "dam",
        "x_coord": 33.3703,
        "y_coord": 46.7783,
    },
    {
        "crossing_id": "darivka_bridge",
        "name": "Darivka bridge over the Inhulets",
        "kind": "bridge",
        "x_coord": 32.8125,
        "y_coord": 46.743,
    },
    {
        "crossing_id": "varvarivskyi_bridge",
        "name": "Varvarivskyi bridge, Mykolaiv",
        "kind": "bridge",
        "x_coord": 31.96,
        "y_coord": 46.98,
    },
    {
        "crossing_id": "corridor",
        "name": "Negotiated corridor to Mykolaiv (M14)",
        "kind": "corridor",
        "x_coord": 32.198,
        "y_coord": 46.882,
    },
    {
        "crossing_id": "front_mykolaiv",
        "name": "Road Pervomaiske–Mykolaiv",
        "kind": "checkpoint",
        "x_coord": 32.4399,
        "y_coord": 47.0395,
    },
    {
        "crossing_id": "front_bashtanka",
        "name": "Road Snihurivka–Bashtanka",
        "kind": "checkpoint",
        "x_coord": 32.7925,
        "y_coord": 47.0707,
    },
    {
        "crossing_id": "front_kryvyi_rih",
        "name": "Roads Snihurivka and Velyka Oleksandrivka–Kryvyi Rih",
        "kind": "checkpoint",
        "x_coord": 33.2998,
        "y_coord": 47.3159,
    },
    {
        "crossing_id": "front_zaporizhzhia",
        "name": "Road Vasylivka–Zaporizhzhia (M18)",
        "kind": "checkpoint",
        "x_coord": 35.366,
        "y_coord": 47.538,
    },
)

_SHUT = (
    ("front_mykolaiv", "no civilian road crossing", REPORTS),
    ("front_bashtanka", "no civilian road crossing", REPORTS),
    ("front_kryvyi_rih", "no civilian road crossing", REPORTS),
    ("front_zaporizhzhia", "no civilian road crossing (assumed; opening it is a what-if)", ""),
)

# Of each road further east that the network holds, by its link.
EAST: dict[str, Any] = {
    "capacity_factor": 0.0,
    "reason": "no civilian road crossing east of Zaporizhzhia (assumed; where exactly changes nothing)",
}

CLOSURES: tuple[dict[str, Any], ...] = (
    {
        "asset_id": "antonivka_bridge",
        "capacity_factor": 0.0,
        "reason": "closed to vehicles; passage on foot is contested, so nobody is sent over it",
        "source": REPORTS,
    },
    {
        "asset_id": "antonivka_rail_bridge",
        "capacity_factor": 0.0,
        "reason": "hit on 27 or 28 July; no trains",
        "source": REPORTS,
    },
    {
        "asset_id": "antonivka_ferry",
        "from_time": "2022-10-20T23:00+03:00",
        "reason": "struck about 23:00, unusable by 3 November (share between the two assumed)",
        "source": "both sides report the strike; who was hurt is contested",
    },
    {
        "asset_id": "port_oleshky",
        "until_time": "2022-10-19T00:00+03:00",
        "reason": "before the organised boats (assumed share)",
        "source": ADMINISTRATION,
    },
    {
        "asset_id": "port_hola_prystan",
        "until_time": "2022-10-19T00:00+03:00",
        "reason": "before the organised boats (assumed share)",
        "source": ADMINISTRATION,
    },
    {
        "asset_id": "port_oleshky",
        "from_time": "2022-10-23T00:00+03:00",
        "reason": "shortage of vessels reported on 23 October (assumed share)",
        "source": REPORTS,
    },
    {
        "asset_id": "port_hola_prystan",
        "from_time": "2022-10-23T00:00+03:00",
        "reason": "shortage of vessels reported on 23 October (assumed share)",
        "source": REPORTS,
    },
    {
        "asset_id": "darivka_bridge",
        "reason": "damaged; whether it could be passed is contested (assumed share)",
        "source": REPORTS,
    },
    {
        "asset_id": "corridor",
        "capacity_factor": 0.0,
        "reason": "no corridor was agreed; open it with --open corridor@FROM/UNTIL",
        "source": REPORTS,
    },
    *(
        {"asset_id": crossing_id, "capacity_factor": 0.0, "reason": reason, "source": source}
        for crossing_id, reason, source in _SHUT
    ),
)
