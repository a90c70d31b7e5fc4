"""`goodsout orders`, `services` and `codes`: what an order waits for, and how it is put right. No buyer is shown."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest

from daemon.commands.codes import codes
from daemon.commands.compare import compare
from daemon.commands.erase import erase
from daemon.commands.orders import orders
from daemon.commands.services import services
from daemon.store.database import Connection
from tests.daemon.books_rig import Rig
from tests.live.notifications import notification

pytestmark = pytest.mark.live

AT = datetime(2026, 3, 2, tzinfo=UTC)
SERVICES = "channel_account,service,programme,country,carrier,carrier_service\r\n*,NextDay,*,*,DPD,12\r\n"
CODES = "channel_account,kind,code,account,sku,pack_size\r\n*,asin,B00,ACME,007,6\r\n"
REASON = (
    '[{"kind": "quantity_doubtful", "cause": "shop/order/O-1/quantity_doubtful", "text": "too many", '
    '"fix": "accept it", "hints": ["near"]}]'
)
INSERT = """
insert into sales_order (
    channel_account, channel_order_id, order_reference, marketplace, status, ordered_at, updated_at, service, lines,
    content_hash, state, blocked_by, subject, ship_to, first_seen, changed_at
) values (
    'shop', 'O-1', 'O-1', 'UK', 'open', $1, $1, 'NextDay', $2, '', 'blocked', $3, 'order:shop/O-1', 'sealed', $1, $1
)
"""
LINES = '[{"line_reference": "L1", "seller_sku": "chair", "ordered": 3000}]'


@pytest.fixture
def rig(database_url: str, tmp_path: Path) -> Rig:
    async def fill() -> None:
        connection = await asyncpg.connect(database_url)
        await connection.execute(INSERT, AT, LINES, REASON)
        await connection.close()

    asyncio.run(fill())
    return Rig(database_url, tmp_path)


def test_a_blocked_order_is_shown_with_what_to_do_and_without_its_buyer(rig: Rig) -> None:
    assert "O-1\tblocked\topen" in rig.told(orders, "list")
    said = rig.told(orders, "show", "shop", "O-1")
    assert "quantity_doubtful: too many" in said and "to put it right: accept it" in said and "near: near" in said
    assert "L1\tchair\t3000" in said
    assert "What happened" in said and "2026-03-02 00:00:00  shop  ordered, 1 line\n" in said
    assert "too many\taccept it\tnear" in rig.told(orders, "waiting", "shop")
    for shown in (said, rig.told(orders, "list", "--json"), rig.told(orders, "show", "shop", "O-1", "--json")):
        assert "ship_to" not in shown and "sealed" not in shown


def test_a_doubt_is_accepted_by_name_and_what_is_no_doubt_is_not(rig: Rig) -> None:
    said = rig.told(orders, "accept", "shop", "O-1", "quantity_doubtful", "--note", "a hotel", "--by", "ann")
    assert "accepted by ann" in said
    assert "quantity_doubtful of version 1 by ann" in rig.told(orders, "show", "shop", "O-1")
    for arguments in (("O-1", "price_doubtful"), ("O-9", "late")):
        assert rig.run(orders, "accept", "shop", *arguments, "--note", "x").exit_code == 1
    assert rig.run(orders, "accept", "shop", "O-1", "sku_unmapped", "--note", "x").exit_code == 2


def test_mappings_are_imported_shown_and_exported_the_same(rig: Rig, tmp_path: Path) -> None:
    for command, text, shown in (
        (services, SERVICES, "+ */NextDay/*/*: DPD 12"),
        (codes, CODES, "+ */asin/B00: ACME 007 x6"),
    ):
        (tmp_path / "rows.csv").write_text(text, newline="")
        assert shown in rig.told(command, "import", tmp_path / "rows.csv", "--dry-run")
        assert rig.told(command, "export", "-").count("\n") == 1
        assert "1 new" in rig.told(command, "import", tmp_path / "rows.csv")
        assert rig.told(command, "export", "-").replace("\r\n", "\n") == text.replace("\r\n", "\n")
        (tmp_path / "rows.csv").write_text(text.splitlines()[0] + "\n")
        assert "1 removed" in rig.told(command, "import", tmp_path / "rows.csv", "--remove-missing")


def test_one_bad_line_and_nothing_is_imported(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(CODES + "nowhere,ean,,ACME,1,0\n")
    result = rig.run(codes, "import", tmp_path / "bad.csv")
    assert result.exit_code == 1 and result.output.count("line 3, column") == 4
    assert rig.told(codes, "export", "-").count("\n") == 1


def test_what_the_sides_disagree_on_is_one_list_and_an_exit_status(rig: Rig, tmp_path: Path) -> None:
    (tmp_path / "catalogue.csv").write_text("seller_sku,asin\nchair,B00\n")
    (tmp_path / "products.csv").write_text("sku,barcode\nCHAIR,5012345678900\n")
    files = ("--catalogue", tmp_path / "catalogue.csv", "--products", tmp_path / "products.csv")
    result = rig.run(compare, "shop", *files)
    assert result.exit_code == 1 and "not_mapped\tchair" in result.output
    assert rig.run(compare, "shop", *files, "--kind", "no_product").exit_code == 0


def test_erasing_is_asked_about_and_an_open_order_keeps_its_address(rig: Rig) -> None:
    assert rig.run(erase, "--order", "shop/O-1").exit_code == 1
    refused = rig.run(erase, "--order", "shop/O-1", "--yes")
    assert refused.exit_code == 1 and "is not over (blocked, open at the channel)" in refused.output
    assert rig.run(erase, "--order", "O-1", "--yes").exit_code == 2
    held = rig.write(lambda connection: connection.fetchval("select ship_to from sales_order"))
    assert held == b"sealed"
    assert rig.run(orders, "access", "shop", "O-1").stderr == "nobody has read it\n"


def test_what_was_erased_is_said_and_by_whom(rig: Rig) -> None:
    async def end(connection: Connection) -> None:
        await connection.execute("update sales_order set state = 'ended', ended_at = first_seen")
        await connection.execute("insert into subject_key values ('order:shop/O-1', 'key', $1)", AT)

    rig.write(end)
    said = rig.told(erase, "--order", "shop/O-1", "--yes")
    assert "shop/O-1: erased: name, address" in said and "35 days after they were made" in said
    assert "\terased\t" in rig.told(orders, "access", "shop", "O-1")
    again = rig.told(erase, "--order", "shop/O-1", "--yes")
    assert "shop/O-1: nothing of its buyer is held" in again
    assert "no such order is here" in rig.told(erase, "--order", "shop/O-9", "--yes")


def test_notifications_from_a_file_have_their_orders_read_and_what_is_none_is_named(rig: Rig, tmp_path: Path) -> None:
    rig.sell_as("SHOP", tmp_path)
    file = tmp_path / "notifications.jsonl"
    file.write_bytes(notification("202-1") + b"\n\n" + notification("202-2", "AFN") + b"\nnot JSON\n")
    result = rig.run(orders, "changed", file)
    assert result.exit_code == 1
    assert "channel_despatches: 1\nto_be_read: 1\nno ORDER_CHANGE: 1\n" in result.output
    assert "line 4: it is not JSON" in result.output and "NR1" not in result.output

    async def asked() -> object:
        connection = await asyncpg.connect(rig.url)
        try:
            return await connection.fetchval("select array_agg(channel_order_id) from order_to_read")
        finally:
            await connection.close()

    assert asyncio.run(asked()) == ["202-1"]


def test_an_account_that_waits_for_nothing_says_so_and_one_that_nobody_has_says_which_there_are(
    rig: Rig, tmp_path: Path
) -> None:
    rig.sell_as("QUIET", tmp_path)
    assert "no order of quiet waits for anything\n" in rig.told(orders, "waiting", "quiet")
    refused = rig.run(orders, "waiting", "nosuch")
    assert refused.exit_code == 1 and "no selling account 'nosuch' is configured; there are: quiet" in refused.output
    assert "quantity_doubtful" in rig.told(orders, "waiting", "shop")
