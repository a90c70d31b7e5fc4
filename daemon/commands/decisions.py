"""`goodsout decisions`: questions that only a person may answer."""

from typing import IO

import click

from daemon.commands.context import async_command
from daemon.commands.desk import desk
from daemon.commands.tables import print_fields, print_json, print_rows
from daemon.store.database import Connection
from daemon.store.decisions import Choice, chosen, decide, find_decision, list_decisions
from handlers.alerts import OWNERS
from handlers.decisions import Decision, MoveEffect, Refused, What, carry_out, check_choice, meaning
from handlers.notes import KeepPromise, ResolveAlert
from handlers.purchase_order_desk import PO_ANSWER, PoDeed
from handlers.ship_desk import NoticeDeed
from handlers.zero_questions import MASS_ZERO, AllowUnread, AnswerZero, EndBrake, KeepHeld, ReleaseListed, ZeroDeed

EXAMPLES = """\b
Examples:
  goodsout decisions list
  goodsout decisions list --owner operations --json
  goodsout decisions show 7
  goodsout decisions decide 7 confirmed_by_hand --by ann --dry-run
  goodsout decisions decide 7 confirmed_by_hand --by ann --note "seen in Seller Central"
  goodsout decisions decide 8 release_list --file gone.txt --by ann
"""


@click.group(epilog=EXAMPLES)
def decisions() -> None:
    """List, show and take the decisions that wait for a person.

    Each has its options. Where one has a default and a time, policy takes the default when nobody has decided
    by then.
    """


@decisions.command("list", epilog=EXAMPLES)
@click.option("--kind", help="Only questions of this kind.")
@click.option("--owner", type=click.Choice(OWNERS), help="Only what this team owns.")
@click.option("--closed", is_flag=True, help="Those that are decided.")
@click.option("--limit", type=click.IntRange(1, 10_000), default=100, show_default=True)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with every field.")
@async_command
async def list_(kind: str | None, owner: str | None, closed: bool, limit: int, as_json: bool) -> None:
    """List questions, the one whose default comes first at the top."""
    async with desk() as books, books.database.connection() as connection:
        found = await list_decisions(connection, closed=closed, kind=kind, owner=owner, limit=limit)
    if as_json:
        print_json(found)
    elif found:
        _print(found)
    else:
        click.echo("no decision waits for a person" if not closed else "no decision is closed", err=True)


def _print(found: list[Decision]) -> None:
    head = ("id", "owner", "kind", "subject", "options", "default", "taken at", "decided", "by", "question")
    print_rows(
        head,
        [
            (
                one.id,
                one.owner,
                one.kind,
                one.subject,
                one.options,
                one.default_option,
                one.default_at,
                one.decided,
                one.decided_by,
                one.question,
            )
            for one in found
        ],
    )


@decisions.command(epilog=EXAMPLES)
@click.argument("decision_id", metavar="ID", type=int)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@async_command
async def show(decision_id: int, as_json: bool) -> None:
    """Show one question and what each of its options does.

    Exit status: 0, or 1 when there is no such decision.
    """
    async with desk() as books, books.database.connection() as connection:
        found = await _find(connection, decision_id)
    if as_json:
        print_json(found)
    else:
        _show(found)


async def _find(connection: Connection, decision_id: int) -> Decision:
    found = await find_decision(connection, decision_id)
    if found is None:
        raise click.ClickException(
            f"there is no decision {decision_id}; `goodsout decisions list` shows the open ones"
        )
    return found


def _show(decision: Decision) -> None:
    print_fields(
        {
            "decision": f"{decision.id}  {decision.kind}",
            "owner": decision.owner,
            "subject": decision.subject,
            "question": decision.question,
            "detail": decision.detail,
            "raised": decision.raised_at,
            "default": decision.default_option,
            "taken at": decision.default_at,
            "decided": decision.decided,
            "by": decision.decided_by,
            "at": decision.decided_at,
            "note": decision.note,
        }
    )
    click.echo("\noptions")
    print_rows(("option", "what it does"), [(one, meaning(decision.kind, one)) for one in decision.options])


