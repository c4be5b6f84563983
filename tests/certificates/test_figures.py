"""Figures on papers stand below each other, and no drawing leaves anything behind (docs/decisions/0060)."""

import pytest
from weasyprint import HTML

from declarations.certificates.pdf import FONTS, stylesheet
from tests.certificates.signed import declaration, pdf_of

pytestmark = pytest.mark.sqlite  # the database has no say in it: once is enough


def width(text: str, style: str) -> float:
    page = HTML(string=f'<p><span style="{style}">{text}</span></p>').render(font_config=FONTS, stylesheets=[stylesheet()]).pages[0]
    return max(float(box.width) for box in page._page_box.descendants() if box.element_tag == "span")


@pytest.mark.parametrize("style", ["", "font-weight: 600", "font-style: italic", "font-family: IBM Plex Serif"])
def test_every_figure_is_as_wide_as_the_others(style: str) -> None:
    assert len({round(width(figure * 8, style), 3) for figure in "0123456789"}) == 1


def test_a_drawing_makes_no_features_of_fonts() -> None:
    pdf_of(declaration())
    assert FONTS.font_features == {}, "WeasyPrint keeps 36 kB a certificate where a style asks for a font's features"
