"""Military words are found in names of columns and types; words of everyday life are not."""

import pytest

from farshore.scenario.military import military_word


@pytest.mark.parametrize(
    "text",
    [
        "unit_position",
        "unitPosition",
        "Troops",
        "battalion_id",
        "BRIGADE",
        "target",
        "targets",
        "strike_targets",
        "weapon type",
        "ammunition-depot",
        "ammo",
        "checkpoint_armed",
        "barracks",
        "air_defence",
        "airDefense",
        "missile_launcher",
        "military",
        "artillery",
        "command_post",
        "armies",
        "військова_частина",
        "order_of_battle",
    ],
)
def test_military_words_are_found(text: str) -> None:
    assert military_word(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "checkpoint",
        "unit",
        "position",
        "units",
        "base_node_id",
        "fire_brigade",
        "bomb_shelter",
        "air_quality",
        "capacity",
        "farm",
        "Armiansk",
        "unarmed",
        "charging_battery",
        "medical",
        "pontoon",
        "post_office",
        "defence_lawyer",
        "harmony",
        "embarkation",
        "trooper_x"[:4],
    ],
)
def test_words_of_everyday_life_are_not(text: str) -> None:
    assert military_word(text) == ""
