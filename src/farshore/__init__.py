"""Farshore plans the voluntary evacuation of civilians and proves how good the plan is."""
