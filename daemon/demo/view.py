"""What the demo shows while it runs: a screen that redraws in place, or plain lines where there is no terminal."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from rich.box import ASCII, ROUNDED
from rich.console import Console, RenderableType
from rich.layout import Layout
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from daemon.budget import CONFIRM_DESPATCH, PATCH_LISTING, READ_LISTING, READ_ORDER
from daemon.demo.look import Seen, Shelf
from daemon.demo.offers import SELLERS
from daemon.demo.timeline import Episode, Timeline, clock

SMALLEST = (60, 20)
"""Columns and lines below which plain lines read better."""
LINE_EVERY = 3.0
"""Seconds between two plain lines."""
UPPER, MIDDLE = 7, 8
"""Lines of the two upper rows; the timeline has the rest."""
PLANS = {
    "patch listing": PATCH_LISTING,
    "read listing": READ_LISTING,
    "confirm parcel": CONFIRM_DESPATCH,
    "read order": READ_ORDER,
}


class View(Protocol):
    """Shows looks as they come. Use it as a context manager."""

    def show(self, seen: Seen, phase: str) -> None: ...

    def note(self, line: str) -> None:
        """Something has begun or ended."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def view_for(console: Console, timeline: Timeline, title: str, seconds: float, *, plain: bool) -> View:
    """A live screen on a terminal that has room for it; else lines."""
    small = console.width < SMALLEST[0] or console.height < SMALLEST[1]
    if plain or small or not console.is_terminal or console.is_dumb_terminal:
        return Lines(lambda line: console.print(line, markup=False, highlight=False, soft_wrap=True))
    return Screen(console, timeline, title, seconds)


@dataclass(slots=True)
class Lines:
    """A line every few seconds, and one for each beginning and end."""

    say: Callable[[str], None]
    _next: float = 0.0

    def show(self, seen: Seen, phase: str) -> None:
        if seen.at < self._next:
            return
        self._next = seen.at + LINE_EVERY
        shelves, parcels = seen.shelves.values(), seen.parcels
        self.say(
            f"{clock(seen.at)} {phase}: true {seen.true}, stale {sum(s.stale for s in shelves)}, in doubt "
            f"{sum(s.in_doubt for s in shelves)} | patches {_patches(seen):.1f}/s of {_limit():.0f} | parcels "
            f"{parcels.told}/{parcels.due}, blocked {parcels.blocked}, p50 {parcels.middle * 1000:.0f} ms | alerts "
            f"{len(seen.alerts)} | dead letters {seen.parked}"
        )

    def note(self, line: str) -> None:
        self.say(line)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


def _patches(seen: Seen) -> float:
    return sum(rate for (operation, _), rate in seen.calls.items() if operation == PATCH_LISTING.operation)


def _limit() -> float:
    return PATCH_LISTING.rate * len(SELLERS)


