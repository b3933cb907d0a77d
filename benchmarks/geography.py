"""Points on the ground: from a map's metres to degrees, and in which shape they lie."""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["degrees_of", "inside"]

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

RADIUS_M, FLATTENING = 6378137.0, 1 / 298.257222101  # GRS 80: of GDA2020, and to a tenth of a mm of WGS 84
SCALE, EAST_M, SOUTH_M = 0.9996, 500_000.0, 10_000_000.0  # of every zone of UTM in the south


def degrees_of(points_m: Floats, meridian: float) -> Floats:
    """Longitude and latitude of points in a southern zone of UTM, to a millimetre: float64[n, 2].

    points_m : float64[n, 2], metres to the east and to the north
    meridian : in the middle of the zone, degrees

    Krüger, L. (1912), Konforme Abbildung des Erdellipsoids in der Ebene, in powers of the third flattening.
    """
    n = FLATTENING / (2 - FLATTENING)
    unit_m = SCALE * RADIUS_M / (1 + n) * (1 + n**2 / 4 + n**4 / 64)
    north, east = (points_m[:, 1] - SOUTH_M) / unit_m, (points_m[:, 0] - EAST_M) / unit_m
    flat = (n / 2 - 2 * n**2 / 3 + 37 * n**3 / 96, n**2 / 48 + n**3 / 15, 17 * n**3 / 480)
    xi, eta = north.copy(), east.copy()
    for order, part in enumerate(flat, 1):
        xi -= part * np.sin(2 * order * north) * np.cosh(2 * order * east)
        eta -= part * np.cos(2 * order * north) * np.sinh(2 * order * east)
    conformal = np.arcsin(np.sin(xi) / np.cosh(eta))
    back = (2 * n - 2 * n**2 / 3 - 2 * n**3, 7 * n**2 / 3 - 8 * n**3 / 5, 56 * n**3 / 15)
    latitude = conformal + sum(part * np.sin(2 * order * conformal) for order, part in enumerate(back, 1))
    longitude = math.radians(meridian) + np.arctan2(np.sinh(eta), np.cos(xi))
    return np.degrees(np.column_stack([longitude, latitude]))


def inside(points: Floats, rings: Sequence[Floats]) -> Flags:
    """Which points lie in a shape, its holes being the rings after the first: bool[n].

    points : float64[n, 2]; rings : float64[n_corners, 2] each, the last corner the first again

    A ray to the east crosses the edge of the shape an odd number of times.
    """
    found = np.zeros(len(points), bool)
    low, high = rings[0].min(axis=0), rings[0].max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x, y = points[near].T
    odd = np.zeros(len(near), bool)
    for ring in rings:
        for (x0, y0), (x1, y1) in zip(ring[:-1].tolist(), ring[1:].tolist(), strict=True):
            if y0 != y1:
                odd ^= ((y0 > y) != (y1 > y)) & (x < x0 + (y - y0) * (x1 - x0) / (y1 - y0))
    found[near[odd]] = True
    return found
