"""The command line. Each command is a module of `daemon/commands/`, imported only when it is run."""

from pathlib import Path

import click

from daemon.commands.context import CommandLine
from daemon.commands.lazy import LazyGroup

COMMANDS = {
    "demo": ("daemon.commands.demo:demo", "See all of it at work, against simulators, in two minutes."),
    "run": ("daemon.commands.run:run", "Run the daemon, whole or some of its roles."),
    "check-config": (
        "daemon.commands.check_config:check_config",
        "Print the settings in force, or all their faults.",
    ),
    "migrate": ("daemon.commands.migrate:migrate", "Bring the database to this version's tables."),
    "topology": ("daemon.commands.topology:topology", "Print which message goes to which queue and handler."),
    "status": ("daemon.commands.status:status", "Show what is behind, in doubt, blocked."),
    "explain": ("daemon.commands.explain:explain", "Explain what a channel was told about a SKU, and why."),
    "listings": ("daemon.commands.listings:listings", "Import and export which listing sells which SKU."),
    "carriers": ("daemon.commands.carriers:carriers", "Import and export carriers and services by channel."),
    "services": (
        "daemon.commands.services:services",
        "Import and export carriers and services by what buyers chose.",
    ),
    "codes": ("daemon.commands.codes:codes", "Import and export ASINs, vendor SKUs and barcodes by SKU."),
    "orders": ("daemon.commands.orders:orders", "List and show orders that wait to be released, and why."),
    "pos": ("daemon.commands.pos:pos", "List and show retailers' purchase orders and their answers."),
    "packs": ("daemon.commands.packs:packs", "Import and export how many eaches are in a case."),
    "costs": ("daemon.commands.costs:costs", "Import and export the costs agreed with retailers."),
    "erase": ("daemon.commands.erase:erase", "Erase what is held of an order's buyer."),
    "labels": ("daemon.commands.labels:labels", "List labels bought for orders, and get their files to print."),
    "invoices": ("daemon.commands.invoices:invoices", "List and show invoices to retailers and what was paid."),
    "edi": ("daemon.commands.edi:edi", "List EDI documents, print their files, and put a file once more."),
    "cartons": ("daemon.commands.cartons:cartons", "Show loads to retailers and print their carton labels."),
    "compare": ("daemon.commands.compare:compare", "List what a channel, the mapping and the warehouse disagree on."),
    "health": ("daemon.commands.health:health", "Show how accounts stand, and which orders would tip them."),
    "parked": ("daemon.commands.parked:parked", "List, show, replay or discard parked messages."),
    "alerts": ("daemon.commands.alerts:alerts", "List what has gone wrong and who owns it."),
    "decisions": ("daemon.commands.decisions:decisions", "List, show and take the decisions that wait."),
    "restore": ("daemon.commands.restore:restore", "Put listings back to what they showed at a time."),
    "simulate": ("daemon.commands.simulate:simulate", "Run a simulator: the warehouse, Clarus, or Amazon."),
    "version": ("daemon.commands.version:version", "Print the version."),
}


@click.group(
    cls=LazyGroup,
    lazy=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Examples:
  goodsout demo
  goodsout --config /etc/goodsout/goodsout.toml check-config
  GOODSOUT_CONFIG=/etc/goodsout/goodsout.toml goodsout run
  goodsout COMMAND --help
""",
)
@click.option(
    "--config",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The configuration file. Without it: the file that GOODSOUT_CONFIG names, else ./goodsout.toml.",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """Keep marketplaces true to the warehouse: stock, despatch, and what was promised about them.

    Settings come from a TOML file; GOODSOUT_<TABLE>__<KEY> variables override it, such as
    GOODSOUT_INTAKE__BATCH=200. Secrets come from files that the settings name.
    """
    ctx.obj = CommandLine(config)


if __name__ == "__main__":
    main(prog_name="goodsout")
