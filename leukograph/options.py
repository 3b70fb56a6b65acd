"""What narrows a question, and what that means for the walk and for what is shown.

A plain question is met at every start, so nothing heavy is imported here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple, TypedDict

from leukograph.errors import WrongOption
from leukograph.model import GRADES, ROUTES, Chain, Claim, Grade


class Rules(NamedTuple):
    """What a walk may use; the default is everything but feedback."""

    #: whether consequences of low counts, and the feedback to them, are walked too
    feedback: bool = False
    #: keys of terms that are taken out of the network
    without: frozenset[str] = frozenset()
    #: keys of terms that nothing acts on, since they are held up from outside
    forced: frozenset[str] = frozenset()
    #: keys of terms of which a walk must meet each, it or a kind of it
    via: frozenset[str] = frozenset()
    #: the worst grade that a claim may have
    least_grade: Grade = "contested"
    #: whether refuted claims are walked as if they held
    refuted: bool = False

    def admits(self, claim: Claim) -> bool:
        """Tell whether a walk under these rules may use a claim."""
        return (
            (claim.holds or self.refuted)
            and claim.object.key not in self.without
            and claim.object.key not in self.forced
            and (not claim.holds or claim.definitional or GRADES.index(claim.grade) <= GRADES.index(self.least_grade))
        )


#: A walk over all that acts.
EVERYTHING = Rules()


class View(NamedTuple):
    """A world to ask about, and the part of its chains that is to be shown.

    The world decides the verdict; what is not shown still counts.
    """

    world: Rules = EVERYTHING
    shown: Rules = EVERYTHING
    route: str | None = None
    max_length: int | None = None

    @property
    def is_whole(self) -> bool:
        """Whether all chains of the world are shown."""
        return self.shown == self.world and self.route is None and self.max_length is None

    def shows(self, chain: Chain) -> bool:
        """Tell whether a chain that keeps the rules is shown."""
        if self.route is not None and chain.route != self.route:
            return False
        if GRADES.index(chain.grade) > GRADES.index(self.shown.least_grade):
            return False
        return self.max_length is None or len(chain.own_steps) <= self.max_length


class Narrowing(TypedDict, total=False):
    """The options of a question as they are given in Python, with names instead of keys."""

    #: any name of a condition or level, to tell about nothing else
    effect: str | None
    #: chains for each effect, 1 or more
    limit: int | None
    #: show chains of this route only, such as "destruction"
    route: str | None
    #: show chains of so many steps at most, the backbone not counted
    max_length: int | None
    #: names of things that each chain must meet, they or a kind of them; one name may stand alone
    via: Iterable[str] | None
    #: names of things that no chain may meet; one name may stand alone
    avoid: Iterable[str] | None
    #: the worst grade that a step may have, such as "probable"
    least_grade: Grade | None
    #: walk what follows from a low count, and what answers it, too
    feedback: bool


class Options(NamedTuple):
    """What narrows a question."""

    #: key of the only low count, or count, to tell about
    effect: str | None = None
    #: chains for each effect, 1 or more
    limit: int | None = None
    #: the only route to show
    route: str | None = None
    #: steps that a chain may have, the backbone not counted
    max_length: int | None = None
    #: keys of terms that a chain must meet, they or a kind of them
    via: tuple[str, ...] = ()
    #: keys of terms that a chain must not meet
    avoid: tuple[str, ...] = ()
    #: the worst grade that a step may have
    least_grade: Grade | None = None
    #: whether what follows from a low count, and what answers it, is walked too
    feedback: bool = False

    def pairs(self) -> tuple[tuple[str, str | int | bool | tuple[str, ...]], ...]:
        """Return the options that were given, as an answer repeats them."""
        return tuple((name, value) for name, value in self._asdict().items() if value not in (None, (), False))

    @property
    def is_plain(self) -> bool:
        """Whether nothing but an effect was given, so that a stored answer may hold what is asked."""
        return self._replace(effect=None) == Options()

    @property
    def beside(self) -> tuple[str, ...]:
        """Keys of the terms that are named beside the effect."""
        return (*self.via, *self.avoid)

    @property
    def narrowing(self) -> str:
        """The options that leave chains out, with keys; empty when there is none."""
        return self.narrowing_by(str)

    def narrowing_by(self, label: Callable[[str], str]) -> str:
        """Return the options that leave chains out, as they are typed; empty when there is none.

        Args:
            label: what to call the term of a key.
        """
        given = [
            ("--route", self.route),
            ("--max-length", self.max_length),
            *(("--via", label(key)) for key in self.via),
            *(("--avoid", label(key)) for key in self.avoid),
            ("--least-grade", self.least_grade),
        ]
        return ", ".join(f"{name} {value}" for name, value in given if value is not None)

    def view(self) -> View:
        """Return what these options show, of which world."""
        world = Rules(feedback=self.feedback)
        shown = Rules(
            self.feedback,
            without=frozenset(self.avoid),
            via=frozenset(self.via),
            least_grade=self.least_grade or world.least_grade,
        )
        return View(world, shown, self.route, self.max_length)

    def check(self) -> None:
        """Refuse options that no chain could fit.

        Raises:
            WrongOption: when a limit is below 1, or there is no such route or grade.
        """
        if self.limit is not None and self.limit < 1:
            raise WrongOption(f"a limit of {self.limit} chains", "ask for 1 or more")
        if self.max_length is not None and self.max_length < 1:
            raise WrongOption(f"a length of {self.max_length} steps", "ask for 1 or more")
        if self.route is not None and self.route not in ROUTES:
            raise WrongOption(f"there is no route {self.route!r}", "one of: " + ", ".join(ROUTES))
        if self.least_grade is not None and self.least_grade not in GRADES[:-1]:
            raise WrongOption(f"there is no grade {self.least_grade!r} to ask for", "one of: " + ", ".join(GRADES[:-1]))


def names(option: str, given: object) -> tuple[str, ...]:
    """Return the names given for an option: none, one, or several.

    Raises:
        WrongOption: when it is no text, and holds none.

    Example:
        >>> names("via", "filgrastim"), names("via", ["toxin", "precursors"])
        (('filgrastim',), ('toxin', 'precursors'))
    """
    if given is None:
        return ()
    several = (given,) if isinstance(given, str) else given
    if not isinstance(several, Iterable):
        raise WrongOption(f"{option} is a name or several, not {type(given).__name__}")
    found: list[str] = []
    for name in several:
        if not isinstance(name, str):
            raise WrongOption(f"a name in {option} is text, not {type(name).__name__}")
        found.append(name)
    return tuple(found)


def check_whole(option: str, given: object) -> None:
    """Refuse what is no whole number, where one is wanted; nothing at all will do.

    Raises:
        WrongOption: when it is anything else.
    """
    if given is not None and (isinstance(given, bool) or not isinstance(given, int)):
        raise WrongOption(f"{option} is a whole number, not {given!r:.60}")


def check_flag(option: str, given: object) -> None:
    """Refuse what is neither true nor false.

    Raises:
        WrongOption: when it is anything else.
    """
    if not isinstance(given, bool):
        raise WrongOption(f"{option} is True or False, not {given!r:.60}")


def check_text(option: str, given: object, hint: str = "") -> None:
    """Refuse what is no text, where one is wanted; nothing at all will do.

    Raises:
        WrongOption: when it is anything else.
    """
    if given is not None and not isinstance(given, str):
        raise WrongOption(f"{option} is text, not {given!r:.60}", hint)


def check_types(given: Mapping[str, object]) -> None:
    """Refuse options that no question has, and values of the wrong type.

    Raises:
        TypeError: when there is no option of a name, as any function of Python does.
        WrongOption: when a value is of the wrong type.
    """
    for option, value in given.items():
        if option not in Narrowing.__annotations__:
            known = ", ".join(Narrowing.__annotations__)
            raise TypeError(f"got an unexpected keyword argument {option!r}; the options are: {known}")
        if option in {"limit", "max_length"}:
            check_whole(option, value)
        elif option == "feedback":
            check_flag(option, value)
        elif option in {"effect", "route", "least_grade"}:
            check_text(option, value)
