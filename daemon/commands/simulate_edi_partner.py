"""`goodsout simulate edi-partner`: the other side of an exchange of EDI, for trying one without a partner."""

from pathlib import Path

import click

from daemon.commands.context import async_command, configuration

SHARE = click.FloatRange(0, 1)


@click.command(
    "edi-partner",
    epilog="""\b
Examples:
  goodsout simulate edi-partner
  goodsout simulate edi-partner --exchange simulated --agrees 1
  goodsout simulate edi-partner --late 0.1 --twice 0.1 --cut-off 0.05 --seed 7

\b
It reads what the daemon puts into the exchange's outbox with a reader of its own, answers with CONTRL or 997 about
the form and with APERAK or 824 about the substance, and lays its orders into the inbox. It is told what to do by
files in its folder (--desk; beside the inbox, unless told otherwise), each carried out once:
  {"orders": [...]}                                                    places them
  {"changes": [{"number": "SIMPO010", "change": {"quantities": {"1": 6}}}]}
  {"plan": {"changes_as": "change", "unread": 0.5}}                    from now on; docs/edi.md has the whole list
What it heard, and what it would charge, is in state.json there. docs/rehearsal-vendor.md plays an order through.
Its books are in memory and gone when it ends; its control numbers never come again.
""",
)
@click.option("--exchange", help="Its name in [edi.NAME] of the configuration. Default: the only one.")
@click.option(
    "--desk",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where it is told what to do, and writes state.json.",
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="The same seed, the same faults.")
@click.option("--seconds", type=click.FloatRange(0), help="Ends after so long. Default: with Ctrl-C.")
@click.option("--agrees", type=SHARE, default=0.0, help="Share of documents that an APERAK or 824 says yes to.")
@click.option("--unread", type=SHARE, default=0.0, help="Share of documents that it never says to have read.")
@click.option("--late", type=SHARE, default=0.0, help="Share of its files that younger ones overtake.")
@click.option("--twice", type=SHARE, default=0.0, help="Share of its files that come a second time.")
@click.option(
    "--cut-off", type=SHARE, default=0.0, help="Share of its files that end in the middle; whole ones follow."
)
@async_command
async def edi_partner(
    exchange: str | None, desk: Path | None, seed: int, seconds: float | None, agrees: float, unread: float,
    late: float, twice: float, cut_off: float,
) -> None:  # fmt: skip
    """Be the partner of an exchange by folders: place orders, read and judge what comes, answer it."""
    from daemon.demo.simulated_partner import partner_of, trade
    from daemon.demo.until import until_told
    from simulators.edi_partner import EdiPlan

    settings = configuration().settings
    name = exchange or (next(iter(settings.edi)) if len(settings.edi) == 1 else "")
    if name not in settings.edi:
        known = ", ".join(sorted(settings.edi)) or "none"
        raise click.ClickException(f"name one exchange by --exchange; the configuration has: {known}")
    found = settings.edi[name]
    plan = EdiPlan(
        agrees=agrees,
        unread=unread,
        delayed=late,
        twice=twice,
        truncated=cut_off,
        delay=(5.0, 60.0),
        again_after=60.0,
    )
    place = desk or Path(found.inbox).parent / "partner"
    try:
        partner = partner_of(found, settings.vendors[found.vendor].party, place, plan, seed, click.echo)
    except ValueError as why:
        raise click.ClickException(f"exchange {name}: {why}") from None
    click.echo(f"the partner of {name}: reads {found.outbox}, lays into {found.inbox}, is told what to do in {place}")
    async with until_told(seconds) as told:
        await trade(partner, told)
