"""The simulated tenant's GraphQL schema: types, fields, filters; and its introspection."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from simulators.clarus.graphql import Field, GraphFault

ID, STRING, NUMBER, DATETIME = "IdInputType", "StringInputType", "DecimalInputType", "DatetimeInputType"
OPERATORS: Final[Mapping[str, tuple[str, ...]]] = {
    ID: ("eq", "in", "gt", "gteq", "lt", "lteq", "filled"),
    STRING: ("eq", "ilike", "like", "in", "between"),
    NUMBER: ("eq", "gt", "gteq", "lt", "lteq", "between"),
    "BooleanInputType": ("eq",),
    "EnumInputType": ("eq",),
    DATETIME: ("eq", "from", "to", "between"),
}

LISTS: Final[Mapping[str, tuple[str, str, Mapping[str, str]]]] = {
    "stock_balances": (
        "StockBalance",
        "StockBalancesFilterType",
        {
            "product_id": ID, "product_code": STRING, "account_id": ID, "warehouse_id": ID, "available": NUMBER,
            "allocated": NUMBER, "picked": NUMBER,
        },
    ),
    "products": (
        "Product",
        "ProductsFilterType",
        {"code": STRING, "barcode": STRING, "description": STRING, "account_id": ID},
    ),
    "automations": (
        "Automation",
        "AutomationFilterType",
        {"name": STRING, "resource_name": "EnumInputType", "event": "EnumInputType", "enabled": "BooleanInputType"},
    ),
    "integrations": (
        "Integration",
        "IntegrationFilterType",
        {
            "name": STRING, "integration_provider": STRING, "integration_type": STRING, "status": STRING,
            "enabled": "BooleanInputType",
        },
    ),
    "goods_outs": (
        "GoodsOut",
        "GoodsOutsFilterType",
        {
            "reference": STRING, "goods_out_status_code": STRING, "account_id": ID, "warehouse_id": ID,
            "carrier_id": ID, "expected_date_of_dispatch": DATETIME,
        },
    ),
    "goods_out_lines": (
        "GoodsOutLine",
        "GoodsOutLineFilterType",
        {"goods_out_id": ID, "product_id": ID, "account_id": ID, "warehouse_id": ID},
    ),
    "shipments": (
        "Shipment",
        "ShipmentFilterType",
        {"reference": STRING, "status": STRING, "carrier_id": ID, "warehouse_id": ID, "goods_out_id": ID},
    ),
    "packages": (
        "Package",
        "PackageFilterType",
        {"shipment_id": ID, "shipment_reference": STRING, "storage_unit_id": ID, "tracking_number": STRING},
    ),
    "tasks": (
        "Task",
        "TaskFilterType",
        {"goods_out_id": ID, "status": STRING, "task_type_code": STRING, "product_id": ID},
    ),
}  # fmt: skip
"""Field of the root -> (type of its nodes, type of its filter, what may be filtered by what)."""

FILTER_PATHS: Final[Mapping[str, str]] = {
    "product_id": "product.id", "product_code": "product.code", "account_id": "account.id",
    "warehouse_id": "warehouse.id", "goods_out_status_code": "goods_out_status.code",
    "goods_out_id": "goods_out.id", "carrier_id": "carrier.id", "shipment_id": "shipment.id",
    "shipment_reference": "shipment.reference", "storage_unit_id": "storage_unit.id",
    "task_type_code": "task_type.code",
}  # fmt: skip
"""Where a filter looks in a node, where it is not the field of its own name."""


def _types() -> dict[str, dict[str, str]]:
    reference = {"id": "ID", "code": "String"}
    types: dict[str, dict[str, str]] = {
        "Query": {name: f"{node}Queries" for name, (node, _, _) in LISTS.items()},
        "PageInfo": {"hasNextPage": "Boolean", "endCursor": "String"},
        "StockBalance": {
            **dict.fromkeys(("available", "allocated", "ordered", "received", "picked"), "Float"),
            "product": "Product", "account": "Account", "warehouse": "Warehouse",
        },
        "Product": {
            **reference, "barcode": "String", "case_barcode": "String", "description": "String",
            "units_per_case": "Int",
        },
        "Account": {**reference, "name": "String"},
        "Warehouse": {**reference, "name": "String"},
        "Automation": {
            "id": "ID", "name": "String", "resource_name": "String", "event": "String", "enabled": "Boolean",
            "integration_id": "ID", "created_at": "Datetime",
        },
        "Integration": {
            **dict.fromkeys(("name", "integration_provider", "integration_type", "status"), "String"), "id": "ID",
            "enabled": "Boolean", "created_at": "Datetime",
        },
        "GoodsOut": {
            "id": "ID", "reference": "String", "priority": "Int", "expected_date_of_dispatch": "Datetime",
            "external_system_reference1": "String", "goods_out_status": "GoodsOutStatus", "account": "Account",
            "warehouse": "Warehouse", "carrier": "Carrier", "actual_date_of_dispatch": "Datetime",
        },
        "Shipment": {
            "id": "ID", "reference": "String", "name": "String", "status": "String", "packages_count": "Int",
            "carrier": "Carrier", "carrier_service": "CarrierService", "warehouse": "Warehouse",
        },
        "Package": {
            "id": "ID", "tracking_number": "String", "shipment": "Shipment", "storage_unit": "StorageUnit",
        },
        "Task": {
            "id": "ID", "status": "String", "confirmed_quantity": "Float", "product": "Product",
            "task_type": "TaskType", "storage_unit_to": "StorageUnit", "goods_out_line": "GoodsOutLine",
        },
        "StorageUnit": {"id": "ID", "reference": "String"},
        "TaskType": reference,
        "CarrierService": {**reference, "name": "String"},
        "GoodsOutLine": {
            "id": "ID", **dict.fromkeys(
                ("order_quantity", "allocated_quantity", "pick_quantity", "dispatch_quantity"), "Float"
            ),
            "short_status": "String", "alt_line_reference": "String", "external_system_reference1": "String",
            "product": "Product", "goods_out": "GoodsOut", "carrier": "Carrier",
        },
        "Carrier": {**reference, "name": "String"},
        "GoodsOutStatus": {"code": "String", "name": "String"},
    }  # fmt: skip
    for node, _, _ in LISTS.values():
        types[f"{node}Queries"] = {"all": f"{node}Connection"}
        types[f"{node}Connection"] = {"pageInfo": "PageInfo", "edges": f"{node}Edge"}
        types[f"{node}Edge"] = {"cursor": "String", "node": node}
    return types


@dataclass(slots=True)
class Schema:
    """`remove` a field, as a tenant of another version might lack it."""

    types: dict[str, dict[str, str]] = field(default_factory=_types)

    def remove(self, type_name: str, field_name: str) -> None:
        del self.types[type_name][field_name]

    def check(self, type_name: str, asked: tuple[Field, ...]) -> None:
        """Raises GraphFault for the first field that is not there: the whole query fails."""
        known = self.types.get(type_name)
        for one in asked:
            if one.name == "__typename":
                continue
            if known is None or one.name not in known:
                raise GraphFault(f"Field '{one.name}' doesn't exist on type '{type_name}'")
            inner = known[one.name]
            if inner in self.types and not one.fields:
                raise GraphFault(f"Field must have selections (field '{one.name}' returns {inner})")
            self.check(inner, one.fields)

    def described(self, name: str) -> dict[str, Any] | None:
        """The answer to `__type(name:)`."""
        inputs = next((inputs for _, filter_type, inputs in LISTS.values() if filter_type == name), None)
        if inputs is not None:
            return {"name": name, "fields": None, "inputFields": [{"name": one} for one in inputs]}
        if name not in self.types:
            return None
        fields = [
            {"name": one, "args": _arguments(name, one), "type": _wrapped(one, kind)}
            for one, kind in self.types[name].items()
        ]
        return {"name": name, "fields": fields, "inputFields": None}


def _arguments(type_name: str, field_name: str) -> list[dict[str, str]]:
    if field_name != "all" or not type_name.endswith("Queries"):
        return []
    return [{"name": name} for name in ("filter", "first", "after", "last", "before")]


def _wrapped(field_name: str, kind: str) -> dict[str, Any]:
    """Lists and non-nulls hide the name a level deeper each, as in any real schema."""
    plain = {"name": kind, "ofType": None}
    if field_name == "edges":
        return {"name": None, "ofType": plain}
    if field_name in ("id", "all", "pageInfo"):
        return {"name": None, "ofType": plain}
    return plain
