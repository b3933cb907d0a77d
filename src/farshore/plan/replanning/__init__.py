"""Planning on in the midst of a plan: what has happened stays, what still holds is kept, the rest is new."""

from farshore.plan.replanning.events import Caught
from farshore.plan.replanning.replan import STABILITY_PERSON_H, replan

__all__ = ["STABILITY_PERSON_H", "Caught", "replan"]
