"""Pallet and carton labels as print-ready PDF: one page a label, a GS1-128 barcode that any scanner reads.

The bars are drawn as shapes, so they print sharp at any resolution. Sizes follow the GS1 logistic label: narrowest
bar 0.5 mm, bars 32 mm high, ten bars' width of quiet on each side.
"""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final, Literal, TypeAlias

from reportlab.graphics.barcode.code128 import Code128
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas

from handlers.carton_labels import CartonLabel

PageSize: TypeAlias = Literal["a6", "4x6"]
SIZES: Final[dict[PageSize, tuple[float, float]]] = {"a6": (105 * mm, 148 * mm), "4x6": (101.6 * mm, 152.4 * mm)}
MARGIN: Final = 5 * mm
NARROWEST: Final = 0.5 * mm
BAR_HEIGHT: Final = 32 * mm
FUNCTION_1: Final = "\xf1"
"""How the library names the function character that makes a Code 128 a GS1-128."""
OWN_FONT: Final = "labels"


class NotPrintable(ValueError):
    """A text or a font that cannot be printed: what, and what to do."""


def render(labels: Sequence[CartonLabel], size: PageSize = "a6", font: Path | None = None) -> bytes:
    """One page for each label, the same bytes for the same labels. `font`: a TrueType file for letters beyond
    Western Europe's. Raises NotPrintable."""
    into = io.BytesIO()
    canvas = Canvas(into, pagesize=SIZES[size], invariant=True)
    canvas.setTitle("Pallet and carton labels")
    page = _Page(canvas, *SIZES[size], _own_font(font))
    for label in labels:
        page.draw(label)
        canvas.showPage()
    canvas.save()
    return into.getvalue()


def _own_font(font: Path | None) -> str | None:
    if font is None:
        return None
    try:
        pdfmetrics.registerFont(TTFont(OWN_FONT, str(font)))
    except (TTFError, OSError) as error:
        raise NotPrintable(f"{font} cannot be used as a font: {error}") from None
    return OWN_FONT


class _Page:
    """Writes from the top down."""

    def __init__(self, canvas: Canvas, width: float, height: float, font: str | None) -> None:
        self.canvas, self.width, self.height, self.font = canvas, width, height, font
        self.y = height

    def draw(self, label: CartonLabel) -> None:
        self.y = self.height - MARGIN
        self._block("FROM", label.ship_from, 7)
        self._rule()
        self._block("TO", label.ship_to, 11)
        self._rule()
        papers = [("CARRIER", label.carrier), ("BOL", label.bill_of_lading), ("PRO", label.pro_number)]
        for name, value in [*papers, ("SHIPMENT", label.shipment)]:
            if value:
                self._line(f"{name}: {value}", 8)
        self._rule()
        self._line(f"PO: {label.orders}", 11, bold=True)
        if label.contents:
            self._line(label.contents, 8)
        self._line(label.title, 14, bold=True)
        self._barcode(label)

    def _block(self, name: str, lines: Sequence[str], size: int) -> None:
        self._line(name, 6)
        for line in lines:
            self._line(line, size)

    def _line(self, text: str, size: float, *, bold: bool = False) -> None:
        font = self._font_for(text, bold)
        room = self.width - 2 * MARGIN
        while size > 5 and pdfmetrics.stringWidth(text, font, size) > room:
            size -= 0.5
        self.y -= size * 1.2
        self.canvas.setFont(font, size)
        self.canvas.drawString(MARGIN, self.y, text)

    def _font_for(self, text: str, bold: bool) -> str:
        if self.font is not None:
            return self.font
        try:
            text.encode("cp1252")
        except UnicodeEncodeError as error:
            letter = text[error.start]
            raise NotPrintable(f"{text!r} has {letter!r}: name a TrueType font that has it with --font") from None
        return "Helvetica-Bold" if bold else "Helvetica"

    def _rule(self) -> None:
        self.y -= 1.5 * mm
        self.canvas.line(MARGIN, self.y, self.width - MARGIN, self.y)

    def _barcode(self, label: CartonLabel) -> None:
        bars = Code128(FUNCTION_1 + label.barcode, barWidth=NARROWEST, barHeight=BAR_HEIGHT, quiet=False)
        left, bottom = (self.width - bars.width) / 2, MARGIN + 7 * mm
        if left < 10 * NARROWEST or self.y < bottom + BAR_HEIGHT + 2 * mm:
            raise NotPrintable(f"the label of {label.sscc} says too much for its page: take the larger size")
        bars.drawOn(self.canvas, left, bottom)
        self.canvas.setFont("Helvetica", 12)
        self.canvas.drawCentredString(self.width / 2, MARGIN + 1.5 * mm, label.readable)
