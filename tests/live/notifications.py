"""Notifications of order changes, as the channel sends them."""

import json


def notification(order_id: object = "202-1", fulfilled_by: str = "MFN", seller_id: str = "A1") -> bytes:
    told = {
        "NotificationType": "ORDER_CHANGE",
        "Payload": {
            "OrderChangeNotification": {
                "SellerId": seller_id, "AmazonOrderId": order_id, "OrderChangeType": "OrderStatusChange",
                "Summary": {
                    "MarketplaceId": "UK", "FulfillmentType": fulfilled_by, "DestinationPostalCode": "NR1 1AA",
                },
            }
        },
        "NotificationMetadata": {"NotificationId": "n-1"},
    }  # fmt: skip
    return json.dumps(told).encode()
