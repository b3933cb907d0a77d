"""Buses of the Kherson scenario: where they are based and stop. No source speaks of any; all is assumed.

Only plans with classes and services (`farshore plan --model classes`) and simulations without a plan use
them. Numbers are left out here: `assumed.py` fills them in, by the code of the fleet.
"""

from typing import Any

from network import BRIDGE_LEFT, BRIDGE_RIGHT

__all__ = ["FLEETS"]

_TO_PORT = (
    "z_kherson",
    "z_bilozerka",
    "z_stanislav",
    "z_chornobaivka",
    "z_muzykivka",
    "z_darivka",
    "z_horokhivske",
    "z_snihurivka",
    "z_shyroke",
    "z_pervomaiske",
    "z_kalynivske",
    "z_shevchenkove",
    "pier_kherson",
    BRIDGE_RIGHT,  # the barge
)
_OVER_DAM = (
    "z_beryslav",
    "z_kozatske",
    "z_tiahynka",
    "z_novoraisk",
    "z_mylove",
    "z_borozenske",
    "z_velyka_oleksandrivka",
    "p_kakhovka",
    "p_chaplynka",
    "p_henichesk",
)
_LEFT_BANK = (
    "p_oleshky",
    "p_hola_prystan",
    BRIDGE_LEFT,  # the barge
    "p_skadovsk",
    "p_henichesk",
    "p_armiansk",
    "p_dzhankoi",
    "p_simferopol",
)

FLEETS: tuple[dict[str, Any], ...] = (
    {
        "fleet_id": "bus_kherson_city",
        "base": "z_kherson",
        "stops": ("z_kherson", "pier_kherson", BRIDGE_RIGHT),
    },
    {"fleet_id": "bus_kherson_villages", "base": "z_kherson", "stops": _TO_PORT},
    {"fleet_id": "bus_beryslav", "base": "z_beryslav", "stops": _OVER_DAM},
    {"fleet_id": "bus_oleshky", "base": "p_oleshky", "stops": _LEFT_BANK},
    {"fleet_id": "bus_hola_prystan", "base": "p_hola_prystan", "stops": _LEFT_BANK},
)
