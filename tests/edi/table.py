"""`python -m tests.edi.table`: each public sample, read or refused with the reason, and if it is written as it was.

Nothing of the samples' text is printed: places, codes and reasons alone. docs/edi-samples.md holds the output.
"""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from edi.faults import Fault, spoils
from tests.edi import again_edifact, again_x12
from tests.edi.again import Again
from tests.edi.samples import files

HEAD = """# Public EDI samples, read and written again

Written by `python -m tests.edi.table`; the samples themselves are not part of this repository. *Read* means that
every transaction set or message of the file may be used. A refusal names segment, element and reason; of what is
refused nothing is used. Where one message of several is refused, the others are kept, as acknowledgements allow.

*Round trip*: what was read is written, and read again; the values must be equal. Where the bytes are not, the column
says what of the layout the writer does otherwise, and a check holds that nothing else differs.

| sample | outcome | round trip |
| --- | --- | --- |
"""


def told(fault: Fault) -> str:
    """A fault without any text of the sample."""
    where = f"{fault.place}, segment {fault.position}" if fault.position else fault.place or f"byte {fault.offset}"
    code = f" (code {fault.code})" if fault.code else ""
    reason = re.sub(r"'[^']*'", "…", fault.reason)
    return f"{where}: {reason}{code}"


def outcome(read: Again) -> str:
    wrong = [told(fault) for fault in read.faults if not fault.warning]
    mended = list(dict.fromkeys(told(fault) for fault in read.faults if fault.warning))
    taken = "read" if not wrong else f"{read.accepted} of {read.messages} read" if read.accepted else "refused"
    text = f"**{taken}**" if wrong else taken
    if wrong:
        text += ": " + "; ".join(wrong)
    return text + (f" — told: {'; '.join(mended)}" if mended else "")


def all_samples() -> Iterator[tuple[str, Again]]:
    for standard, again in (("x12", again_x12.again), ("edifact", again_edifact.again)):
        for file in files(standard):
            yield f"{standard}/{file.name}", again(file.read_bytes())


def round_trip(read: Again) -> str:
    if not read.accepted:
        return "—"
    if not read.same_values:
        return "**DIFFERENT VALUES**"
    if read.accepted < read.messages:
        return "same values of what was read"
    if read.same_bytes:
        return "same bytes"
    return f"same values; {', '.join(read.layout)}" if read.explained and read.layout else "**UNEXPLAINED BYTES**"


def totals(found: Sequence[Again]) -> str:
    whole = [one for one in found if one.accepted and not spoils(one.faults)]
    part = [one for one in found if one.accepted and spoils(one.faults)]
    same = sum(one.same_bytes for one in whole)
    return (
        f"\n{len(found)} samples: {len(whole)} read, {len(part)} read in part, {len(found) - len(whole) - len(part)} "
        f"refused. Of those read, {same} are written byte for byte, {len(whole) - same} with another layout.\n"
    )


def page() -> str:
    found = list(all_samples())
    lines = [f"| {name} | {outcome(one)} | {round_trip(one)} |" for name, one in found]
    return HEAD + "\n".join(lines) + "\n" + totals([one for _, one in found])


def document() -> Path:
    return Path(__file__).parents[2] / "docs/edi-samples.md"


if __name__ == "__main__":
    print(page(), end="")
