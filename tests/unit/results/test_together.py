"""Changes that say the same become one, whether a plan brings them or a folder of rows that are alike."""

from dataclasses import replace

from farshore.results.outcome import Change, together

ONE = Change("z", "n2", 5, 0, "r1", "h", 6, "r2", "h", "another way on from here", "closed", (0, 3))


def test_alike_changes_are_one_for_the_people_of_all() -> None:
    other, third = replace(ONE, persons=7, households=(2, 1)), replace(ONE, why="full")
    assert together([ONE, third, other]) == (replace(ONE, persons=12, households=(0, 1, 2, 3)), third)


def test_what_differs_in_anything_that_is_said_stays_apart() -> None:
    others = [
        replace(ONE, **{name: value})
        for name, value in {"new_step": 7, "at_node": "", "zone_id": "y"}.items()
    ]
    assert together([ONE, *others]) == (ONE, *others)
    assert together(()) == ()
