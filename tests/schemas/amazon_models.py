"""Amazon's published models, where this machine has them, and a judge for what must hold against them."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft4Validator, Draft7Validator

LISTINGS = "listings-items-api-model/listingsItems_2021-08-01.json"
ORDERS_V0 = "orders-api-model/ordersV0.json"
ORDERS = "orders-api-model/orders_2026-01-01.json"
FEEDS = "feeds-api-model/feeds_2021-06-30.json"
REPORTS = "reports-api-model/reports_2021-06-30.json"
HEALTH_REPORT = "reports/accountHealthReport-2020-11-18.json"
FEED_BODY = "feeds/listings-feed-schema-v2.json"
FEED_REPORT = "feeds/listings-feed-processing-report-schema-v2.json"
VENDOR_ORDERS = "vendor-orders-api-model/vendorOrders.json"
VENDOR_SHIPMENTS = "vendor-shipments-api-model/vendorShipments.json"
VENDOR_INVOICES = "vendor-invoices-api-model/vendorInvoices.json"
VENDOR_TRANSACTIONS = "vendor-transaction-status-api-model/vendorTransactionStatus.json"

VARIABLE = "GOODSOUT_SP_API_MODELS"
BESIDE = Path(__file__).parents[3] / "shared/reference/sp-api-models"


def folder() -> Path:
    return Path(os.environ.get(VARIABLE) or BESIDE)


needs_models = pytest.mark.skipif(
    not (folder() / "models").is_dir(),
    reason=f"Amazon's models are not at {folder()}: name the folder in {VARIABLE} to hold the messages against them",
)


@cache
def model(path: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder() / "models" / path).read_text("utf-8"))
    return content


def faults(path: str, definition: str, message: Any) -> list[str]:
    """What of `message` does not hold against a definition of a model; empty when all does."""
    schema = {"definitions": model(path)["definitions"], "$ref": f"#/definitions/{definition}"}
    checker = Draft4Validator(schema, format_checker=Draft4Validator.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in checker.iter_errors(message)]


@cache
def _document_checker(path: str) -> Draft7Validator:
    return Draft7Validator(json.loads((folder() / "schemas" / path).read_text("utf-8")))


def document_faults(path: str, document: Any) -> list[str]:
    """What of a whole document does not hold against one of Amazon's schemas; empty when all does."""
    return [f"{error.json_path}: {error.message}" for error in _document_checker(path).iter_errors(document)]


def example(path: str) -> Any:
    """Amazon's own example of a document."""
    return json.loads((folder() / "schemas" / path.replace(".json", ".example.json")).read_text("utf-8"))


def sandbox_pairs(path: str, operation: str, status: str) -> list[dict[str, Any]]:
    """The requests and responses of Amazon's sandbox for one operation and status."""
    for methods in model(path)["paths"].values():
        for described in methods.values():
            if isinstance(described, dict) and described.get("operationId") == operation:
                pairs: list[dict[str, Any]] = described["responses"][status]["x-amzn-api-sandbox"]["static"]
                return pairs
    raise KeyError(operation)
