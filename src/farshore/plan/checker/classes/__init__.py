"""The checker of plans with classes and services: docs/classes.md worked out a second time."""
