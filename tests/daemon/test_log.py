import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest

from daemon import secrets
from daemon.log import about, fact, redacted, setup_logging
from daemon.secrets import Secret

log = logging.getLogger("tests.daemon.log")


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    """What is logged, as it would reach stderr."""
    root, stream = logging.getLogger(), io.StringIO()
    handlers, level = root.handlers, root.level
    setup_logging("debug", stream)
    yield stream
    root.handlers, root.level = handlers, level


def only(lines: io.StringIO) -> dict[str, object]:
    line: dict[str, object] = json.loads(lines.getvalue())
    return line


def test_a_line_is_one_object_with_its_action_and_what_it_is_about(lines: io.StringIO) -> None:
    log.info("told %s", "the channel", extra=fact("stock_told", correlation="c1", reference="SKU-1", listings=3))
    line = only(lines)
    assert line.pop("time")
    assert line == {
        "level": "info",
        "action": "stock_told",
        "message": "told the channel",
        "logger": "tests.daemon.log",
        "correlation": "c1",
        "reference": "SKU-1",
        "listings": 3,
    }


def test_a_line_from_elsewhere_is_a_note(lines: io.StringIO) -> None:
    logging.getLogger("a.library").warning("as it is")
    assert only(lines)["action"] == "note"


async def test_what_a_task_is_about_stays_with_the_task(lines: io.StringIO) -> None:
    async def work(name: str) -> None:
        with about(correlation=name, reference="order"):
            await asyncio.sleep(0)
            with about(reference="parcel"):
                log.info(name)

    await asyncio.gather(work("one"), work("two"))
    said = [json.loads(line) for line in lines.getvalue().splitlines()]
    assert [(line["message"], line["correlation"], line["reference"]) for line in said] == [
        ("one", "one", "parcel"),
        ("two", "two", "parcel"),
    ]


def test_a_secret_leaves_no_trace_in_message_arguments_facts_or_traceback(lines: io.StringIO) -> None:
    secret = Secret('qu"ote\\d-secret')
    try:
        raise ValueError(f"cannot log in with {secret.reveal()}")
    except ValueError:
        log.exception("using %s", secret.reveal(), extra=fact("login", detail={"deep": [secret.reveal(), secret]}))
    written = lines.getvalue()
    assert "ote" not in written.replace("note", "")
    assert "d-secret" not in written
    assert "ValueError: cannot log in with ****" in str(only(lines)["error"])


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer hunter2-hunter2",
        "authorization: Basic hunter2",
        "{'Authorization': 'Bearer hunter2-hunter2'}",
        "('x-amz-access-token', 'Atza|hunter2')",
        '{"refresh_token": "hunter2", "grant_type": "refresh_token"}',
        "client_secret=hunter2&grant_type=refresh_token",
        "Authorization: AWS4-HMAC-SHA256 Credential=AK/1, Signature=hunter2",
        "Cookie: a=b; session=hunter2",
        "password=hunter2",
        "b'Authorization: Bearer hunter2'",
        "connect to amqp://user:hunter2@host/vhost",
        "got Atzr|hunter2-x.y",
        "bearer hunter2hunter2",
    ],
)
def test_what_looks_like_a_token_is_masked_also_unregistered(text: str) -> None:
    assert "hunter2" not in redacted(text)
    assert "****" in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "no password_file is named",
        "the token bucket of patchListingsItem is empty",
        "bus.url is amqp://user@host:5672/vhost",
        "order 205-1234567-1234567 was despatched",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_a_known_secret_that_is_part_of_a_fields_name_does_not_uncover_its_value(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(secrets, "_known", secrets._Known())
    Secret("secret")
    assert "hunter2" not in redacted("client_secret=hunter2&grant_type=refresh_token")


def test_a_known_secret_with_blanks_is_masked_whole_within_a_field() -> None:
    Secret("correct horse battery")
    assert redacted("password=correct horse battery, next") == "password=****, next"


def test_a_fact_whose_name_says_secret_is_masked_whatever_it_holds(lines: io.StringIO) -> None:
    log.info("called", extra=fact("call", headers={"Authorization": "x", "accept": "json"}))
    assert only(lines)["headers"] == {"Authorization": "****", "accept": "json"}


def test_a_line_whose_arguments_do_not_fit_is_still_written(lines: io.StringIO) -> None:
    log.info("%d of them", "many")
    assert "do not fit" in str(only(lines)["message"])


def test_nothing_below_the_level_is_written(lines: io.StringIO) -> None:
    setup_logging("warning", lines)
    log.info("quiet")
    log.warning("loud")
    assert only(lines)["message"] == "loud"
