"""The simulated Amazon is as strict, as slow and as forgetful as the real one."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from yarl import URL

from simulators.amazon import UK, AmazonSimulator, Chance, Fault, FaultPlan, Lags, SimulatedSeller
from simulators.amazon.buckets import Buckets, Plan
from simulators.time import WallTime

SKU = "KETTLE-1"
ORDER = "202-1234567-8901234"


@dataclass(slots=True)
class _HandTime:
    """Time that moves only when told."""

    at: datetime = datetime(2026, 11, 20, 9, tzinfo=UTC)
    factor: float = 1.0
    slept: list[float] = field(default_factory=list[float])

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass(slots=True)
class _Shop:
    simulator: AmazonSimulator
    seller: SimulatedSeller
    session: aiohttp.ClientSession
    time: _HandTime
    token: str = ""

    async def log_in(self) -> None:
        form = {
            "grant_type": "refresh_token",
            "refresh_token": self.seller.refresh_token,
            "client_id": self.seller.client_id,
            "client_secret": self.seller.client_secret,
        }
        async with self.session.post(self.simulator.token_url, data=form) as response:
            self.token = (await response.json())["access_token"]

    async def call(self, method: str, path: str, body: object = None) -> tuple[int, Any, dict[str, str]]:
        headers = {"x-amz-access-token": self.token, "user-agent": "test/1"}
        url = URL(self.simulator.url + path, encoded=True)
        async with self.session.request(method, url, json=body, headers=headers) as response:
            text = await response.text()
            return response.status, json.loads(text) if text else None, dict(response.headers)

    async def patch(self, value: dict[str, object], op: str = "merge", **other: str) -> Any:
        name = other.get("name", "fulfillment_availability")
        patches = [{"op": op, "path": f"/attributes/{name}", "value": [value]}]
        body = {"productType": other.get("product_type", "PRODUCT"), "patches": patches}
        return (await self.call("PATCH", f"/listings/2021-08-01/items/A1/{SKU}?marketplaceIds={UK}", body))[1]

    async def tell(self, quantity: int) -> Any:
        return await self.patch({"fulfillment_channel_code": "DEFAULT", "quantity": quantity})

    async def live(self) -> int:
        query = f"?marketplaceIds={UK}&includedData=fulfillmentAvailability"
        _, body, _ = await self.call("GET", f"/listings/2021-08-01/items/A1/{SKU}{query}")
        return int(body["fulfillmentAvailability"][0]["quantity"])

    async def confirm(self, reference: object = "1", quantity: int = 1, **changes: object) -> tuple[int, Any]:
        detail = {
            "packageReferenceId": reference,
            "carrierCode": "DPD",
            "trackingNumber": "1550",
            "shipDate": "2026-11-20T14:05:00Z",
            "orderItems": [{"orderItemId": "L1", "quantity": quantity}],
        }
        body = {"marketplaceId": UK, "packageDetail": detail | changes}
        return (await self.call("POST", f"/orders/v0/orders/{ORDER}/shipmentConfirmation", body))[:2]

    async def order(self) -> Any:
        query = "?includedData=PACKAGES,FULFILLMENT"
        return (await self.call("GET", f"/orders/2026-01-01/orders/{ORDER}{query}"))[1]["order"]


@asynccontextmanager
async def _shop(faults: FaultPlan | None = None, token_life: float = 1e6) -> AsyncIterator[_Shop]:
    time = _HandTime()
    simulator = AmazonSimulator(time, faults=faults or FaultPlan(), token_life=token_life)
    async with simulator, aiohttp.ClientSession() as session:
        seller = simulator.add_seller("A1")
        seller.add_listing(SKU, 3, lead_time=2)
        seller.add_order(ORDER, [("L1", SKU, 3)])
        shop = _Shop(simulator, seller, session, time)
        await shop.log_in()
        yield shop


def test_a_bucket_gives_its_burst_and_then_its_rate() -> None:
    buckets = Buckets({"op": Plan(2, 3)}, {})
    at_once = [buckets.take("op", "A1", "app", 100.0) for _ in range(4)]
    later = [buckets.take("op", "A1", "app", 100.0 + step / 4) for step in range(1, 9)]
    assert at_once == [None, None, None, "account"]
    assert later == ["account", None, "account", None, "account", None, "account", None]


def test_a_bucket_never_holds_more_than_its_burst() -> None:
    buckets = Buckets({"op": Plan(2, 3)}, {})
    buckets.take("op", "A1", "app", 0.0)
    assert [buckets.take("op", "A1", "app", 1e6) for _ in range(4)] == [None, None, None, "account"]


def test_sellers_have_buckets_of_their_own_and_share_the_applications() -> None:
    buckets = Buckets({"op": Plan(1, 2)}, {"op": Plan(1, 3)})
    taken = [buckets.take("op", seller, "app", 0.0) for seller in ("A1", "A1", "A1", "A2", "A2")]
    assert taken == [None, None, "account", None, "application"]
    assert buckets.take("op", "A2", "another", 0.0) is None


def test_product_data_counts_twice() -> None:
    buckets = Buckets({"op": Plan(1, 9)}, {"op": Plan(1, 9), "op/product": Plan(1, 1)})
    taken = [buckets.take("op", "A1", "app", 0.0, product=product) for product in (True, True, False)]
    assert taken == [None, "product data", None]


async def test_a_429_says_neither_when_nor_how_fast() -> None:
    async with _shop(FaultPlan(rate_header_absent=0.0)) as shop:
        answers = [await shop.call("GET", f"/orders/2026-01-01/orders/{ORDER}") for _ in range(31)]
    status, body, headers = answers[-1]
    assert [answer[0] for answer in answers[:30]] == [200] * 30
    assert (status, body["errors"][0]["code"]) == (429, "QuotaExceeded")
    assert "Retry-After" not in headers and "x-amzn-RateLimit-Limit" not in headers
    assert headers["x-amzn-RequestId"]
    assert answers[0][2]["x-amzn-RateLimit-Limit"] == "0.5"
    assert len(shop.simulator.journal.throttled("A1")) == 1


async def test_an_accepted_quantity_is_live_after_its_lag() -> None:
    async with _shop(FaultPlan(lags=Lags(live=(30, 30)))) as shop:
        answer = await shop.tell(9)
        at_once = await shop.live()
        shop.time.at += timedelta(seconds=31)
        assert (answer["status"], at_once, await shop.live()) == ("ACCEPTED", 3, 9)


async def test_a_later_quantity_that_is_live_is_not_undone_by_an_earlier_one() -> None:
    async with _shop() as shop:
        shop.simulator.faults.lags = Lags(live=(60, 60))
        await shop.tell(9)
        shop.simulator.faults.lags = Lags(live=(1, 1))
        await shop.tell(4)
        shop.time.at += timedelta(seconds=120)
        assert await shop.live() == 4
        assert shop.simulator.journal.told("A1", SKU) == [9, 4]


async def test_merge_keeps_the_lead_time_and_replace_drops_it() -> None:
    async with _shop() as shop:
        await shop.tell(9)
        merged = dict(shop.seller.listing(SKU).submitted)
        await shop.patch({"fulfillment_channel_code": "DEFAULT", "quantity": 8}, op="replace")
        replaced = shop.seller.listing(SKU).submitted
    assert merged == {"fulfillment_channel_code": "DEFAULT", "quantity": 9, "lead_time_to_ship_max_days": 2}
    assert replaced == {"fulfillment_channel_code": "DEFAULT", "quantity": 8}


@pytest.mark.parametrize(
    ("value", "other", "code"),
    [
        ({"quantity": 1}, {}, "90220"),
        ({"fulfillment_channel_code": "DEFAULT", "lead_time_to_ship_max_days": 3}, {}, "90220"),
        ({"fulfillment_channel_code": "DEFAULT", "quantity": -1}, {}, "90244"),
        ({"fulfillment_channel_code": "DEFAULT", "quantity": 1.5}, {}, "90244"),
        ({"fulfillment_channel_code": "DEFAULT", "quantity": 1, "lead_time_to_ship_max_days": 31}, {}, "90244"),
        ({"fulfillment_channel_code": "DEFAULT", "quantity": 1}, {"name": "fulfillmentAvailability"}, "90000900"),
        ({"fulfillment_channel_code": "DEFAULT", "quantity": 1}, {"product_type": "RETIRED"}, "4000003"),
    ],
)
async def test_a_bad_submission_is_invalid_in_a_200(
    value: dict[str, object], other: dict[str, str], code: str
) -> None:
    async with _shop() as shop:
        answer = await shop.patch(value, **other)
        assert await shop.live() == 3
    assert (answer["status"], answer["issues"][0]["code"]) == ("INVALID", code)
    assert len(shop.simulator.journal.refused("patchListingsItem")) == 1


async def test_the_same_reference_again_is_an_edit_and_counts() -> None:
    async with _shop() as shop:
        await shop.confirm("1", 3)
        status, _ = await shop.confirm("1", 3, trackingNumber="1551")
        order = await shop.order()
    assert status == 204
    assert [package["trackingNumber"] for package in order["packages"]] == ["1551"]
    assert shop.simulator.journal.parcels() == {(ORDER, "1"): 2}
    assert [entry.edit for entry in shop.simulator.journal.accepted("confirmShipment")] == [False, True]


async def test_an_order_is_shipped_when_all_of_it_is_told() -> None:
    async with _shop() as shop:
        seen = [(await shop.order())["fulfillment"]["fulfillmentStatus"]]
        for reference, quantity in (("1", 1), ("2", 2)):
            await shop.confirm(reference, quantity)
            seen.append((await shop.order())["fulfillment"]["fulfillmentStatus"])
    assert seen == ["UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED"]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"reference": 1}, "invalid type [packageDetail.packageReferenceId]"),
        ({"reference": "0"}, "positive numeric value"),
        ({"reference": "A1"}, "positive numeric value"),
        ({"shipDate": "02/21/2022"}, "Invalid Input"),
        ({"carrierCode": "dpd"}, "carrierCode"),
        ({"carrierCode": "Other"}, "carrierName"),
        ({"quantity": 4}, "remaining"),
        ({"quantity": 0}, "remaining"),
        ({"orderItems": [{"orderItemId": "L9", "quantity": 1}]}, "not of this order"),
        ({"orderItems": []}, "must not be empty"),
    ],
)
async def test_a_bad_confirmation_is_refused_and_changes_nothing(changes: dict[str, Any], says: str) -> None:
    async with _shop() as shop:
        status, body = await shop.confirm(**changes)
        order = await shop.order()
    assert status == 400 and says in body["errors"][0]["message"]
    assert order["packages"] == []


async def test_a_new_parcel_of_a_finished_order_has_nothing_to_update() -> None:
    async with _shop() as shop:
        await shop.confirm("1", 3)
        status, body = await shop.confirm("2", 1)
    assert status == 400 and "PackageToUpdateNotFound" in body["errors"][0]["message"]


async def test_a_confirmed_parcel_is_shown_after_the_order_lag() -> None:
    async with _shop(FaultPlan(lags=Lags(order=(20, 20)))) as shop:
        await shop.confirm("1", 3)
        at_once = await shop.order()
        shop.time.at += timedelta(seconds=21)
        later = await shop.order()
    assert (at_once["packages"], at_once["fulfillment"]["fulfillmentStatus"]) == ([], "UNSHIPPED")
    assert (len(later["packages"]), later["fulfillment"]["fulfillmentStatus"]) == (1, "SHIPPED")


async def test_a_token_expires_and_belongs_to_one_seller() -> None:
    async with _shop(token_life=100.0) as shop:
        stranger = await shop.call("GET", f"/listings/2021-08-01/items/A2/{SKU}?marketplaceIds={UK}")
        before = await shop.call("GET", f"/orders/2026-01-01/orders/{ORDER}")
        shop.time.at += timedelta(seconds=101)
        after = await shop.call("GET", f"/orders/2026-01-01/orders/{ORDER}")
    assert (stranger[0], before[0], after[0]) == (403, 200, 403)


async def test_an_effect_can_come_after_the_client_was_cut_off() -> None:
    async with _shop() as shop:
        shop.simulator.faults.script(Fault(kind="late_effect", seconds=40))
        with pytest.raises(aiohttp.ClientError):
            await shop.confirm("1", 1)
        while not shop.simulator.journal.entries:
            await shop.order()
        assert shop.simulator.journal.parcels() == {(ORDER, "1"): 1}
        assert shop.time.slept == [40]


@pytest.mark.parametrize(
    ("kind", "accepted"), [("reset", 0), ("error_before", 0), ("cut_answer", 1), ("error_after", 1)]
)
async def test_a_fault_strikes_before_or_after_the_effect(kind: Any, accepted: int) -> None:
    async with _shop() as shop:
        shop.simulator.faults.script(Fault(kind=kind, operation="confirmShipment"))
        try:
            status, _ = await shop.confirm("1", 1)
        except aiohttp.ClientError:
            status = 0
    assert status in (0, 500)
    assert len(shop.simulator.journal.accepted("confirmShipment")) == accepted


async def test_a_spell_ends_by_itself_and_a_script_is_used_up() -> None:
    async with _shop() as shop:
        shop.simulator.faults.spell("denied", 10, shop.time.now())
        shop.simulator.faults.script(Fault(kind="throttle", times=2))
        during = [(await shop.confirm())[0] for _ in range(2)]
        shop.time.at += timedelta(seconds=11)
        after = [(await shop.confirm())[0] for _ in range(3)]
    assert (during, after) == ([403, 403], [429, 429, 204])
    assert len(shop.simulator.journal.throttled(injected=True)) == 2
    assert shop.simulator.journal.throttled() == []


def test_chances_come_from_the_seed() -> None:
    def drawn(seed: int) -> list[bool]:
        plan = FaultPlan(seed, (Chance(probability=0.3, fault=Fault(kind="reset")),))
        return [plan.next("getOrder", "A1", ORDER, datetime.now(UTC)) is not None for _ in range(200)]

    assert drawn(1) == drawn(1) != drawn(2)
    assert 30 < sum(drawn(1)) < 90


async def test_another_process_can_look_in_and_interfere() -> None:
    async with _shop() as shop:
        new = [{"seller_id": "A1", "listings": [{"sku": "POT", "quantity": 2}], "orders": []}]
        await shop.call("POST", "/_simulator/sellers", new)
        await shop.call("POST", "/_simulator/faults", {"script": [{"kind": "denied"}], "lags": {"live": [5, 5]}})
        refused, _ = await shop.confirm()
        _, state, _ = await shop.call("GET", "/_simulator/state")
        bad, _, _ = await shop.call("GET", "/_simulator/state?since=1")
    assert refused == 403 and bad == 200
    assert {listing["sku"]: listing["live"] for listing in state["listings"]} == {SKU: 3, "POT": 2}
    assert [entry["outcome"] for entry in state["journal"]] == ["denied"]


def test_simulated_time_runs_at_its_factor_and_never_back() -> None:
    origin = datetime(2026, 11, 20, tzinfo=UTC)
    time = WallTime(1000.0, origin)
    readings = [time.now() for _ in range(1000)]
    assert readings == sorted(readings)
    assert abs((readings[0] - origin) - (datetime.now(UTC) - origin) * 1000) < timedelta(hours=1)
