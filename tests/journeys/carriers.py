"""Carriers that journeys have mapped."""

from datetime import UTC, datetime

from tests.journeys.rig import Rig


async def map_carrier(rig: Rig, carrier: str = "DPD-UK") -> None:
    statement = """insert into carrier
        (channel_account, carrier, service, carrier_code, shipping_method, imported_at)
        values ('*', $1, '*', 'DPD', 'DPD Next Day', $2)"""
    await rig.books.execute(statement, carrier, datetime.now(UTC))
