"""What an account's state is on a day, who may post from which age on, and how long a review may wait: no Django, no clock."""

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

# How long a review may be overdue before the account stands as suspended in the list.
OVERDUE = dt.timedelta(days=30)
# An approval or a review lasts a year at most.
LONGEST_UNTIL_REVIEW = dt.timedelta(days=366)
FEWEST_KEEPERS = 2


class State(StrEnum):
    """The state of an account, worked out from its facts."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    QUESTION = "question"
    FOUND = "found"  # it existed already, and nobody has decided about it
    APPROVED = "approved"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LIVE = "live"
    REVIEW_DUE = "review_due"
    OVERDUE = "overdue"
    SUSPENDED = "suspended"
    CLOSED = "closed"


# In these states people see the account on the platform.
SHOWN_AS_LIVE = (State.LIVE, State.REVIEW_DUE)
WAITING = (State.PROPOSED, State.FOUND)


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform: the age from which it takes members, and what it has besides posts."""

    name: str
    minimum_age: int
    direct_messages: bool
    comments: bool
    stories: bool


# As their terms of use said in the United Kingdom in 2025; a school that uses another one types its name.
PLATFORMS = {
    "bluesky": Platform("Bluesky", 13, direct_messages=True, comments=True, stories=False),
    "facebook": Platform("Facebook", 13, direct_messages=True, comments=True, stories=True),
    "instagram": Platform("Instagram", 13, direct_messages=True, comments=True, stories=True),
    "linkedin": Platform("LinkedIn", 16, direct_messages=True, comments=True, stories=False),
    "mastodon": Platform("Mastodon", 16, direct_messages=True, comments=True, stories=False),
    "pinterest": Platform("Pinterest", 13, direct_messages=True, comments=True, stories=False),
    "snapchat": Platform("Snapchat", 13, direct_messages=True, comments=False, stories=True),
    "threads": Platform("Threads", 13, direct_messages=True, comments=True, stories=False),
    "tiktok": Platform("TikTok", 13, direct_messages=True, comments=True, stories=True),
    "vimeo": Platform("Vimeo", 16, direct_messages=True, comments=True, stories=False),
    "whatsapp": Platform("WhatsApp channel", 13, direct_messages=False, comments=False, stories=False),
    "x": Platform("X", 13, direct_messages=True, comments=True, stories=False),
    "youtube": Platform("YouTube", 13, direct_messages=False, comments=True, stories=False),
}
OTHER = "other"


class Facts(Protocol):
    """What the state follows from; `next_review_on`, `is_asked` and `is_suspended` come from the rows about the account."""

    proposed_at: dt.datetime | None
    withdrawn_at: dt.datetime | None
    approved: bool | None
    live_at: dt.datetime | None
    closed_at: dt.datetime | None
    found_live: bool
    next_review_on: dt.date | None
    is_asked: bool
    is_suspended: bool


def state(account: Facts, *, on: dt.date) -> State:
    """The state on a day. `queries.of_state` says the same in SQL."""
    if account.closed_at is not None:
        return State.CLOSED
    if account.withdrawn_at is not None:
        return State.WITHDRAWN
    if account.approved is False:
        return State.DECLINED
    if account.is_suspended:
        return State.SUSPENDED
    return waiting(account) if account.approved is None else approved(account, on=on)


def waiting(account: Facts) -> State:
    """The state before the decision."""
    if account.proposed_at is None:
        return State.DRAFT
    if account.is_asked:
        return State.QUESTION
    return State.FOUND if account.found_live else State.PROPOSED


def approved(account: Facts, *, on: dt.date) -> State:
    """The state of an approved account: not live yet, or by its next review; without a day, it is overdue."""
    if account.live_at is None:
        return State.APPROVED
    if account.next_review_on is None or account.next_review_on + OVERDUE < on:
        return State.OVERDUE
    return State.REVIEW_DUE if account.next_review_on <= on else State.LIVE


def minimum_age(platform: str) -> int | None:
    """The age from which the platform takes members; None where the school typed its name."""
    known = PLATFORMS.get(platform)
    return known.minimum_age if known else None


def is_too_young(platform: str, youngest_age: int | None) -> bool:
    """Whether some of the audience are younger than the platform's minimum age."""
    least = minimum_age(platform)
    return least is not None and youngest_age is not None and youngest_age < least


def on_a_domain(address: str, domains: str) -> bool:
    """Whether an e-mail address is on one of the domains, which are separated by spaces; on none, if there are none."""
    return address.lower().rpartition("@")[2] in domains.lower().split()
