"""What invoices of tests are agreed on."""

from decimal import Decimal

import msgspec

from handlers.invoicing import Agreed
from schemas.invoice import Terms
from schemas.purchase_order import Party
from tests.handlers.vendor_loads import FROM

REMIT = msgspec.structs.replace(FROM, tax_number="GB123456789")
BILL = Party(
    party_id="AMZ-UK",
    name="Amazon EU",
    lines=("1 Main St",),
    city="London",
    postcode="E1",
    country="GB",
    tax_number="GB727255821",
)
AGREED = Agreed(remit_to=REMIT, bill_to=BILL, rate=Decimal(20), terms=Terms(net_days=60))
