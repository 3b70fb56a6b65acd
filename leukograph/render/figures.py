"""Figures in words: number, range, unit, whose they are."""

from __future__ import annotations

from leukograph.model import Figure
from leukograph.units import UNITS

#: What low and high are, as it is said behind them.
SPREADS = {
    "iqr": "middle half",
    "interval": "95 % interval",
    "limits": "",
    "range": "",
    "reference": "",
    "sd": "± 1 SD",
    "se": "± 1 SE",
}

#: quantity -> how a figure about one term, or about a cause and its effect, is introduced
OPENINGS = {
    "duration": "lasts {}",
    "half_life": "half-life {}",
    "incidence": "in {}",
    "mortality": "mortality {}",
    "nadir": "lowest after {}",
    "odds_ratio": "odds ratio {}",
    "onset": "begins after {}",
    "prevalence": "in {}",
    "recovery_time": "recovers within {}",
    "transit_time": "crossed in {}",
}

_SUPERSCRIPT = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def amount(figure: Figure) -> str:
    """Return the number of a figure with its range and unit.

    Example:
        >>> from leukograph.model import Term
        >>> term = Term("neutrophil_count", "neutrophil count", "level")
        >>> amount(Figure("k", (term,), "half_life", 7, 6, 8, "range", "h", "healthy adults", "", "s"))
        '7 hours (6 to 8)'
    """
    unit = UNITS[figure.unit].words if figure.unit in UNITS else figure.unit
    low, high = figure.low, figure.high
    if figure.value is None:
        if low is None:
            number, singular = f"up to {_number(high)}", False
        elif high is None:
            number, singular = f"at least {_number(low)}", low == 1
        else:
            number, singular = f"{_number(low)} to {_number(high)}", False
        return _with_unit(number, unit, singular) + _spread(figure)
    words = _with_unit(_number(figure.value), unit, figure.value == 1)
    if low is None and high is None:
        return words
    band = f"{_number(low)} to {_number(high)}" if low is not None and high is not None else ""
    if not band:
        band = f"at least {_number(low)}" if low is not None else f"up to {_number(high)}"
    spread = SPREADS.get(figure.spread, "")
    return f"{words} ({f'{spread} ' if spread else ''}{band})"


def opened(figure: Figure) -> str:
    """Return the figure as a phrase: "lowest after 10 to 14 days"."""
    return OPENINGS.get(figure.quantity, figure.quantity.replace("_", " ") + " {}").format(amount(figure))


def _spread(figure: Figure) -> str:
    spread = SPREADS.get(figure.spread, "")
    return f" ({spread})" if spread else ""


def _with_unit(number: str, unit: str, singular: bool) -> str:
    if unit == "fold":
        return number
    if singular and unit.endswith("s"):
        unit = unit.removesuffix("s")
    return f"{number} {unit}"


def _number(number: float | None) -> str:
    """Return a number as people write it: 0.5, 12, 4.2 × 10¹¹."""
    if number is None:
        return ""
    if abs(number) >= 1e6:
        mantissa, _, exponent = f"{number:.3e}".partition("e")
        mantissa = mantissa.rstrip("0").rstrip(".")
        return f"{mantissa} × 10{str(int(exponent)).translate(_SUPERSCRIPT)}"
    return f"{number:g}" if abs(number) < 1e4 else f"{number:,.0f}"
