"""`goodsout alerts`: what is wrong now, and who owns it."""

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.tables import print_fields, print_json, print_rows, text_of
from daemon.store.alerts import Alert, Event, find_alert, list_alerts
from handlers.alerts import CATALOGUE, OWNERS, SEVERITIES, AlertKind

EXAMPLES = """\b
Examples:
  goodsout alerts
  goodsout alerts list --owner operations --severity critical
  goodsout alerts list --kind carrier_unmapped --resolved
  goodsout alerts show 12
  goodsout alerts list --json | jq '.[].cause'

What each kind means and what to do: docs/alerts/KIND.md
"""


@click.group(invoke_without_command=True, epilog=EXAMPLES)
@click.pass_context
def alerts(ctx: click.Context) -> None:
    """List what has gone wrong and who owns it; alone, it lists what is open.

    An alert closes itself when its cause is gone: there is nothing to acknowledge.
    """
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@alerts.command("list", epilog=EXAMPLES)
@click.option("--kind", type=click.Choice([kind.value for kind in AlertKind]), help="Only this kind.")
@click.option("--owner", type=click.Choice(OWNERS), help="Only what this team owns.")
@click.option("--severity", type=click.Choice(SEVERITIES), help="Only this severity.")
@click.option("--resolved", is_flag=True, help="Those that are over, newest first.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every field.")
@async_command
async def list_(
    kind: str | None = None,
    owner: str | None = None,
    severity: str | None = None,
    resolved: bool = False,
    limit: int = 100,
    as_json: bool = False,
) -> None:
    """List alerts, the most severe and most urgent first."""
    async with desk() as books, books.database.connection() as connection:
        found = await list_alerts(
            connection, resolved=resolved, kind=kind, owner=owner, severity=severity, limit=limit
        )
    if as_json:
        print_json(found)
    elif found:
        _print(found)
    else:
        click.echo("no alert is open" if not resolved else "no alert was resolved", err=True)


def _print(found: list[Alert]) -> None:
    head = ("id", "severity", "owner", "kind", "cause", "times", "since", "deadline", "text")
    print_rows(
        head,
        [
            (one.id, one.severity, one.owner, one.kind, one.cause, one.times, one.raised_at, one.deadline, one.text)
            for one in found
        ],
    )


@alerts.command(epilog=EXAMPLES)
@click.argument("alert_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def show(alert_id: int, as_json: bool) -> None:
    """Show one alert, what to do about it, and the history of its cause.

    Exit status: 0, or 1 when there is no such alert.
    """
    async with desk() as books, books.database.connection() as connection:
        found = await find_alert(connection, alert_id)
    if found is None:
        raise click.ClickException(f"there is no alert {alert_id}; `goodsout alerts` lists the open ones")
    if as_json:
        print_json({"alert": found[0], "history": found[1]})
    else:
        _show(*found)


def _show(alert: Alert, history: list[Event]) -> None:
    entry = CATALOGUE.get(AlertKind(alert.kind)) if alert.kind in set(AlertKind) else None
    print_fields(
        {
            "alert": f"{alert.id}  {alert.kind}  {alert.severity}",
            "owner": alert.owner,
            "cause": alert.cause,
            "subject": alert.subject,
            "text": alert.text,
            "detail": alert.detail,
            "raised": f"{text_of(alert.raised_at)}, {alert.times} times, last {text_of(alert.last_at)}",
            "deadline": alert.deadline,
            "resolved": alert.resolved_at,
            "means": entry.meaning if entry else None,
            "to do": entry.todo if entry else None,
            "manual": f"docs/alerts/{alert.kind}.md",
        }
    )
    click.echo("\nhistory of this cause, newest first")
    print_rows(("at", "what", "alert", "text"), [(one.at, one.what, one.alert_id, one.text) for one in history])
