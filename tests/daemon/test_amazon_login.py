"""Login with Amazon: early, shared, renewed, rotated, and never told to anybody."""

import asyncio
import logging
import os
from pathlib import Path

import pytest

from daemon.clock import Clock
from daemon.links.answer import Denied, Done
from daemon.links.lwa import AccessToken, LoginWithAmazon
from tests.daemon.amazon_rig import MARKETPLACE, ORDER, SKU, parcel, rig


async def test_callers_who_come_together_share_one_fetch(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        tokens = await asyncio.gather(*(on.login.token(on.account) for _ in range(20)))
    assert len({id(token) for token in tokens}) == 1
    assert len(on.simulator.login.fetches) == 1


async def test_a_caller_who_gives_up_does_not_take_the_fetch_away_from_the_others(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        first = asyncio.create_task(on.login.token(on.account))
        await asyncio.sleep(0)
        second = asyncio.create_task(on.login.token(on.account))
        await asyncio.sleep(0)
        first.cancel()
        assert isinstance(await second, AccessToken)
    assert len(on.simulator.login.fetches) == 1


async def test_each_account_has_its_own_token(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        other = on.simulator.add_seller("A2OTHER")
        (tmp_path / "refresh2").write_text(other.refresh_token)
        account = on.account.__replace__(seller_id="A2OTHER", refresh_token_file=str(tmp_path / "refresh2"))
        tokens = [await on.login.token(on.account), await on.login.token(account)]
    assert [token.value.split("|")[1] for token in tokens if isinstance(token, AccessToken)] == [
        "A1SELLER",
        "A2OTHER",
    ]


async def test_a_token_is_renewed_before_it_ends(tmp_path: Path) -> None:
    class Turned(Clock):
        ahead = 0.0

        def monotonic(self) -> float:
            return super().monotonic() + self.ahead

    async with rig(tmp_path) as on:
        clock = Turned()
        login = LoginWithAmazon(on.session, clock, refresh_early=60.0)
        first = await login.token(on.account)
        clock.ahead = 3500.0
        still = await login.token(on.account)
        clock.ahead = 3545.0
        renewed = await login.token(on.account)
    assert first is still
    assert isinstance(renewed, AccessToken) and renewed is not first


async def test_a_rotated_secret_is_read_without_a_restart(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        assert isinstance(await on.link.confirm_despatch(ORDER, parcel()), Done)
        on.simulator.login.rotate(on.seller.client_id, "fresh-secret")
        on.simulator.login.expire_all()
        on.write_secret("fresh-secret")
        answer = await on.link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 5, None)
    assert isinstance(answer, Done)
    assert [status for _, _, status in on.simulator.login.fetches] == [200, 200]


async def test_a_secret_swapped_without_a_new_time_is_read_once_it_is_turned_away(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        await on.login.token(on.account)
        stamp = (tmp_path / "secret").stat()
        on.simulator.login.rotate(on.seller.client_id, "simulated-SECRET")
        on.simulator.login.expire_all()
        on.write_secret("simulated-SECRET")
        os.utime(tmp_path / "secret", ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
        answer = await on.link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 5, None)
    assert isinstance(answer, Done)


async def test_an_expired_token_is_settled_without_the_caller_noticing(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        await on.login.token(on.account)
        on.simulator.login.expire_all()
        answer = await on.link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 5, None)
        told = on.simulator.journal.told("A1SELLER", SKU)
    assert isinstance(answer, Done)
    assert told == [5]


async def test_a_wrong_secret_is_denied_and_says_which_file(tmp_path: Path) -> None:
    async with rig(tmp_path) as on:
        on.write_secret("wrong-secret")
        answer = await on.link.confirm_despatch(ORDER, parcel())
    assert isinstance(answer, Denied)
    assert "invalid_client" in answer.reason and str(tmp_path / "secret") in answer.reason
    assert "wrong-secret" not in answer.reason


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
async def test_a_missing_empty_or_unreadable_secret_is_denied_by_name(tmp_path: Path, content: bytes | None) -> None:
    async with rig(tmp_path) as on:
        (tmp_path / "secret").unlink()
        if content is not None:
            (tmp_path / "secret").write_bytes(content)
        answer = await on.login.token(on.account)
    assert isinstance(answer, Denied) and "secret" in answer.reason


async def test_secrets_and_tokens_are_in_no_repr_and_no_log(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    async with rig(tmp_path) as on:
        token = await on.login.token(on.account)
        assert isinstance(token, AccessToken)
        await on.link.patch_listing(SKU, MARKETPLACE, "PRODUCT", 5, None)
        shown = repr(token) + repr(on.login._accounts) + caplog.text
        secrets = [token.value, on.seller.client_secret, on.seller.refresh_token]
    assert [secret for secret in secrets if secret in shown] == []
