"""The units that figures may have: UCUM codes with dimension and plausible bounds.

The bounds only catch slips (a lifespan of 7 hours typed as years); they are not
medical limits.
"""

from __future__ import annotations

from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: its dimension, the bounds of a plausible number, how it is read."""

    dimension: str
    low: float
    high: float
    words: str


#: UCUM code -> unit. UCUM: https://ucum.org/ucum
UNITS = {
    "%": Unit("share", 0, 100, "%"),
    "/h": Unit("per time", 0, 100, "per hour"),
    "/uL": Unit("concentration", 0, 1e6, "per microlitre"),
    "1": Unit("ratio", 0, 1e6, "fold"),
    "10*6/L": Unit("concentration", 0, 1e6, "million per litre"),
    "10*9/L": Unit("concentration", 0, 1000, "× 10⁹/L"),
    "Cel": Unit("temperature", 30, 45, "°C"),
    "Gy": Unit("radiation dose", 0, 100, "Gy"),
    "L": Unit("volume", 0, 1e5, "litres"),
    "L/h": Unit("volume per time", 0, 1e4, "litres an hour"),
    "L/mg": Unit("per drug concentration", 0, 1e6, "per mg/L"),
    "L/ug": Unit("per drug concentration", 0, 1e4, "per µg/L"),
    "L/umol": Unit("per drug concentration", 0, 1e6, "per µmol/L"),
    "a": Unit("time", 0, 120, "years"),
    "d": Unit("time", 0, 4000, "days"),
    "g/mol": Unit("molar mass", 1, 1e6, "g/mol"),
    "h": Unit("time", 0, 2400, "hours"),
    "m2": Unit("area", 0, 4, "m²"),
    "mg": Unit("drug amount", 0, 1e5, "mg"),
    "mg/L": Unit("drug concentration", 0, 1e6, "mg/L"),
    "mg/m2": Unit("drug amount", 0, 1e5, "mg/m²"),
    "min": Unit("time", 0, 10000, "minutes"),
    "mo": Unit("time", 0, 600, "months"),
    "ug/L": Unit("drug concentration", 0, 1e9, "µg/L"),
    "umol/L": Unit("drug concentration", 0, 1e6, "µmol/L"),
    "wk": Unit("time", 0, 600, "weeks"),
    "{cells}": Unit("cells", 0, 1e14, "cells"),
    "{cells}/d": Unit("cells per time", 0, 1e13, "cells a day"),
    "{cells}/kg": Unit("cells", 0, 1e12, "cells per kg"),
    "{cells}/kg/d": Unit("cells per time", 0, 1e11, "cells per kg a day"),
    "{cells}/min": Unit("cells per time", 0, 1e10, "cells a minute"),
}