@decisions.command("decide", epilog=EXAMPLES)
@click.argument("decision_id", metavar="ID", type=int)
@click.argument("option")
@click.option("--by", required=True, help="Who decides: a name that others can ask.")
@click.option("--note", default="", help="Why.")
@click.option("--sku", "skus", multiple=True, metavar="SELLER_SKU", help="What it is about; may be given many times.")
@click.option("--file", type=click.File("r"), help="The same from a file, one in each line; - is standard input.")
@click.option("--dry-run", is_flag=True, help="Say what it would do, and do nothing.")
@async_command
async def take(
    decision_id: int, option: str, by: str, note: str, skus: tuple[str, ...], file: IO[str] | None, dry_run: bool
) -> None:
    """Decide: choose one of the options, which is carried out at once and recorded with your name.

    Exit status: 0, or 1 when the question is closed or has no such option.
    """
    choice = Choice(option, _named(by), note.strip(), _listed(skus, file))
    try:
        async with desk() as books, books.database.transaction() as connection:
            at = books.clock.now()
            if dry_run:
                found = await _find(connection, decision_id)
                check_choice(found, option)
                done = carry_out(chosen(found, choice, at))
            else:
                done = await decide(connection, decision_id, choice, at, books.owners)
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    _tell(decision_id, choice, done, dry_run)


def _listed(skus: tuple[str, ...], file: IO[str] | None) -> tuple[str, ...]:
    """Names as they stand, spaces and all; empty lines are passed over."""
    lines = (line.rstrip("\r\n") for line in file or ())
    return tuple(dict.fromkeys((*skus, *(line for line in lines if line.strip()))))


def _named(by: str) -> str:
    if not by.strip():
        raise click.BadParameter("a name is needed", param_hint="--by")
    return by.strip()


def _tell(decision_id: int, choice: Choice, done: list[What], dry_run: bool) -> None:
    verb = "would be decided" if dry_run else "is decided"
    click.echo(f"decision {decision_id} {verb}: {choice.option}, by {choice.by}")
    for what in done:
        click.echo(f"  {_says(what)}")
    if not any(isinstance(what, MoveEffect | ZeroDeed | PoDeed | NoticeDeed) for what in done):
        click.echo("  nothing is sent or stopped by it")


def _says(what: What) -> str:
    match what:
        case MoveEffect(effect_id=effect_id, state=state):
            return f"effect {effect_id} becomes {state}"
        case NoticeDeed(load_key=load_key):
            return f"what load {load_key} held when this was asked counts as accepted, and may be invoiced"
        case PoDeed(choice=choice):
            return meaning(PO_ANSWER, choice)
        case ResolveAlert(kind=kind, cause=cause):
            return f"the alert {kind.value} of {cause} is resolved, if it is open"
        case KeepPromise(kind=kind, subject=subject):
            return f"the promise {kind} of {subject} is settled, if it is open"
        case AnswerZero() | EndBrake() | AllowUnread() | ReleaseListed() | KeepHeld():
            return _says_of_zeroes(what)
        case _:
            return type(what).__name__


def _says_of_zeroes(deed: ZeroDeed) -> str:
    match deed:
        case AnswerZero(answer=answer):
            return "the channel is told 0" if answer == "send" else "the channel keeps what it shows"
        case EndBrake(outcome=outcome):
            return meaning(MASS_ZERO, outcome)
        case AllowUnread(until=until):
            return f"listings without a fresh reading are restored too, until {until:%F %T} UTC"
        case ReleaseListed(seller_skus=seller_skus):
            return f"{len(seller_skus)} zeroes are told; the others stay held"
        case KeepHeld(again_at=again_at):
            return f"all stays held, levels are asked for, and the question stays open until {again_at:%F %T} UTC"
