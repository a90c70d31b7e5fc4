"""How parked messages look to a person."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict

import click

from daemon.bus.port import Publication
from daemon.commands.tables import harmless, print_fields, print_json, print_rows, text_of
from daemon.replay import Replay
from daemon.store.parked_search import ParkedMessage


def print_parked(found: Sequence[ParkedMessage]) -> None:
    head = ("id", "parked at", "reason", "origin", "routing key", "key", "times", "state", "detail")
    print_rows(
        head,
        [
            (
                one.id,
                one.parked_at,
                one.reason,
                one.origin,
                one.routing_key,
                one.partition_key,
                one.deliveries,
                one.state,
                one.detail,
            )
            for one in found
        ],
    )


def show_parked(message: ParkedMessage, body: bytes | None, *, as_json: bool) -> None:
    """One message; `body` None: it is sealed, and stays so."""
    if as_json:
        print_json(asdict(message) | _body_fields(body))
        return
    print_fields(
        {
            "parked": f"{message.id}  {message.state}  {text_of(message.parked_at)}, {message.deliveries} times",
            "reason": message.reason,
            "detail": message.detail,
            "origin": message.origin,
            "exchange": message.exchange,
            "routing key": message.routing_key,
            "message": message.message_id,
            "source": message.source,
            "key": message.partition_key,
            "headers": message.headers,
            "content type": message.content_type,
            "hash": message.body_hash,
            "settled": message.settled_at
            and f"{text_of(message.settled_at)} by {message.settled_by}: {message.note}",
            "trace": message.trace,
        }
    )
    click.echo("")
    if body is None:
        click.echo("the body is sealed, because it may hold buyer data; --unseal shows it")
    else:
        click.echo("the corrected body:" if message.corrected else "the body:")
        click.echo(_readable(body))


def _body_fields(body: bytes | None) -> dict[str, str]:
    if body is None:
        return {}
    try:
        return {"body_text": body.decode()}
    except UnicodeDecodeError:
        return {"body_base64": b64encode(body).decode()}


def _readable(body: bytes) -> str:
    return harmless(body.decode("utf-8", "backslashreplace"))


def show_plan(plans: Sequence[Replay]) -> None:
    """What a replay would do, message by message."""
    for one in plans:
        if one.publication is None:
            click.echo(f"{one.message.id}: would not be replayed: {one.refusal}")
        else:
            _show_publication(one.message, one.publication)
    count = sum(one.publication is not None for one in plans)
    click.echo(f"{count} of {len(plans)} would be published; nothing was, this is a dry run")


def _show_publication(message: ParkedMessage, publication: Publication) -> None:
    click.echo(f"{message.id}: would be published")
    print_fields(
        {
            "  exchange": publication.exchange,
            "  routing key": publication.routing_key,
            "  message id": publication.message_id,
            "  content type": publication.content_type,
            "  headers": publication.headers,
            "  body": f"{len(publication.body)} bytes" + (", sealed here" if message.body_sealed else ""),
        }
    )
