"""A correction that moves units between parcels: who gives up comes first, and nobody waits in a ring."""

from handlers.effects import Effect
from tests.controls.despatches import after, data, decided, line, parcel

OTHER = "79039765272158"


def corrected(
    first: list[dict[str, object]], second: list[dict[str, object]], state: str = "accepted"
) -> list[Effect]:
    """The requests of revision 2, by parcel id, once the channel has revision 1."""
    states = {str(one["parcel_id"]): state for one in first}
    known = after(decided(content=data(first)), states=states)
    return sorted(decided(known, data(second, revision=2)).new, key=lambda effect: effect.payload.parcel_id)


def key(parcel_id: str) -> str:
    return f"confirm_despatch/acme/D1/{parcel_id}/2"


def test_a_parcel_that_takes_units_over_waits_for_the_one_that_gives_them_up() -> None:
    giver, taker = corrected(
        [parcel("P1", lines=[line(quantity=2)]), parcel("P2", lines=[line(quantity=1)])],
        [parcel("P1", lines=[line(quantity=1)]), parcel("P2", lines=[line(quantity=2)])],
    )
    assert (giver.after_keys, taker.after_keys) == ((), (key("P1"),))


def test_a_new_parcel_waits_for_the_one_that_it_was_split_off() -> None:
    giver, fresh = corrected(
        [parcel("P1", lines=[line(quantity=2)])],
        [parcel("P1", lines=[line(quantity=1)]), parcel("P2", lines=[line(quantity=1)])],
    )
    assert (giver.after_keys, fresh.after_keys) == ((), (key("P1"),))


def test_parcels_that_swap_lines_do_not_wait_for_each_other() -> None:
    one, other = [line(quantity=1)], [line(quantity=1, line_reference=OTHER)]
    swapped = corrected(
        [parcel("P1", lines=one), parcel("P2", lines=other)], [parcel("P1", lines=other), parcel("P2", lines=one)]
    )
    assert [effect.after_keys for effect in swapped] == [(), ()]


def test_other_lines_do_not_wait() -> None:
    _, other = corrected(
        [parcel("P1", lines=[line(quantity=2)])],
        [parcel("P1", lines=[line(quantity=1)]), parcel("P2", lines=[line(line_reference=OTHER)])],
    )
    assert other.after_keys == ()


def test_what_the_channel_was_never_told_gives_nothing_up() -> None:
    _, fresh = corrected(
        [parcel("P1", lines=[line(quantity=2)])],
        [parcel("P1", lines=[line(quantity=1)]), parcel("P2", lines=[line(quantity=1)])],
        state="waiting",
    )
    assert fresh.after_keys == ()


def test_a_first_despatch_waits_for_nobody() -> None:
    decision = decided(content=data([parcel("P1"), parcel("P2")]))
    assert [effect.after_keys for effect in decision.new] == [(), ()]
