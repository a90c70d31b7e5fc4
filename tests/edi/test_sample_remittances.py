"""Public 820 samples: each is read and comes to its total, or is refused because it does not."""

from edi.x12.read import read
from edi.x12.remittance import remittance
from schemas.remittance import Remittance
from tests.edi.documents import PROFILE
from tests.edi.samples import files, needs_samples


@needs_samples
def test_each_public_820_comes_to_its_total_or_is_refused_for_that() -> None:
    made = [
        remittance(one, PROFILE)
        for file in files("x12")
        if file.name.startswith("820")
        for interchange in read(file.read_bytes()).interchanges
        for one in interchange.transactions
    ]
    taken = [one for one in made if isinstance(one, Remittance)]
    assert taken and all(
        sum(item.paid for item in one.items) + sum(other.amount for other in one.adjustments) == one.total
        for one in taken
    )
    refused = [fault.place for one in made if isinstance(one, tuple) for fault in one]
    assert refused and set(refused) == {"BPR02"}
