"""Purchase orders in the books: secured once, answered from what is secured, a row before a request."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import msgspec
import pytest

from daemon import answered_anew
from daemon.settings import Database as DatabaseSettings
from daemon.settings import VendorAccount
from daemon.store import orders, purchase_order_answers, purchase_order_decisions
from daemon.store import purchase_orders as store
from daemon.store.database import open_database
from daemon.store.decisions import Choice, decide, list_decisions, take_defaults
from daemon.store.notes import write_notes
from daemon.store.open_lines import close_settled, hear_standings
from daemon.store.supply import inputs_for, locked_inputs
from daemon.vendor_watch import VendorWatch
from handlers.acknowledgement_settling import Patience, Settled, after_sending
from handlers.acknowledging import parts_of
from handlers.answers import Done, Refused
from handlers.decisions import Refused as UnknownQuestion
from handlers.notes import RaiseAlert
from handlers.order_standing import LineStanding, StandingRow
from handlers.purchase_order_judgement import Overruled
from handlers.sellable_stock import Listing
from handlers.supply import sellable_of
from handlers.vendor_clocks import subject_of
from schemas.purchase_order import (
    CountedIn,
    LineStatus,
    PoLineNumber,
    PurchaseOrderNumber,
    PurchaseOrderStatus,
    Window,
)
from schemas.terms import ChannelAccount, Marketplace, OrderReference, SellerSku, Sku
from tests.handlers.vendor_orders import ORDERED, OWNER, VENDOR, line, order
from tests.live.vendor_rig import LEEDS, RULES, VENDOR_SECTION, VendorRig

pytestmark = pytest.mark.live

HOUR = timedelta(hours=1)
SHOWN = Listing(1, ChannelAccount("shop"), Marketplace("GB"), SellerSku("mug"), OWNER, Sku("MUG"))


@pytest.fixture
async def rig(database_url: str) -> AsyncIterator[VendorRig]:
    opened = await open_database(database_url, DatabaseSettings(url=database_url), 6)
    made = VendorRig(opened)
    await made.master_data("MUG", "CUP", CUP=6)
    yield made
    await opened.close()


async def test_an_order_comes_back_as_it_was_and_is_answered_from_what_is_secured(rig: VendorRig) -> None:
    await rig.stock(MUG=30)
    given = order(line("1"), line("2", amount=2, unit="case", size=6, sku="CUP", cost="15.00", backorder=True))
    number = await rig.tell(given)
    assert (await rig.row(number)).file.stored.order == given
    looked = await rig.look(number)
    assert looked.said is None, "the cups are not there"
    await rig.stock(CUP=12)
    said = (await rig.look(number)).said
    assert said is not None
    assert [parts_of(one).accepted for one in said.acknowledgement.lines] == [24, 2]
    assert await rig.held("CUP") == {"4Z32PABC": 12}
    assert await rig.fetch("select kind, lane, state, attempt from effect") == [
        ("po_acknowledge", "vendor", "sent", 1)
    ]
    again = (await rig.row(number)).file.said
    assert again == (said,)
    assert (await rig.look(number)).said is None, "nothing newer is said before it is known what became of it"


async def test_what_is_secured_is_off_what_every_channel_may_show(rig: VendorRig) -> None:
    await rig.stock(MUG=30)
    await rig.look(await rig.tell(order()))
    async with rig.database.connection() as connection:
        found = sellable_of(SHOWN, await inputs_for(connection, [SHOWN]), RULES)
    assert found is not None
    assert found.quantity == 6
    assert await rig.fetch("select sku from dirty") == [("MUG",)]


async def test_orders_that_are_secured_at_once_never_share_a_unit(rig: VendorRig) -> None:
    await rig.stock(MUG=60)
    numbers = [await rig.tell(order(), f"PO{i}") for i in range(5)]
    await asyncio.gather(*(rig.look(number) for number in numbers))
    held = await rig.held()
    assert sorted(held.values()) == [12, 24, 24]


async def test_securing_waits_for_a_publication_that_has_read_the_same_stock(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    async with rig.database.transaction() as connection:
        await connection.execute(
            "insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at) "
            "values ('shop', 'GB', 'mug', $1, 'MUG', $2)", OWNER, rig.now,
        )  # fmt: skip
        listing = await connection.fetchval("select id from listing")
    async with rig.database.transaction() as connection:
        inputs = await locked_inputs(connection, [listing])
        assert inputs.stock
        looking = asyncio.create_task(rig.look(number))
        async with asyncio.timeout(60):
            while not await rig.fetch("select 1 from pg_locks where not granted"):
                await asyncio.sleep(0)
        assert not looking.done()
    assert (await looking).said is not None


async def test_what_is_short_is_asked_and_answered_by_policy_when_nobody_decides(rig: VendorRig) -> None:
    await rig.stock(MUG=10)
    number = await rig.tell(order())
    assert (await rig.look(number)).said is None
    async with rig.database.transaction() as connection:
        [asked] = await list_decisions(connection, kind="po_answer")
    assert (asked.owner, asked.default_option) == ("merchandising", "answer_now")
    rig.hand.at = ORDERED + 22.9 * HOUR
    async with rig.database.transaction() as connection:
        assert len(await take_defaults(connection, rig.now, {})) == 1
    said = (await rig.look(number)).said
    assert said is not None
    assert (said.decided_by, [parts_of(one).rejected for one in said.acknowledgement.lines]) == ("policy", [14])


async def test_who_decides_waits_for_a_look_at_the_order_before_the_question_is_locked(rig: VendorRig) -> None:
    await rig.stock(MUG=10)
    number = await rig.tell(order())
    await rig.look(number)
    [(question,)] = await rig.fetch("select id from decision where kind = 'po_answer'")

    async def answer() -> None:
        async with rig.database.transaction() as connection:
            await decide(connection, question, Choice("answer_now", "Ann"), rig.now, {})

    async def lapse() -> None:
        async with rig.database.transaction() as connection:
            await take_defaults(connection, ORDERED + 24 * HOUR, {})

    async with rig.database.transaction() as connection:
        row = await store.locked(connection, (VENDOR, number))
        assert row is not None
        deciding = [asyncio.create_task(answer()), asyncio.create_task(lapse())]
        async with asyncio.timeout(60):
            while len(await rig.fetch("select 1 from pg_locks where not granted")) < 2:
                await asyncio.sleep(0)
        await purchase_order_answers.close_question(connection, subject_of(row.file.stored), rig.now)
    told = await asyncio.gather(*deciding, return_exceptions=True)
    assert [type(one) for one in told] == [UnknownQuestion, type(None)]
    assert (await rig.row(number)).file.decided == ""


async def test_what_a_person_decides_holds_for_the_version_that_they_saw(rig: VendorRig) -> None:
    await rig.stock(MUG=10)
    number = await rig.tell(order())
    await rig.look(number)
    await rig.tell(order(line(amount=20)), changed_at=ORDERED + HOUR)
    async with rig.database.transaction() as connection:
        [asked] = await list_decisions(connection, kind="po_answer", closed=True)
    assert asked.decided == "overtaken"
    await rig.look(number)
    async with rig.database.transaction() as connection:
        [fresh] = await list_decisions(connection, kind="po_answer")
        await decide(connection, fresh.id, Choice("answer_now", "jo"), rig.now, {})
    said = (await rig.look(number)).said
    assert said is not None
    assert (said.version, said.decided_by) == (2, "jo")


async def test_a_doubt_that_a_person_accepts_lets_the_order_go(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order(line(cost="1.00")))
    await rig.look(number)
    [reason] = (await rig.row(number)).reasons
    assert (reason.kind, reason.owner) == ("cost_below_agreed", "merchandising")
    accepted = Overruled(kind="cost_below_agreed", version=1, by="jo", note="a promotion", at=rig.now)
    async with rig.database.transaction() as connection:
        assert await purchase_order_decisions.overrule(connection, (VENDOR, number), accepted)
    said = (await rig.look(number)).said
    assert said is not None
    assert parts_of(said.acknowledgement.lines[0]).accepted == 24


async def test_an_open_question_says_what_holds_now_and_not_what_did_when_it_was_asked(rig: VendorRig) -> None:
    number = await rig.tell(order(line(cost="1.00")))
    await rig.look(number)
    accepted = Overruled(kind="cost_below_agreed", version=1, by="jo", note="a promotion", at=rig.now)
    async with rig.database.transaction() as connection:
        [asked] = await list_decisions(connection, kind="po_answer")
        assert "1.00" in asked.question
        assert await purchase_order_decisions.overrule(connection, (VENDOR, number), accepted)
    await rig.look(number)
    async with rig.database.connection() as connection:
        [again] = await list_decisions(connection, kind="po_answer")
    assert again.id == asked.id and "1.00" not in again.question and "not everything can be secured" in again.question


async def test_what_the_retailer_refused_waits_for_a_person_and_keeps_its_stock(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    said = (await rig.look(number)).said
    assert said is not None
    await rig.books.settle(after_sending(said, Refused("invalid_input", "bad cost"), rig.now, Patience()))
    row = await rig.row(number)
    assert (row.file.stored.state, row.file.stored.answered_version, row.file.said[0].state) == ("held", 0, "refused")
    assert (await rig.look(number)).said is None
    assert await rig.fetch("select kind from alert where resolved_at is null") == [("po_answer_refused",)]
    assert await rig.held() == {"4Z32PABC": 24}
    async with rig.database.transaction() as connection:
        assert await purchase_order_decisions.again(connection, (VENDOR, number), rig.now)
    again = (await rig.look(number)).said
    assert again is not None
    assert again.sequence == 2


async def test_an_order_that_is_to_be_answered_once_more_is_not_late(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    said = (await rig.look(number)).said
    assert said is not None
    await rig.books.settle(Settled(msgspec.structs.replace(said, state="confirmed"), answered=True))
    rig.hand.at = ORDERED + 30 * HOUR
    watch = VendorWatch({str(VENDOR): msgspec.convert(VENDOR_SECTION, VendorAccount)})
    async with rig.database.transaction() as connection:
        assert await answered_anew.again(connection, (VENDOR, number), rig.now) == ""
        raised = [note for note in await watch.raise_clocks(connection, rig.now) if isinstance(note, RaiseAlert)]
        [due] = await store.due_for_looks(connection, VENDOR, "sp_api", rig.now, 10)
    assert raised == [] and (due.state, due.anew) == ("received", True), "it is read before it is answered"
    rig.hand.at = ORDERED + 11 * 24 * HOUR
    async with rig.database.transaction() as connection:
        assert "window was over" in str(await answered_anew.again(connection, (VENDOR, number), rig.now))
        assert await answered_anew.again(connection, (VENDOR, PurchaseOrderNumber("NONE")), rig.now) is None


async def test_a_product_that_is_short_names_only_the_orders_that_are_served_last(rig: VendorRig) -> None:
    await rig.stock(MUG=72)
    for day, number in ((5, "LAST"), (3, "FIRST"), (4, "SECOND")):
        window = Window(ORDERED + timedelta(days=day), ORDERED + timedelta(days=day + 5))
        said = (await rig.look(await rig.tell(order(), number, delivery_window=window))).said
        assert said is not None
        await rig.books.settle(Settled(msgspec.structs.replace(said, state="confirmed"), answered=True))
    await rig.stock(MUG=50)
    for number in ("FIRST", "SECOND", "LAST"):
        await rig.look(PurchaseOrderNumber(number))
    watch = VendorWatch({str(VENDOR): msgspec.convert(VENDOR_SECTION, VendorAccount)})
    async with rig.database.transaction() as connection:
        await write_notes(connection, await watch.raise_overdrawn(connection, rig.now), rig.now, {})
    raised = await rig.fetch("select cause, detail ->> 'orders' from alert where kind = 'po_overdrawn'")
    assert raised == [("acme/MUG", '["acme-vendor/LAST"]')]
    assert await rig.held() == {"FIRST": 24, "SECOND": 24, "LAST": 24}, "what was accepted stays held"


async def test_what_is_answered_holds_no_more_than_was_promised(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    async with rig.database.transaction() as connection:
        await purchase_order_decisions.reject_line(
            connection, (VENDOR, number), PoLineNumber("1"), "obsolete", rig.now
        )
    said = (await rig.look(number)).said
    assert said is not None
    assert said.acknowledgement.lines[0].answers[0].reason == "obsolete"
    await rig.books.settle(after_sending(said, Done("TX"), rig.now, Patience()))
    async with rig.database.transaction() as connection:
        presumed = msgspec.structs.replace((await rig.row(number)).file.said[0], state="presumed")
        await purchase_order_answers.save_said(connection, presumed, rig.now, None, "")
    await rig.look(number)
    assert await rig.held() == {}


async def test_what_the_warehouse_has_set_aside_for_an_answered_order_stays_its_own(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    said = (await rig.look(number)).said
    assert said is not None
    async with rig.database.transaction() as connection:
        confirmed = msgspec.structs.replace(said, state="confirmed")
        await purchase_order_answers.save_said(connection, confirmed, rig.now, None, "")
    await rig.stock(MUG=0)
    await set_aside(rig, number, 24, revision=1)
    assert await rig.fetch("select 1 from open_line_part where closed_at is null") == [], "it takes nothing any more"
    await rig.look(number)
    assert (await rig.row(number)).overdrawn == ()
    await set_aside(rig, number, 18, revision=2)
    await rig.look(number)
    assert (await rig.row(number)).overdrawn == (PoLineNumber("1"),), "six are neither there nor set aside"


async def test_what_the_warehouse_has_set_aside_may_be_accepted_though_its_stock_message_is_not_there_yet(
    rig: VendorRig,
) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order())
    said = (await rig.look(number)).said
    assert said is not None
    async with rig.database.transaction() as connection:
        confirmed = msgspec.structs.replace(said, state="confirmed")
        await purchase_order_answers.save_said(connection, confirmed, rig.now, None, "")
    await rig.stock(MUG=10)
    await rig.look(number)
    assert (await rig.row(number)).overdrawn == (PoLineNumber("1"),), "fourteen are not to be found, say the books"
    await set_aside(rig, number, 24, revision=1, sequence=7)
    await rig.look(number)
    assert (await rig.row(number)).overdrawn == (), "it was all there before they were lost"


async def set_aside(
    rig: VendorRig, number: PurchaseOrderNumber, units: int, *, revision: int, sequence: int = 1
) -> None:
    """The warehouse has so many for it, and its stock messages are in the books; what takes nothing is closed."""
    aside = LineStanding("MUG", line_reference="1", allocated=units, warehouse=LEEDS, stock_sequence=sequence)
    row = StandingRow(
        account=OWNER, order_reference=OrderReference(number), revision=revision, standing="allocated",
        lines=(aside,), at=rig.now,
    )  # fmt: skip
    async with rig.database.transaction() as connection:
        await orders.save(connection, [row])
        await hear_standings(connection, [row], rig.now, RULES)
        await close_settled(connection, 0, RULES, rig.now, 100)


async def test_an_order_that_is_closed_gives_back_what_it_held(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order(line(amount=48)))
    await rig.look(number)
    assert await rig.held() == {"4Z32PABC": 24}
    await rig.tell(order(line(amount=48)), state="closed")
    await rig.look(number)
    assert await rig.held() == {}
    assert (await rig.row(number)).file.stored.state == "ended"


async def test_an_order_acknowledged_by_hand_is_never_answered_over_it_and_is_settled_by_its_status(
    rig: VendorRig,
) -> None:
    await rig.stock(MUG=24)
    number = await rig.tell(order(), state="acknowledged")
    looked = await rig.look(number)
    assert looked.said is None
    assert looked.answered_by_hand is not None
    told = LineStatus(
        number=PoLineNumber("1"), standing="part_accepted", ordered=CountedIn(24, "each"), accepted=20, rejected=4
    )
    status = PurchaseOrderStatus(number=PurchaseOrderNumber(number), open=True, updated_at=rig.now, lines=(told,))
    assert await rig.books.found_by_hand(looked.answered_by_hand, status)
    row = await rig.row(number)
    assert (row.file.stored.state, row.file.said[0].decided_by) == ("answered", "portal")
    assert await rig.fetch("select settled_at is not null from promise") == [(True,)]
    await rig.look(number)
    assert await rig.held() == {"4Z32PABC": 20}


async def test_an_import_of_what_was_missing_has_the_order_looked_at(rig: VendorRig) -> None:
    await rig.stock(PEN=24)
    number = await rig.tell(order(line(sku="PEN")))
    await rig.look(number)
    async with rig.database.transaction() as connection:
        assert await store.due(connection, VENDOR, "sp_api", rig.now, 10) == []
    await rig.master_data("PEN")
    async with rig.database.transaction() as connection:
        assert await store.recheck(connection, VENDOR, None, rig.now) is not None
        assert await store.due(connection, VENDOR, "sp_api", rig.now, 10) == [number]
    assert (await rig.look(number)).said is not None


async def test_an_order_without_an_answer_goes_before_all_that_are_only_looked_at_again(rig: VendorRig) -> None:
    await rig.stock(MUG=24)
    first = await rig.tell(order())
    said = (await rig.look(first)).said
    assert said is not None
    await rig.books.settle(Settled(msgspec.structs.replace(said, state="confirmed"), answered=True))
    rig.hand.on(86_400)
    second = await rig.tell(order(ordered_at=rig.now), "7H00NEW0")
    async with rig.database.connection() as connection:
        assert await store.due(connection, VENDOR, "sp_api", rig.now, 10) == [second, first]


async def test_people_hear_what_an_order_waits_for_and_how_its_time_runs_out(rig: VendorRig) -> None:
    vendors = {str(VENDOR): msgspec.convert(VENDOR_SECTION, VendorAccount)}
    watch = VendorWatch(vendors)

    async def alerts() -> list[tuple[str, str]]:
        async with rig.database.transaction() as connection:
            for task in watch.tasks():
                await write_notes(connection, await task(connection, rig.now), rig.now, {})
        return await rig.fetch("select kind, owner from alert where resolved_at is null order by kind")

    number = await rig.tell(order(line("1", sku="WHAT"), line("2", cost="1.00")), state="unknown", state_word="Odd")
    await rig.look(number)
    waits = [("po_terms", "merchandising"), ("po_unmapped", "operations"), ("po_unreadable", "technical")]
    assert await alerts() == waits
    rig.hand.at = ORDERED + 13 * HOUR
    assert await alerts() == [*waits, ("po_waits", "merchandising")]
    rig.hand.at = ORDERED + 19 * HOUR
    assert await alerts() == [("po_due", "merchandising"), *waits]
    rig.hand.at = ORDERED + 25 * HOUR
    assert ("po_late", "merchandising") in await alerts()
    assert (await rig.look(number)).said is not None, "late is better than never"
    assert await alerts() == []


async def test_an_order_that_the_books_cannot_hold_hides_no_other(rig: VendorRig) -> None:
    bad = order(number=PurchaseOrderNumber("BAD"), deal="NUL \x00 in it")
    words = await rig.books.take_in([bad, order()])
    assert words == {"broken": 1, "new": 1}
    assert (await rig.row(PurchaseOrderNumber("4Z32PABC"))).file.stored.version == 1
    assert await rig.fetch("select kind, cause from alert") == [("po_unreadable", "acme-vendor/BAD")]


async def test_a_reading_that_says_nothing_new_is_passed_over_unless_people_were_told_of_the_one_before(
    rig: VendorRig,
) -> None:
    given = order()
    doubled = msgspec.structs.replace(given, lines=(*given.lines, *given.lines), changed_at=ORDERED + HOUR)
    alerts = "select kind from alert where resolved_at is null"
    assert await rig.books.take_in([given]) == {"new": 1}
    before = await rig.fetch("select xmin, * from purchase_order")
    more = msgspec.structs.replace(given, number=PurchaseOrderNumber("MORE0001"))
    assert await rig.books.take_in([given, more]) == {"unchanged": 1, "new": 1}
    assert [row for row in await rig.fetch("select xmin, * from purchase_order") if row in before] == before
    assert await rig.books.take_in([doubled]) == {"contradicts": 1}
    assert await rig.fetch(alerts) == [("po_contradicts",)]
    assert await rig.books.take_in([given]) == {"unchanged": 1}
    assert await rig.fetch(alerts) == []
    closed = msgspec.structs.replace(given, state="closed", state_word="Closed")
    await rig.books.take_in([closed])
    assert (await rig.row(given.number)).file.stored.state == "ended"


async def test_a_look_that_breaks_is_left_for_later_and_told(rig: VendorRig) -> None:
    number = await rig.tell(order())
    async with rig.database.transaction() as connection:
        await connection.execute('update purchase_order set overruled = \'[{"kind": "odd"}]\'')
    looked = await rig.look(number)
    assert looked.said is None
    assert await rig.fetch("select kind from alert") == [("po_unreadable",)]
    async with rig.database.connection() as connection:
        assert await store.due(connection, VENDOR, "sp_api", rig.now, 10) == []
