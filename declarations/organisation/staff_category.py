"""How long somebody of a category is there, where nobody says when they leave."""

import datetime as dt

# Supply: twelve weeks, about a term, and when the Agency Workers Regulations 2010 ask the school to look anew.
# A trainee's placement ends with the school year at the latest; a contractor's contract is looked at once a year.
# Nobody is harmed by a date that is too early: it is shown, and moved with one form. An account that nobody ends is the harm.
SUPPLY, CONTRACTOR = dt.timedelta(weeks=12), dt.timedelta(weeks=52)


def leaves_by_default(category: str, *, starts_on: dt.date, year_ends_on: dt.date) -> dt.date | None:
    """The day on which they leave unless somebody says another; None: there is no such day for the category."""
    if category == "supply":
        return starts_on + SUPPLY
    if category == "contractor":
        return starts_on + CONTRACTOR
    return year_ends_on if category == "trainee" else None


# What a list calls the categories; whatever else it says is staff, and the preview says so.
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


def category_of(words: str) -> tuple[str, bool]:
    """The category that a list's words mean, and whether they are known."""
    said = words.casefold().strip()
    for category, known in WORDS.items():
        if any(said.startswith(word) or f" {word}" in said for word in known):
            return category, True
    return "staff", not said or any(word in said for word in STAFF_WORDS)
