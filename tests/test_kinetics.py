"""Arithmetic on ranges: whatever is chosen inside them, the result lies inside the range returned."""

from __future__ import annotations

from math import exp, isclose, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leukograph.errors import WrongOption
from leukograph.timing.kinetics import (
    DAYS,
    Span,
    either,
    fall_to,
    in_days,
    in_turn,
    mean_stay,
    span,
    stay_in_growing_pool,
)

numbers = st.floats(min_value=1e-3, max_value=1e6, allow_nan=False)
SLACK = 1 + 1e-9


@st.composite
def spans(draw: st.DrawFn, unit: str = "d") -> Span:
    low, mid, high = sorted(draw(st.tuples(numbers, numbers, numbers)))
    return Span(low, draw(st.sampled_from([mid, None])), high, unit)


def chosen(data: st.DataObject, one: Span) -> float:
    assert one.high is not None
    share = data.draw(st.floats(min_value=0, max_value=1))
    return one.low + share * (one.high - one.low)


def inside(number: float, one: Span) -> bool:
    assert one.high is not None
    return one.low / SLACK - 1e-9 <= number <= one.high * SLACK + 1e-9


@given(st.data())
def test_a_sum_of_stages_holds_every_choice(data: st.DataObject) -> None:
    stages = data.draw(st.lists(spans(), min_size=1, max_size=5))

    total = sum(chosen(data, one) for one in stages)

    assert inside(total, in_turn(stages))


@given(st.data())
def test_a_stay_by_littles_law_holds_every_choice(data: st.DataObject) -> None:
    size, outflow = data.draw(spans("{cells}")), data.draw(spans("{cells}/d"))

    stay = chosen(data, size) / chosen(data, outflow)

    assert inside(stay, stay_in_growing_pool(size, outflow))


@given(st.data())
def test_a_fall_holds_every_choice(data: st.DataObject) -> None:
    baseline, threshold, stay = data.draw(spans("10*9/L")), data.draw(spans("10*9/L")), data.draw(spans())

    count, limit, time = (chosen(data, one) for one in (baseline, threshold, stay))

    assert inside(max(0.0, time * log(count / limit)), fall_to(baseline, threshold, stay))


@given(st.data())
def test_the_mid_lies_in_its_range(data: st.DataObject) -> None:
    made = [
        in_turn(data.draw(st.lists(spans(), min_size=1, max_size=4))),
        mean_stay(data.draw(spans())),
        stay_in_growing_pool(data.draw(spans("{cells}")), data.draw(spans("{cells}/d"))),
        fall_to(data.draw(spans("10*9/L")), data.draw(spans("10*9/L")), data.draw(spans())),
    ]

    assert all(one.mid is None or inside(one.mid, one) for one in made)


@given(spans(), spans())
def test_either_holds_both_and_has_no_middle(one: Span, other: Span) -> None:
    both = either([one, other])

    assert both.mid is None
    assert inside(one.low, both)
    assert inside(other.high or 0, both)


@given(spans("10*9/L"), spans("10*9/L"), spans(), st.floats(min_value=1, max_value=10))
def test_a_longer_stay_or_a_higher_count_never_falls_sooner(
    baseline: Span, threshold: Span, stay: Span, factor: float
) -> None:
    higher = Span(baseline.low * factor, None, (baseline.high or 0) * factor, baseline.unit)
    longer = Span(stay.low * factor, None, (stay.high or 0) * factor, "d")
    first = fall_to(baseline, threshold, stay)

    for later in (fall_to(higher, threshold, stay), fall_to(baseline, threshold, longer)):
        assert later.low >= first.low / SLACK
        assert (later.high or 0) >= (first.high or 0) / SLACK


@given(spans())
def test_half_life_and_mean_stay_say_the_same(half_life: Span) -> None:
    stay = mean_stay(half_life)

    assert isclose(exp(-half_life.low / stay.low), 0.5)


@pytest.mark.parametrize(("unit", "days"), [("h", 1.0), ("min", 1.0), ("wk", 168.0), ("a", 8766.0)])
def test_times_are_brought_to_days(unit: str, days: float) -> None:
    hours = {"h": 24, "min": 1440, "wk": 24, "a": 24}[unit]

    assert isclose(in_days(Span(hours, None, hours, unit)).low, days)


def test_a_year_is_twelve_months() -> None:
    assert isclose(DAYS["a"], 12 * DAYS["mo"])


def test_a_figure_without_an_upper_end_gives_a_lower_bound() -> None:
    at_least = span(3, None, None, "d")

    assert at_least.open
    assert in_turn([at_least, Span(1, 1, 1)]) == Span(4, None, None, "d")
    assert span(None, None, 10, "d") == Span(0, None, 10, "d")
    assert span(None, 7, None, "d") == Span(7, 7, 7, "d")


def test_ranges_meet_or_do_not() -> None:
    assert Span(1, None, 3).meets(Span(3, None, 5))
    assert not Span(1, None, 3).meets(Span(4, None, 5))
    assert Span(1, None, None).meets(Span(100, 100, 100))


@pytest.mark.parametrize(
    "spoiled",
    [
        lambda: span(None, None, None, "d"),
        lambda: span(3, 2, 1, "d"),
        lambda: in_days(Span(1, 1, 1, "10*9/L")),
        lambda: in_turn([Span(1, 1, 1, "d"), Span(1, 1, 1, "h")]),
        lambda: either([]),
        lambda: stay_in_growing_pool(Span(1, 1, 1, "{cells}"), Span(0, 1, 1, "{cells}/d")),
        lambda: stay_in_growing_pool(Span(1, 1, 1, "d"), Span(1, 1, 1, "{cells}/d")),
        lambda: fall_to(Span(0, 1, 1, "10*9/L"), Span(1, 1, 1, "10*9/L"), Span(1, 1, 1)),
    ],
)
def test_what_cannot_be_computed_is_an_error_of_ours(spoiled: object) -> None:
    assert callable(spoiled)
    with pytest.raises(WrongOption):
        spoiled()
