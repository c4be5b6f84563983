"""Writes XLSX files from a list of rows, with the same bytes each time."""

import datetime as dt
import io
import zipfile
from collections.abc import Sequence
from xml.sax.saxutils import escape

type Cell = str | int | float | dt.date | None

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
# Style 1 is a day by a format of the workbook's own, style 2 by number 14, style 3 a plain number with "days" behind it.
STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="2"><numFmt numFmtId="164" formatCode="dd\\/mm\\/yyyy"/>
<numFmt numFmtId="165" formatCode="0&quot; days&quot;"/></numFmts><cellStyleXfs count="1"><xf numFmtId="14"/></cellStyleXfs>
<cellXfs count="4"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="14"/><xf numFmtId="165"/></cellXfs></styleSheet>"""


def column_letters(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def sheets(*, active: int = 0, styles: str = "", **lists: str) -> bytes:
    """A workbook with these sheets, whose `sheetData` and what follows it is given as it stands; `hidden_…` are hidden."""
    names = list(lists)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" {'state="hidden"' if name.startswith("hidden_") else ""} r:id="rId{n}"/>'
        for n, name in enumerate(names, 1)
    )
    targets = "".join(f'<Relationship Id="rId{n}" Target="worksheets/sheet{n}.xml"/>' for n in range(1, len(names) + 1))
    view = f'<bookViews><workbookView activeTab="{active}"/></bookViews>'
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">{view}<sheets>{listed}</sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{RELATIONS}">{targets}</Relationships>',
            "xl/styles.xml": f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>',
        }
        | {f"xl/worksheets/sheet{n}.xml": f'<worksheet xmlns="{MAIN}">{lists[name]}</worksheet>' for n, name in enumerate(names, 1)}
    )


def cells(*rows: Sequence[str]) -> str:
    """The `sheetData` of these rows; a text that begins with `<c` is a cell as it stands."""
    written = [[text if text.startswith("<c") else f'<c t="inlineStr"><is><t>{escape(text)}</t></is></c>' for text in row] for row in rows]
    return f"<sheetData>{''.join(f'<row>{"".join(row)}</row>' for row in written)}</sheetData>"


def zipped(parts: dict[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 11, 23, 9, 30, 0)), text.encode(), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def workbook(
    rows: Sequence[Sequence[Cell]], *, macs: bool = False, inline: bool = False, strict: bool = False, hidden_first: bool = False
) -> bytes:
    """`macs`: days counted from 1904. `inline`: no shared strings. `strict`: the strict name space with a prefix, and ISO days."""
    texts: list[str] = []
    begins = dt.date(1904, 1, 1) if macs else dt.date(1899, 12, 30)
    x = "x:" if strict else ""

    def cell(value: Cell, where: str) -> str:
        if value is None:
            return f'<{x}c r="{where}"/>'
        if isinstance(value, dt.date):
            if strict:
                return f'<{x}c r="{where}" t="d"><{x}v>{value.isoformat()}T00:00:00</{x}v></{x}c>'
            return f'<{x}c r="{where}" s="{1 if value.day % 2 else 2}"><{x}v>{(value - begins).days}</{x}v></{x}c>'
        if isinstance(value, int | float):
            return f'<{x}c r="{where}" s="3"><{x}v>{float(value)}</{x}v></{x}c>'
        if inline:
            return f'<{x}c r="{where}" t="inlineStr"><{x}is><{x}t xml:space="preserve">{escape(value)}</{x}t></{x}is></{x}c>'
        if value not in texts:
            texts.append(value)
        return f'<{x}c r="{where}" t="s"><{x}v>{texts.index(value)}</{x}v></{x}c>'

    lines = "".join(
        f'<{x}row r="{number}">'
        + "".join(cell(value, f"{column_letters(place)}{number}") for place, value in enumerate(row))
        + f"</{x}row>"
        for number, row in enumerate(rows, 1)
    )
    space = STRICT if strict else MAIN
    declared = f'xmlns:x="{space}"' if strict else f'xmlns="{space}"'
    sheet = f'<?xml version="1.0"?><{x}worksheet {declared}><{x}sheetData>{lines}</{x}sheetData></{x}worksheet>'
    # A text in two pieces, and how it is to be spoken, which is no part of it.
    shared = "".join(
        f"<si><r><t>{escape(text[:3])}</t></r><r><t xml:space='preserve'>{escape(text[3:])}</t></r><rPh><t>x</t></rPh></si>"
        for text in texts
    )
    sheets = (
        '<sheet name="Notes" sheetId="1" state="hidden" r:id="rId1"/>' if hidden_first else ""
    ) + '<sheet name="Staff" sheetId="2" r:id="rId2"/>'
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{RELATIONS}">'
        f'<workbookPr date1904="{int(macs)}"/><sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="worksheets/sheet1.xml"/>'
        '<Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>',
        "xl/styles.xml": STYLES,
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>',
        "xl/worksheets/sheet2.xml": sheet,
    }
    return zipped(parts if inline else parts | {"xl/sharedStrings.xml": f'<sst xmlns="{space}">{shared}</sst>'})
