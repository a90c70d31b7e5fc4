"""What a configuration needs to read goods outs from the simulated Clarus."""

import socket
from pathlib import Path

from simulators.clarus import CLIENT, SECRET, ClarusSimulator

LAG = 0.5
HOOKS = {
    "completed": ("goods_out", "completed"), "updated": ("goods_out", "updated"),
    "left": ("stock", "dispatched"), "back": ("stock", "undispatched"),
}  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tables(folder: Path, clarus: ClarusSimulator, port: int, sweep_every: float = 1.0, calls: float = 100.0) -> str:
    (folder / "clarus-secret").write_text(SECRET)
    hooks = ""
    for place, (name, (resource, event)) in enumerate(HOOKS.items()):
        token = f"{port + place:064d}"
        (folder / f"hook-{name}").write_text(token)
        made = clarus.world.add_automation(resource, event, f"http://127.0.0.1:{port}/clarus/hooks/{token}")
        hooks += f"""
[clarus.main.hooks.{name}]
token_file = "hook-{name}"
automation_id = "{made.id}"
resource = "{resource}"
event = "{event}"
"""
    for file in folder.glob("*"):
        file.chmod(0o600)
    return f"""
[clarus.main]
subdomain = "{clarus.world.subdomain}"
client_id = "{CLIENT}"
client_secret_file = "clarus-secret"
host = "{clarus.url}"
token_url = "{clarus.token_url}"
calls_per_second = {calls}
replica_lag = {LAG}
[clarus.main.goods_outs]
read = true
sweep_every = {sweep_every}
sweep_least = 0.5
look_again = 0.5
package_fields = "id tracking_number shipment {{ id }} storage_unit {{ id }}"
[clarus.main.goods_outs.contents]
list = "tasks"
fields = "id confirmed_quantity product {{ code }} storage_unit_to {{ id }}"
parcel_path = "storage_unit_to.id"
package_path = "storage_unit.id"
[clarus.main.goods_outs.channels.shop]
account = "shop"
path = "account.code"
values = ["ACME"]
[warehouses.W1]
authority = "clarus"
clarus = "main"
warehouse_id = "{clarus.world.warehouse_id("WH1")}"
[warehouses.W1.accounts]
acme = "ACME"
{hooks}"""
