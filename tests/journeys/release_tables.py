"""What a configuration and its files need to release an order to the simulated Clarus."""

from simulators.amazon import UK
from simulators.clarus import CLIENT, ClarusSimulator

LISTINGS = (
    "channel_account,marketplace,seller_sku,account,sku,pack_size,buffer,cap,floor,share,lead_time_days,product_type,stop\n"
    f"shop,{UK},chair,acme,CHAIR,2,,,,,,,\n"
)
SERVICES = "channel_account,service,carrier,carrier_service\n*,NextDay,DPD,NEXT-DAY\n"
HOME = {
    "name": "Zoë Ünlü 🚚", "companyName": "Chairs & Co", "addressLine1": "1  Some Street", "addressLine2": "Rear",
    "city": "Norwich", "stateOrRegion": "Norfolk", "postalCode": "nr1 1aa", "countryCode": "GB",
}  # fmt: skip


def tables(clarus: ClarusSimulator) -> str:
    """The account's own settings first: they follow those of the rig."""
    return f"""
release = "clarus"
phone_fallback = "0113 496 0000"
[demand]
every = 1.0
behind = 0.1
overlap = 600.0
[clarus.main]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = 50.0
replica_lag = 0.5
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "{clarus.world.warehouse_id("WH1")}"
account_ids = {{ acme = {clarus.world.account_id("ACME")} }}
carrier_ids = {{ DPD = 3 }}
service_ids = {{ "DPD/NEXT-DAY" = 31 }}
[warehouses.W1.accounts]
acme = "ACME"
[releases]
late_effect = 1.0
look_soon = 0.2
look_again = 1.0
[releases.accounts.shop]
warehouse = "W1"
"""
