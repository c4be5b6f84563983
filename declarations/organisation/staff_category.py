"""When people of a category leave by default, and the category that a staff list means."""

import datetime as dt

# Supply staff: twelve weeks, about a term, after which the Agency Workers Regulations 2010 ask the school to review.
# A trainee's placement ends with the school year at the latest; a contractor's contract is reviewed once a year.
# A date that is too early is shown and easily moved; an account that nobody ends is a danger.
SUPPLY, CONTRACTOR = dt.timedelta(weeks=12), dt.timedelta(weeks=52)


def leaves_by_default(category: str, *, starts_on: dt.date, year_ends_on: dt.date) -> dt.date | None:
    """The day on which they leave unless somebody sets another; None if the category has no such day."""
    if category == "supply":
        return starts_on + SUPPLY
    if category == "contractor":
        return starts_on + CONTRACTOR
    return year_ends_on if category == "trainee" else None


# What a staff list calls the categories; anything else is taken for staff, and the preview shows it.
WORDS = {
    "supply": ("supply", "agency", "day to day cover"),
    "trainee": ("trainee", "student teacher", "pgce", "placement", "apprentice"),
    "contractor": ("contractor", "external contractor", "peripatetic", "self employed", "self-employed"),
    "volunteer": ("volunteer", "parent helper"),
    "governor": ("governor", "trustee"),
}
STAFF_WORDS = (
    "staff", "teach", "support", "permanent", "fixed", "temporary", "full", "part", "casual", "employee", "lead", "admin", "head", "term",
    "variable", "zero",
)  # fmt: skip


def category_of(listed_as: str) -> tuple[str, bool]:
    """The category that a staff list means by this text, and whether it was recognised."""
    text = listed_as.casefold().strip()
    for category, known in WORDS.items():
        if any(text.startswith(word) or f" {word}" in text for word in known):
            return category, True
    return "staff", any(word in text for word in STAFF_WORDS)
