"""Public interchanges, where this machine has them, and small ones of our own."""

import os
from pathlib import Path

import pytest

VARIABLE = "GOODSOUT_EDI_SAMPLES"
BESIDE = Path(__file__).parents[3] / "shared/reference/edi-samples"


def folder() -> Path:
    return Path(os.environ.get(VARIABLE) or BESIDE)


needs_samples = pytest.mark.skipif(
    not (folder() / "x12").is_dir(),
    reason=f"the public samples are not at {folder()}: name the folder in {VARIABLE} to read them",
)


def files(standard: str) -> list[Path]:
    """The samples of `x12` or `edifact`, by name; none where there are none."""
    return sorted((folder() / standard).glob("*")) if folder().is_dir() else []


def isa(
    *,
    number: str = "000000001",
    standard: str = "U",
    version: str = "00401",
    usage: str = "P",
    receiver: str = "VENDOR",
    ends: str = "*>~",
) -> str:
    """An ISA with its terminator; `ends` are its element separator, component separator and terminator."""
    element, component, terminator = ends[0], ends[1], ends[2:]
    values = (
        "ISA", "00", " " * 10, "00", " " * 10, "ZZ", "AMAZON".ljust(15), "ZZ", receiver.ljust(15), "261121", "1422",
        standard, version, number, "0", usage, component,
    )  # fmt: skip
    return element.join(values) + terminator


GS = "GS*PO*AMAZON*VENDOR*20261121*1422*7*X*004010~"
SET = "ST*850*0001~BEG*00*NE*45A**20261121~PO1*1*3*EA*12.5*NT*UP*012345678905~CTT*1*3~SE*5*0001~"
GE = "GE*1*7~"
IEA = "IEA*1*000000001~"


def x12(*, header: str = "", group: str = GS, sets: str = SET, group_end: str = GE, end: str = IEA) -> bytes:
    """A purchase order in an interchange; each part can be another."""
    return ((header or isa()) + group + sets + group_end + end).encode("latin-1")


UNB = "UNB+UNOC:3+5450534000000:14+4012345000009:14+261121:1422+77++++1+EANCOM'"
MESSAGE = (
    "UNH+1+ORDERS:D:96A:UN:EAN008'BGM+220+45A+9'DTM+137:20261121:102'NAD+BY+5450534000024::9'"
    "LIN+1++4012345678901:EN'QTY+21:3'PRI+AAA:12.5'UNS+S'CNT+2:1'UNT+10+1'"
)
UNZ = "UNZ+1+77'"


def edifact(*, una: str = "", unb: str = UNB, messages: str = MESSAGE, unz: str = UNZ) -> bytes:
    """A purchase order in an interchange; each part can be another."""
    return (una + unb + messages + unz).encode("latin-1")
