"""What a configuration needs for a vendor account at the simulated Amazon."""

from simulators.amazon import UK, AmazonSimulator


def vendor_table(amazon: AmazonSimulator) -> str:
    [seller] = amazon.world.sellers.values()
    return f"""
[vendors.retail]
account = "acme"
party = "ACME1"
endpoint = "{amazon.url}"
token_url = "{amazon.token_url}"
client_id = "{seller.client_id}"
client_secret_file = "client-secret"
refresh_token_file = "refresh-token"
marketplace = "{UK}"
warehouses = ["W1"]
answer = "by_rule"
changed_every = 2.0
read_every = 2.0
[vendors.retail.destinations.LTN4]
name = "Fulfilment centre"
"""
