"""The category that a staff list means."""

import pytest

from declarations.organisation.staff_category import category_of


@pytest.mark.parametrize(
    ("listed_as", "category", "is_known"),
    [
        ("Supply", "supply", True),
        ("Long-term supply", "supply", True),
        ("Agency worker", "supply", True),
        (" TRAINEE teacher", "trainee", True),
        ("Self-employed", "contractor", True),
        ("Volunteer", "volunteer", True),
        ("Parent governor", "governor", True),
        ("Teacher", "staff", True),
        ("Permanent, part-time", "staff", True),
        ("Astronaut", "staff", False),
        ("Unsupplied", "staff", False),
    ],
)
def test_which_category_a_list_means(listed_as: str, category: str, is_known: bool):
    assert category_of(listed_as) == (category, is_known)
