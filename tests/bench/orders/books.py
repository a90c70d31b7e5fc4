"""Books that have seen so many orders before: most ended, the newest at the warehouse."""

from datetime import UTC, datetime

import asyncpg

from tests.bench.orders.partners import PRODUCTS, product

SHOP, MARKETPLACE, OWNER = "shop", "A1F83G8C2ARO7P", "acme"
AT_WAREHOUSE = 50
"""One in so many is still at the warehouse."""

ORDERS = """
insert into sales_order (channel_account, channel_order_id, order_reference, marketplace, status, ordered_at,
    updated_at, ship_by, service, lines, content_hash, state, cleared_version, released_version, subject, first_seen,
    changed_at, released_at, ended_at)
select $1, 'OLD-' || n, 'OLD-' || n, $2, case when n % $4 = 0 then 'open' else 'despatched' end, at, at,
    at + interval '1 day', 'NextDay',
    jsonb_build_array(jsonb_build_object('line_reference', 'L0', 'seller_sku', 'P-000', 'ordered', 1)),
    md5(n::text), case when n % $4 = 0 then 'released' else 'ended' end, 1, 1, 'order/shop/OLD-' || n, at, at, at,
    case when n % $4 = 0 then null else at + interval '1 day' end
from (
    select n, now() - n * interval '30 seconds' - interval '1 hour' as at from generate_series(1, $3::int) as n
) as numbered
"""
LINES = """
insert into open_line (channel_account, channel_order_id, line_reference, order_reference, marketplace, seller_sku,
    ordered, fulfilled, ordered_at, updated_at, first_seen, mapped_at)
select channel_account, channel_order_id, 'L0', order_reference, marketplace, 'P-000', 1,
    case when state = 'ended' then 1 else 0 end, ordered_at, updated_at, first_seen, first_seen
from sales_order
"""
PARTS = """
insert into open_line_part (line_id, account, sku, order_reference, per_unit, ordered, closed_at)
select id, $1, 'P-' || lpad((id % $2::int)::text, 3, '0'), order_reference, 1, 1,
    case when fulfilled = 1 then updated_at end
from open_line
"""
WAREHOUSE = """
insert into warehouse_order (channel_account, channel_order_id, warehouse, account, order_reference, goods_out_id,
    status, read_at, handled_version, requests, look_at, changed_at)
select channel_account, channel_order_id, 'W1', $1, order_reference, 'old',
    case when state = 'ended' then 'completed' else 'pending' end, released_at, 1, 1,
    case when state = 'ended' then null else now() + interval '1 day' end, changed_at
from sales_order
"""
EFFECTS = """
insert into effect (kind, subject, unique_key, lane, account, state, payload, due, attempt, sent_at, holder,
    received_at, created_at, settled_at)
select 'order_create', subject, subject || '/1', 'orders', channel_account, 'live',
    jsonb_build_object('warehouse', 'W1', 'channel_account', channel_account, 'channel_order_id', channel_order_id),
    released_at, 1, released_at, 'before', released_at, released_at, released_at
from sales_order
"""


async def fill(url: str, orders: int) -> None:
    """Vacuumed and checkpointed, as books that have lived a while are."""
    connection = await asyncpg.connect(url)
    try:
        now = datetime.now(UTC)
        names = [product(number) for number in range(PRODUCTS)]
        rows = [(SHOP, MARKETPLACE, name, OWNER, name, now) for name in names]
        columns = ("channel_account", "marketplace", "seller_sku", "account", "sku", "imported_at")
        await connection.copy_records_to_table("listing", records=rows, columns=columns)
        await connection.execute(
            "insert into shipping_service (channel_account, service, carrier, carrier_service, imported_at)"
            " values ('*', 'NextDay', 'DPD', 'NEXT-DAY', $1)", now,
        )  # fmt: skip
        await connection.execute(ORDERS, SHOP, MARKETPLACE, orders, AT_WAREHOUSE)
        await connection.execute(LINES)
        await connection.execute(PARTS, OWNER, PRODUCTS)
        await connection.execute(WAREHOUSE, OWNER)
        await connection.execute(EFFECTS)
        await connection.execute("vacuum analyze")
        await connection.execute("checkpoint")
    finally:
        await connection.close()
