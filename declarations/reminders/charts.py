"""Who stands where, as a picture: one bar for each category of people, drawn as SVG by the template."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from declarations.organisation.models.person import Person
from declarations.signing.status import SigningStatus

WIDTH = 320  # of the drawing, in its own units; small, so that its words can be read on a phone
BAR = 18
ROW = 48
TOP = 4
LEGEND = 22


@dataclass(frozen=True, slots=True)
class Piece:
    state: SigningStatus
    people: int
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    signed: int
    everyone: int
    words_y: int
    y: int
    pieces: list[Piece]
    counts: list[int]


@dataclass(frozen=True, slots=True)
class Legend:
    state: SigningStatus
    y: int
    words_y: int


@dataclass(frozen=True, slots=True)
class Picture:
    """`signed` of `everyone`, the bars from top to bottom, and what the patterns mean."""

    signed: int
    everyone: int
    bars: list[Bar]
    legend: list[Legend]
    totals: list[int]
    width: int
    height: int


def picture(counted: Iterable[tuple[str, str, int]]) -> Picture:
    """From rows of (category, state, how many people)."""
    numbers: dict[str, dict[str, int]] = defaultdict(dict)
    for category, state, people in counted:
        numbers[category][state] = people
    labels = {value: str(label) for value, label in Person.Category.choices}
    shown = [(labels[category], numbers[category]) for category in labels if category in numbers]
    bottom = TOP + len(shown) * ROW
    # Of the eight only those that occur: the table beside it is for phones, too.
    occurring = [state for state in SigningStatus if state == SigningStatus.SIGNED or any(states.get(state) for _, states in shown)]
    legend = [Legend(state, y=bottom + index * LEGEND, words_y=bottom + index * LEGEND + 12) for index, state in enumerate(occurring)]
    totals = [sum(states.get(state, 0) for _, states in shown) for state in occurring]
    bars = [bar(label, states, occurring, TOP + index * ROW) for index, (label, states) in enumerate(shown)]
    return Picture(
        signed=totals[0],
        everyone=sum(totals),
        bars=bars,
        legend=legend,
        totals=totals,
        width=WIDTH,
        height=bottom + len(occurring) * LEGEND,
    )


def bar(label: str, states: dict[str, int], occurring: list[SigningStatus], top: int) -> Bar:
    everyone = sum(states.values())
    pieces, before = [], 0
    for state in occurring:
        people = states.get(state, 0)
        if people:
            x = WIDTH * before // everyone
            pieces.append(Piece(state, people, x, WIDTH * (before + people) // everyone - x))
        before += people
    counts = [states.get(state, 0) for state in occurring]
    return Bar(label, counts[0], everyone, words_y=top + 13, y=top + 19, pieces=pieces, counts=counts)
