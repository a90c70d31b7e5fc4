"""One order's whole story out of real books: the channel, the warehouse, the parcel, its confirmation, people."""

from pathlib import Path

from daemon.store.order_story import order_story
from schemas.terms import ChannelOrderId
from tests.live.release_rig import CHANNEL, HOME, release_rig

DESPATCH = """
insert into despatch (account, despatch_id, revision, state, warehouse, order_reference, channel_account,
    channel_order_id, despatched_at, received_at)
values ('acme', 'D/1', 1, 'completed', 'W1', '111-1', 'uk', '111-1', $1, $1)
"""
PARCEL = """
insert into parcel (account, despatch_id, parcel_id, revision, package_reference, content)
values ('acme', 'D/1', 'P1', 1, '100001', '{"carrier": "DPD", "service": "NEXT", "tracking_number": "T1"}')
"""
CONFIRMATION = """
with made as (
    insert into effect (kind, subject, unique_key, lane, account, state, payload, due, received_at, created_at)
    values ('confirm_despatch', 'acme/D%2F1/P1', 'k', 'despatch', 'uk', 'accepted', '{}', $1, $1, $1)
    returning id
)
insert into effect_history (effect_id, at, state) select id, $1, 'accepted' from made
"""


async def test_a_story_goes_from_the_order_to_the_confirmation_and_names_no_buyer(
    tmp_path: Path, database_url: str
) -> None:
    async with release_rig(tmp_path, database_url) as rig:
        await rig.sell("111-1")
        await rig.sell("111-2")
        loop = await rig.later(await rig.run())
        rig.move("111-1", "PICK")
        await rig.become("111-1", "cancelled", "CANCELLED")
        await rig.later(loop)
        await rig.answer("111-1", "too_late")
        await rig.later(loop)
        rig.hand.on(60)
        for statement in (DESPATCH, CONFIRMATION):
            await rig.books.execute(statement, rig.hand.at)
        await rig.books.execute(PARCEL)
        async with rig.database.connection() as connection:
            story = await order_story(connection, CHANNEL, ChannelOrderId("111-1"), 100)
            other = await order_story(connection, CHANNEL, ChannelOrderId("111-2"), 100)
            assert await order_story(connection, CHANNEL, ChannelOrderId("111-3"), 100) is None
        assert story is not None and other is not None
        told = [f"{moment.where}: {moment.what}" for moment in story.timeline(100)]
        expected = (
            "uk: ordered, 2 lines", "W1: the request to make the order: left",
            "W1: the request to make the order: was accepted",
            "uk: changed, version 2: cancelled (CANCELLED)", "here: ALERT order_stop_asked", "operations: asked",
            "operations: somebody decided: too_late", "here: ALERT order_tell_channel",
            "W1: parcel P1 completed, revision 1: DPD NEXT, T1", "uk: the confirmation: was accepted",
        )  # fmt: skip
        places = [next(place for place, one in enumerate(told) if one.startswith(start)) for start in expected]
        assert len(set(places)) == len(expected), told
        assert "DPD NEXT" not in str(other) and "order_stop" not in str(other), "each order has its own story"
        assert len(story.timeline(3)) == 3
        assert HOME.name not in str(story) and HOME.postcode not in str(story)
