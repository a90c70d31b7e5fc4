"""The message bus: a small port, and two buses behind it."""

from daemon.bus.embedded import EmbeddedBus
from daemon.bus.port import Bus, BusError
from daemon.bus.rabbitmq import RabbitBus
from daemon.settings import Bus as BusSettings


def open_bus(settings: BusSettings, password: str | None) -> Bus:
    """The bus that the URL names: `amqp://`, `amqps://`, or `embedded:` with an optional name."""
    scheme, _, rest = settings.url.partition(":")
    if scheme in ("amqp", "amqps"):
        return RabbitBus(settings, password)
    if scheme == "embedded":
        return EmbeddedBus(rest or "default")
    raise BusError(f"bus.url begins with {scheme!r}: write amqp://user@host:5672/vhost, amqps://… or embedded:")
