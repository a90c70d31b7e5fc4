"""Feeds in Amazon's words: what we write, what we read, and both against Amazon's own schemas where they are here."""

import json
from typing import Any

import msgspec
import pytest

from schemas import amazon_feeds
from schemas.amazon_feeds import FeedIssue
from schemas.terms import SellerSku
from tests.schemas.amazon_models import FEED_BODY, FEED_REPORT, FEEDS, document_faults, example, faults, needs_models


def body(messages: int = 2) -> Any:
    written = [
        amazon_feeds.write_message(
            amazon_feeds.to_message(n, SellerSku(f"SKU-{n}"), "PRODUCT", n, 2 if n % 2 else None)
        )
        for n in range(1, messages + 1)
    ]
    return json.loads(amazon_feeds.write_body("A1SELLER", "en_GB", written))


def test_a_message_is_a_merge_with_the_handling_time_where_it_is_known() -> None:
    patch = {"op": "merge", "path": "/attributes/fulfillment_availability"}
    with_time = {"fulfillment_channel_code": "DEFAULT", "quantity": 1, "lead_time_to_ship_max_days": 2}
    without = {"fulfillment_channel_code": "DEFAULT", "quantity": 2}
    assert body() == {
        "header": {"sellerId": "A1SELLER", "version": "2.0", "issueLocale": "en_GB"},
        "messages": [
            {"messageId": 1, "sku": "SKU-1", "productType": "PRODUCT", "operationType": "PATCH",
             "patches": [{**patch, "value": [with_time]}]},
            {"messageId": 2, "sku": "SKU-2", "productType": "PRODUCT", "operationType": "PATCH",
             "patches": [{**patch, "value": [without]}]},
        ],
    }  # fmt: skip


def test_an_address_never_shows_in_a_repr() -> None:
    document = amazon_feeds.read_document(b'{"feedDocumentId": "D1", "url": "https://s3/?X-Amz-Signature=geheim"}')
    assert "geheim" in document.url and "geheim" not in repr(document)


@pytest.mark.parametrize(
    "text", [b"", b"Feed Processing Summary:\n\toriginal-record-number\n", b'{"header": {}}', b"\xff"]
)
def test_a_report_in_another_format_is_refused(text: bytes) -> None:
    with pytest.raises((msgspec.DecodeError, UnicodeDecodeError)):
        amazon_feeds.read_report(text)


@pytest.mark.parametrize("name", ["", "x" * 201, "a\\u0000"])
def test_a_feed_with_a_name_that_cannot_be_kept_is_no_answer(name: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        amazon_feeds.read_created(f'{{"feedId":"{name}"}}'.encode())


def test_an_issue_is_told_with_its_code() -> None:
    assert amazon_feeds.told(FeedIssue("is missing", code="90220")) == "90220: is missing"
    assert amazon_feeds.told(FeedIssue("is missing")) == "is missing"


@needs_models
def test_a_body_of_ours_holds() -> None:
    assert document_faults(FEED_BODY, body(50)) == []


@needs_models
def test_the_judge_refuses_what_the_schema_does_not_know() -> None:
    wrong = body()
    wrong["messages"][0]["patches"][0]["op"] = "increase"
    wrong["messages"][1]["messageId"] = 0
    assert len(document_faults(FEED_BODY, wrong)) == 2


@needs_models
def test_our_requests_hold() -> None:
    new_document = json.loads(amazon_feeds.write_new_document())
    new_feed = json.loads(amazon_feeds.write_new_feed("A1F83G8C2ARO7P", "D1"))
    assert faults(FEEDS, "CreateFeedDocumentSpecification", new_document) == []
    assert faults(FEEDS, "CreateFeedSpecification", new_feed) == []


@needs_models
def test_amazons_example_of_a_report_is_read() -> None:
    written = example(FEED_REPORT)
    assert document_faults(FEED_REPORT, written) == []
    report = amazon_feeds.read_report(json.dumps(written).encode())
    assert report.header.feed_id == "1234567890"
    assert [issue.message_id for issue in report.issues] == [4, 4, 5]
    assert (report.summary.messages_processed, report.summary.messages_invalid) == (4, 2)
