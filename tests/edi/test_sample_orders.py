"""Every public purchase order is read whole, or refused with its places: never half-taken, never an exception."""

from pathlib import Path

import pytest

import edi.edifact.purchase_order
import edi.edifact.read
import edi.x12.purchase_order
import edi.x12.read
from schemas.purchase_order import PurchaseOrder
from tests.edi.documents import PROFILE
from tests.edi.samples import files, needs_samples


@needs_samples
@pytest.mark.parametrize("file", files("x12"), ids=lambda file: file.name)
def test_an_850_is_read_whole_or_refused_with_places(file: Path) -> None:
    for interchange in edi.x12.read.read(file.read_bytes()).interchanges:
        for transaction in interchange.transactions:
            if transaction.code != "850" or not transaction.accepted:
                continue
            found = edi.x12.purchase_order.purchase_order(transaction, PROFILE)
            lines = sum(segment.name == "PO1" for segment in transaction.segments())
            if isinstance(found, PurchaseOrder):
                assert len(found.lines) == lines > 0
            else:
                assert found and all(fault.segment and fault.reason for fault in found)


@needs_samples
@pytest.mark.parametrize("file", files("edifact"), ids=lambda file: file.name)
def test_an_orders_is_read_whole_or_refused_with_places(file: Path) -> None:
    for interchange in edi.edifact.read.read(file.read_bytes()).interchanges:
        for message in interchange.messages:
            if message.name.kind != "ORDERS" or not message.accepted:
                continue
            found = edi.edifact.purchase_order.purchase_order(message, PROFILE)
            lines = sum(segment.name == "LIN" for segment in message.segments())
            if isinstance(found, PurchaseOrder):
                assert len(found.lines) == lines > 0
            else:
                assert found and all(fault.segment and fault.reason for fault in found)
