"""What the demo says at its end: what happened, what was proven, where to look next."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.text import Text

from daemon.demo.house import House
from daemon.demo.look import Seen
from daemon.demo.timeline import Timeline, clock
from daemon.demo.verdict import Proof


def summarise(
    console: Console, house: House, timeline: Timeline, seen: Seen, proofs: Sequence[Proof], keep: Path | None
) -> None:
    """Print it all."""
    _say(console, "What happened", [_business(house, seen), _despatches(seen), _alerts(seen)])
    _say(
        console,
        "Faults injected, and how each ended",
        [_fault_line(timeline, place) for place in range(len(timeline.episodes))],
    )
    _say(
        console,
        "What was proven, from Amazon's side and the warehouse's",
        [line for proof in proofs for line in _proof(proof)],
    )
    _say(console, "Where to look next", _next(house, keep))


def verdict_line(proofs: Sequence[Proof], *, finished: bool, seed: int) -> str:
    """The last line."""
    broken = sum(not proof.held for proof in proofs)
    if broken:
        return f"FAILED: {broken} of {len(proofs)} promises did not hold; again with: goodsout demo --seed {seed}"
    early = "" if finished else " (stopped early: only what can be judged at any moment was judged)"
    return f"The promises held: {len(proofs)} of {len(proofs)}{early}. Seed {seed}."


def _say(console: Console, title: str, lines: Sequence[str]) -> None:
    console.print(f"\n[bold]{escape(title)}[/bold]")
    for line in lines:
        console.print(Padding(Text.from_markup(line), (0, 0, 0, 2), expand=False), highlight=False)


def _business(house: House, seen: Seen) -> str:
    accounts = len(seen.shelves)
    return (
        f"{len(house.offers)} listings of {accounts} selling accounts; {house.stream.entries} stock changes applied "
        f"in {clock(seen.at)}; {len(house.amazon.journal.accepted('patchListingsItem'))} quantities told to Amazon"
    )


def _despatches(seen: Seen) -> str:
    parcels = seen.parcels
    return (
        f"{parcels.told} of {parcels.due} parcels told; from the warehouse's event to the call: "
        f"half within {parcels.middle * 1000:.0f} ms, 95 % within {parcels.at(0.95) * 1000:.0f} ms"
    )


def _alerts(seen: Seen) -> str:
    left = ", ".join(sorted({alert.kind for alert in seen.alerts})) or "none"
    return f"{seen.alerts_resolved} alerts closed themselves; open for people: {left}"


def _fault_line(timeline: Timeline, place: int) -> str:
    episode = timeline.episodes[place]
    how = escape(episode.how) if episode.ended_at is not None else "[yellow]still going on[/yellow]"
    return f"{clock(episode.at)}  {escape(episode.title)}: {how}"


def _proof(proof: Proof) -> list[str]:
    word = "[green]held[/green]  " if proof.held else "[red]BROKEN[/red]"
    return [
        f"{word}  {escape(proof.promise)} ({escape(proof.figures)})",
        *(f"          {escape(w)}" for w in proof.wrong),
    ]


def _program() -> str:
    """How this program is called from here."""
    called = sys.argv[0]
    return called if Path(called).name == "goodsout" and shutil.which("goodsout") is None else "goodsout"


def _next(house: House, keep: Path | None) -> list[str]:
    program = _program()
    if keep is None:
        return [
            f"{program} demo --seed {house.seed} --keep /tmp/house   the same again; its books stay",
            "docs/README.md    the operators' manual: alerts, decisions, parked messages",
            f"{program} topology    which message goes to which queue and handler",
            f"{program} simulate --help    the same simulators, against your own RabbitMQ",
        ]
    configured = f"{program} --config {keep / 'goodsout.toml'}"
    sku = house.faults.lost[0].key[2] if house.faults.lost else house.offers[0].sku
    return [
        f"{configured} status",
        f"{configured} explain {sku}       a SKU that lost an event on the way",
        f"{configured} parked list         and what was wrong with each",
        f"{configured} alerts              each kind has a page in docs/alerts/",
        f"rm -r {keep}       when you have seen enough",
    ]
