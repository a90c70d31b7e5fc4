"""Work side by side: a piece that hangs holds up no other, and none is lost."""

import asyncio

import pytest

from daemon.abreast import Abreast


async def test_a_piece_that_hangs_holds_up_its_round_only_so_long_and_later_rounds_not_at_all() -> None:
    abreast, hangs, done = Abreast(3, wait=0.01), asyncio.Event(), list[str]()

    async def piece(name: str) -> None:
        if name == "hangs":
            await hangs.wait()
        done.append(name)

    abreast.start("hangs", piece("hangs"))
    await abreast.go_on()
    assert (abreast.names, abreast.room) == (frozenset({"hangs"}), 2)
    for name in ("one", "two", "three"):
        abreast.start(name, piece(name))
        await abreast.go_on()
    assert done == ["one", "two", "three"]
    assert abreast.names == {"hangs"}
    hangs.set()
    await abreast.finish()
    assert done[-1] == "hangs"
    assert (abreast.names, abreast.room) == (frozenset(), 3)


async def test_without_a_bound_a_round_waits_for_all_that_it_began() -> None:
    abreast, done = Abreast(2), list[int]()

    async def piece(number: int) -> None:
        for _ in range(50 * number):
            await asyncio.sleep(0)
        done.append(number)

    for number in (2, 1):
        abreast.start(str(number), piece(number))
    await abreast.go_on()
    assert sorted(done) == [1, 2]
    assert not abreast.names


async def test_a_piece_that_dies_is_told_once_and_the_others_are_put_away() -> None:
    abreast, done = Abreast(2), list[str]()

    async def dies() -> None:
        raise ValueError("broken")

    async def lives() -> None:
        done.append("lives")

    abreast.start("dies", dies())
    abreast.start("lives", lives())
    with pytest.raises(ValueError, match="broken"):
        await abreast.go_on()
    await abreast.go_on()
    assert done == ["lives"]
    assert abreast.room == 2
