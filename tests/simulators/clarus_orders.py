"""An order for the simulated Clarus."""

ORDER = {
    "data": {
        "type": "goods_outs",
        "attributes": {
            "goods_out_type": "sales_order", "account_id": 1, "reference": "SO-1",
            "expected_date_of_dispatch": "2026-11-21T12:00:00Z",
            "lines_changes": [{"type": "ADD", "attributes": {"product_id": 9, "order_quantity": 2}}],
        },
    }
}  # fmt: skip
