"""Carrier names that the simulated Amazon knows: a match is exact, case and all."""

CARRIERS = frozenset({
    "Amazon Shipping", "APC", "APC Overnight", "Arrow XL", "BJS", "DHL", "DHL Express", "DHL Parcel UK",
    "DHL eCommerce", "DPD", "DPD Local", "DX", "DX Freight", "FedEx", "GFS", "GLS", "Hermes", "Hermes UK",
    "InPost", "Interlink", "Landmark", "Panther", "Parcel2Go.com", "Parcelforce", "Parcelhub", "Royal Mail",
    "The Delivery Group", "TNT", "Tuffnells", "UK MAIL", "UPS", "Whistl", "XDP", "Yodel", "Other",
})  # fmt: skip