@dataclass(slots=True)
class Screen:
    """The alternate screen of the terminal, drawn anew at each look: nothing scrolls, and nothing stays behind."""

    console: Console
    timeline: Timeline
    title: str
    seconds: float
    _live: Live = field(init=False)

    def __post_init__(self) -> None:
        self._live = Live(console=self.console, screen=True, auto_refresh=False)

    def show(self, seen: Seen, phase: str) -> None:
        self._live.update(self.drawn(seen, phase), refresh=True)

    def note(self, line: str) -> None:
        """The timeline on the screen says it."""

    def __enter__(self) -> Self:
        self._live.__enter__()
        self._live.update(Text("opening ...", "dim"), refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.__exit__(kind, error, trace)

    def drawn(self, seen: Seen, phase: str) -> Layout:
        layout = Layout()
        layout.split_column(
            Layout(self._head(seen, phase), size=1),
            Layout(name="upper", size=UPPER),
            Layout(name="middle", size=MIDDLE),
            Layout(self._panel("faults, and how they ended", _timeline(self.timeline, self._room())), name="faults"),
        )
        layout["upper"].split_row(
            Layout(self._panel("listings at Amazon", _stock(seen)), ratio=11),
            Layout(self._panel("despatch", _despatch(seen)), ratio=9),
        )
        layout["middle"].split_row(
            Layout(self._panel("calls a second; bursts are allowed", _calls(seen)), ratio=11),
            Layout(self._panel("for people", _people(seen)), ratio=9),
        )
        return layout

    def _room(self) -> int:
        return max(1, self.console.height - UPPER - MIDDLE - 3)

    def _head(self, seen: Seen, phase: str) -> RenderableType:
        line = Table.grid(expand=True)
        line.add_column(no_wrap=True, overflow="ellipsis")
        line.add_column(justify="right", no_wrap=True)
        when = f"{phase} {clock(seen.at)} of {clock(self.seconds)} | Ctrl-C ends it "
        line.add_row(Text(f" {self.title}", "bold"), Text(when, "dim"))
        return line

    def _panel(self, title: str, inner: RenderableType) -> Panel:
        box = ASCII if self.console.options.ascii_only else ROUNDED
        return Panel(inner, title=title, title_align="left", box=box, border_style="dim", padding=(0, 1))


def _grid(*justify: str, head: Sequence[str] = ()) -> Table:
    table = Table(box=None, show_header=bool(head), expand=True, padding=(0, 1, 0, 0), header_style="dim")
    for place, side in enumerate(justify):
        name = head[place] if head else ""
        table.add_column(name, justify="left" if side == "left" else "right", no_wrap=True, overflow="ellipsis")
    return table


def _stock(seen: Seen) -> Table:
    table = _grid("left", "right", "right", "right", head=("account", "true", "stale", "in doubt"))
    for name, shelf in seen.shelves.items():
        table.add_row(name, *_shelf(shelf))
    total = Shelf(*(sum(getattr(s, part) for s in seen.shelves.values()) for part in ("true", "stale", "in_doubt")))
    table.add_row(Text("all", "bold"), *_shelf(total))
    return table


def _shelf(shelf: Shelf) -> tuple[Text, Text, Text]:
    return (
        Text(str(shelf.true), "green"),
        Text(str(shelf.stale), "yellow" if shelf.stale else "dim"),
        Text(str(shelf.in_doubt), "magenta" if shelf.in_doubt else "dim"),
    )


def _despatch(seen: Seen) -> Table:
    parcels = seen.parcels
    table = _grid("left", "right")
    table.add_row("parcels left", str(parcels.due))
    table.add_row("told to Amazon", Text(str(parcels.told), "green"))
    table.add_row("blocked", Text(str(parcels.blocked), "yellow" if parcels.blocked else "dim"))
    table.add_row("event to call, p50", _milliseconds(parcels.middle))
    table.add_row("event to call, p95", _milliseconds(parcels.at(0.95)))
    return table


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms" if seconds else "-"


def _calls(seen: Seen) -> Table:
    table = _grid("left", *("right" for _ in SELLERS), "right", head=("", *SELLERS, "of"))
    for name, plan in PLANS.items():
        rates = [seen.calls.get((plan.operation, seller), 0.0) for seller in SELLERS]
        table.add_row(name, *(_rate(rate, plan.rate) for rate in rates), f"{plan.rate:g}")
    own = Text(str(seen.own_excess), "bold red" if seen.own_excess else "green")
    table.add_row("429s by us", own, "", "", "", end_section=True)
    return table


def _rate(rate: float, limit: float) -> Text:
    return Text(f"{rate:.1f}" if rate else "-", "cyan" if rate >= 0.8 * limit else "" if rate else "dim")


def _people(seen: Seen) -> Table:
    table = Table.grid(expand=True)
    table.add_column(no_wrap=True, overflow="ellipsis")
    table.add_row(Text.assemble("dead letters ", (str(seen.parked), "magenta" if seen.parked else "dim")))
    table.add_row(f"alerts {len(seen.alerts)}, closed themselves {seen.alerts_resolved}")
    counts = Counter((alert.kind, alert.owner) for alert in seen.alerts)
    for (kind, owner), count in list(counts.items())[: MIDDLE - 4]:
        table.add_row(Text(f"{kind}{f' x{count}' if count > 1 else ''} > {owner}", "yellow"))
    return table


def _timeline(timeline: Timeline, room: int) -> Table:
    table = Table.grid(expand=True, padding=(0, 1, 0, 0))
    table.add_column(no_wrap=True, width=4)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    table.add_column(no_wrap=True, overflow="ellipsis", ratio=1)
    for episode in _that_fit(timeline.episodes, room):
        over = episode.ended_at is not None
        table.add_row(
            Text(clock(episode.at), "dim"),
            Text(episode.title, "" if over else "yellow"),
            Text(episode.how if over else "...", "green" if over else "yellow"),
        )
    return table


def _that_fit(episodes: Sequence[Episode], room: int) -> list[Episode]:
    """What is still open, then the newest of what has ended; in the order of their beginnings."""
    by_worth = sorted(episodes, key=lambda one: (one.ended_at is None, one.ended_at or one.at), reverse=True)
    return sorted(by_worth[:room], key=lambda one: one.at)
