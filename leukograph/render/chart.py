"""Timelines as charts: the course of each count with its thresholds, or the windows of each count on a day axis.

The same timeline gives the same bytes: no date, fixed identifiers, matplotlib's own
defaults. Colours are those of Okabe and Ito, which the colour-blind can tell apart; what
they say is also said by place, shape or words.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal

from leukograph.errors import CannotWrite, MissingExtra
from leukograph.render.layout import DISCLAIMER, source_lines
from leukograph.render.timeline_text import Numbers, count, groups
from leukograph.sentences import capitalized
from leukograph.timing.forecasts import Forecast
from leukograph.timing.kinetics import Span, in_days
from leukograph.timing.observed import Observation, stated
from leukograph.timing.regimens import DOSING
from leukograph.timing.timeline import AT_ONCE, Course, Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BLUE, SKY, ORANGE, GREEN, BLACK = "#0072B2", "#56B4E9", "#E69F00", "#009E73", "#000000"
#: [inch]
WIDTH, CURVE, ROW, MARGIN, LINE = 9.0, 4.0, 0.78, 1.1, 0.117
_CAPTION_WIDTH = 128
_STYLE: dict[Any, Any] = {
    "font.size": 9.0,
    "svg.fonttype": "none",
    "svg.hashsalt": "leukograph",
    "axes.spines.top": False,
    "axes.spines.right": False,
}
_TICKS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0)
#: Windows of a count: attribute of a course, what it says, colour, place in its row.
_WINDOWS = (
    ("begins", "begins to fall", BLUE, 0.27),
    ("below", "reaches the threshold", ORANGE, 0.09),
    ("lowest", "lowest, after one hit", GREEN, -0.09),
)
_ASSUMED = (
    "The threshold is reached so early only if all cells at that point are lost at once, and no more come; "
    "the lowest count is that after one hit, with what is past that point spared."
)
_SEEN = {"nadir": "lowest", "onset": "begins"}


def draw(found: Timeline, form: Literal["svg", "png"]) -> bytes:
    """Return a timeline as a chart.

    Raises:
        CannotWrite: when the timeline has no day to draw.
        MissingExtra: when matplotlib is not installed.
    """
    shown = groups(found.courses)
    if not found.curves and not any(_days_of(shown)):
        raise CannotWrite(
            f"no chart for {found.question.text}: its timeline has no day to draw",
            "read what is known of it as text: leave out --output and --format",
        )
    try:
        from matplotlib import rc_context, style
        from matplotlib.figure import Figure
    except ImportError as error:
        raise MissingExtra("matplotlib", "a chart") from error

    numbers = Numbers()
    heights = [CURVE] * len(found.curves) or [MARGIN + ROW * max(1, len(shown))]
    with style.context("default"), rc_context(_STYLE):
        figure = Figure(figsize=(WIDTH, sum(heights)))
        panels = figure.subplots(len(heights), squeeze=False, height_ratios=heights)[:, 0]
        if found.curves:
            for axes, curve in zip(panels, found.curves, strict=True):
                _curve(axes, curve, numbers)
        else:
            _windows(panels[0], found, shown, numbers)
        caption = _caption(found, numbers)
        below = LINE * (caption.count("\n") + 1) + 0.1
        figure.set_size_inches(WIDTH, sum(heights) + below)
        figure.tight_layout(rect=(0, below / (sum(heights) + below), 1, 1), h_pad=2.0)
        figure.text(0.02, 0.05 / (sum(heights) + below), caption, fontsize=6.5, va="bottom", linespacing=1.25)
        data = io.BytesIO()
        metadata = {"Date": None, "Creator": "leukograph"} if form == "svg" else {"Software": "leukograph"}
        figure.savefig(data, format=form, dpi=150, metadata=metadata)
    return data.getvalue()


def _curve(axes: Axes, curve: Forecast, numbers: Numbers) -> None:
    """Draw the course of a count, its range between patients, the thresholds, and what was seen."""
    one = curve.prediction
    days = [point.day for point in one.points]
    dosing = numbers.cite(figure.source for figure in one.figures if figure.quantity in DOSING)
    used = numbers.cite(figure.source for figure in one.figures if figure.quantity not in DOSING)
    if one.varied:
        low, high = [point.low for point in one.points], [point.high for point in one.points]
        axes.fill_between(days, low, high, color=SKY, alpha=0.35, linewidth=0)
    axes.plot(days, [point.value for point in one.points], color=BLUE, linewidth=2)
    lowest = min(point.low for point in one.points)
    bottom = lowest / 2  # room for what was seen
    top = max(point.high for point in one.points) * 1.25
    axes.set_yscale("log")
    axes.set_ylim(bottom, top)
    axes.set_xlim(0, days[-1])
    ticks = [tick for tick in _TICKS if bottom <= tick <= top]
    axes.set_yticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.set_yticks([], minor=True)
    for line in curve.lines:
        if lowest / 1.25 < line.value < top:
            cited = _runs(numbers.cite(figure.source for figure in line.figures))
            axes.axhline(line.value, color=BLACK, linewidth=0.8, linestyle=(0, (5, 3)))
            label = f"{line.term.label}: below {line.value:g}{cited}"
            axes.annotate(
                label,
                (1, line.value),
                xytext=(-2, 2),
                xycoords=axes.get_yaxis_transform(),
                textcoords="offset points",
                fontsize=7.5,
                ha="right",
            )
    axes.plot([one.nadir.mid or 0], [one.depth.mid or 0], "o", color=BLUE, markersize=5)
    _seen_below(axes, curve.observed, numbers)
    axes.set_xlabel("time since the first dose [days]")
    axes.set_ylabel(f"{one.level.label} [× 10⁹/L]")
    band = "; band: patients at the 10th to 90th percentile of one parameter at a time" if one.varied else ""
    title = f"{capitalized(one.drug.label)}, {one.regimen}{dosing}"
    axes.set_title(title, loc="left", fontsize=10, fontweight="bold", pad=18)
    axes.text(0, 1.02, f"Friberg's model{used}; line: typical patient{band}", transform=axes.transAxes, fontsize=7.5)


def _seen_below(axes: Axes, observed: Iterable[Observation], numbers: Numbers) -> None:
    """Mark along the foot of a panel when a fall began and when it was deepest, as published."""
    place = 0.05
    for one in observed:
        word = _SEEN.get(one.figure.quantity)
        if word is None:
            continue
        time = in_days(stated(one.figure))
        end = time.low if time.high is None else time.high
        axes.plot(
            [time.low, end],
            [place, place],
            color=BLACK,
            linewidth=3,
            marker="|",
            markersize=7,
            transform=axes.get_xaxis_transform(),
        )
        axes.annotate(
            f"seen: {word}{numbers.cite([one.figure.source])}",
            (end, place),
            xytext=(6, 0),
            xycoords=axes.get_xaxis_transform(),
            textcoords="offset points",
            fontsize=7.5,
            va="center",
        )
        place += 0.07


def _windows(axes: Axes, found: Timeline, shown: Sequence[Sequence[Course]], numbers: Numbers) -> None:
    """Draw when each count begins to fall, is at its threshold and is lowest: one row a way."""
    last = max(_days_of(shown)) * 1.25
    for place, group in enumerate(shown):
        _row(axes, -place, group, last, numbers)
    axes.set_yticks([-place for place in range(len(shown))], [_row_label(group, numbers) for group in shown])
    axes.tick_params("y", length=0, labelsize=8)
    axes.set_ylim(-len(shown) + 0.5, 0.55)
    axes.set_xlim(0, last)
    if last < 2:
        hours = range(0, int(last * 24) + 1, max(1, round(last * 3)))
        axes.set_xticks([hour / 24 for hour in hours], list(map(str, hours)))
    axes.set_xlabel(f"time since the hit [{'hours' if last < 2 else 'days'}]")
    name = found.question.cause.label if found.question.cause else found.question.text
    axes.set_title(f"{capitalized(name)}: which counts fall first", loc="left", fontsize=10, fontweight="bold", pad=32)
    for _, words, color, _ in _WINDOWS:
        axes.plot([], [], color=color, linewidth=6, label=words)
    axes.plot([], [], color=BLACK, linewidth=2, marker="|", markersize=8, label="seen in people")
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1.0), ncols=4, fontsize=7.5, frameon=False, borderaxespad=0.2)


def _days_of(shown: Sequence[Sequence[Course]]) -> list[float]:
    """Return the days of all that can be drawn on a day axis; 0 is a fall at once."""
    courses = [course for group in shown for course in group]
    spans = [span for course in courses for span in (course.begins, course.below, course.lowest)]
    spans += [_seen_span(one) for course in courses for one in course.observed if _is_shown(one)]
    return [end for span in spans if span for end in (span.low, span.high or 0.0)]


def _row(axes: Axes, place: int, group: Sequence[Course], last: float, numbers: Numbers) -> None:
    first = group[0]
    axes.axhline(place - 0.5, color="#DDDDDD", linewidth=0.8)
    if first.begins is None or first.begins == AT_ONCE:
        words = "begins at once" if first.begins == AT_ONCE else "no figure, so no day"
        axes.annotate(words, (0, place + 0.27), (4, 0), textcoords="offset points", fontsize=7.5, va="center")
    for name, _, color, shift in _WINDOWS:
        span = next((value for course in group if (value := getattr(course, name)) is not None), None)
        if span is not None and span != AT_ONCE:
            _bar(axes, span, place + shift, color, last)
    told = {one.figure.key: one for course in group for one in course.observed if _is_shown(one)}
    for at, one in enumerate(told.values()):
        _seen(axes, one, place - 0.27 - 0.11 * at, numbers)


def _bar(axes: Axes, span: Span, place: float, color: str, last: float) -> None:
    """Draw a window; one that is open to the right runs to the edge and ends in an arrow."""
    end = last if span.high is None else span.high
    axes.barh(place, end - span.low, left=span.low, height=0.13, color=color)
    low = f"day {round(span.low, 1):g}"
    words = f"{low} or later" if span.high is None else f"{low} to {round(end, 1):g}"
    if span.high is None:
        axes.plot([last * 0.985], [place], marker=">", color="white", markersize=5)
        axes.annotate(
            words, (span.low, place), (-4, 0), textcoords="offset points", fontsize=7, va="center", ha="right"
        )
    else:
        axes.annotate(words, (end, place), (4, 0), textcoords="offset points", fontsize=7, va="center")


def _seen(axes: Axes, one: Observation, place: float, numbers: Numbers) -> None:
    time = _seen_span(one)
    end = time.low if time.high is None else time.high
    axes.plot([time.low, end], [place, place], color=BLACK, linewidth=2, marker="|", markersize=6)
    words = f"seen: {_SEEN[one.figure.quantity]}{numbers.cite([one.figure.source])}"
    axes.annotate(words, (end, place), (5, 0), textcoords="offset points", fontsize=7, va="center")


def _row_label(group: Sequence[Course], numbers: Numbers) -> str:
    first = group[0]
    used = [figure.source for course in group for stage in course.stages for figure in stage.figures]
    used += [
        figure.source
        for course in group
        if course.below
        for limit in (course.threshold, course.baseline)
        for figure in (limit.figures if limit else ())
    ]
    hit = first.entry.label if first.entry != first.chain.cause else first.chain.cause.label
    below = [
        f"{course.effect.label}: below {count(course.threshold.value)}"
        for course in group
        if course.below and course.threshold
    ]
    count_and_route = f"{capitalized(first.level.label)} ({first.chain.route})"
    words = [count_and_route, *textwrap.wrap(f"{hit}{_runs(numbers.cite(used))}", 40), *below[:1]]
    return "\n".join(words)


def _runs(cited: str) -> str:
    """Return numbers in brackets with runs of them as first to last.

    Example:
        >>> _runs(" [1, 2, 3, 5]")
        ' [1–3, 5]'
    """
    numbers = [int(number) for number in cited.strip(" []").split(",") if number]
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words = [f"{run[0]}–{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs]
    return f" [{', '.join(words)}]" if words else ""


def _is_shown(one: Observation) -> bool:
    return one.figure.quantity in _SEEN


def _seen_span(one: Observation) -> Span:
    return in_days(stated(one.figure))


def _caption(found: Timeline, numbers: Numbers) -> str:
    """Return the sources of all that is drawn, what there is no curve for, and what charts are not for."""
    sources = {source.key: source for source in found.sources}
    notes = found.notes if found.curves else (_ASSUMED, *found.notes)
    lines = [line for note in notes for line in textwrap.wrap(note, _CAPTION_WIDTH)]
    lines += [line for line in source_lines([sources[key] for key in numbers], _CAPTION_WIDTH) if line]
    release = f"leukograph release {found.release}. {DISCLAIMER}"
    return "\n".join([*lines, *textwrap.wrap(release, _CAPTION_WIDTH)])
