"""Faults use what the scenarios use."""

from tests.e2e.conftest import anna, machine, way

__all__ = ["anna", "machine", "way"]
