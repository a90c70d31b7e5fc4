"""The daemon itself: bus, database, intake, watch, buyers' data, pages, clock, keys."""

from daemon.settings.section import Section


class Bus(Section, frozen=True, kw_only=True):
    url: str
    """`amqp://user@host:5672/vhost`, or `embedded:`. A password belongs in `password_file`."""
    password_file: str | None = None
    heartbeat: int = 30
    """Real seconds."""
    prefetch: int = 1000
    publish_timeout: float = 10.0
    """Real seconds until a publish without an answer counts as unknown."""
    watchdog: float = 20.0
    """Real seconds without any sign of life, with work waiting, until the connection is built anew."""


class Database(Section, frozen=True, kw_only=True):
    url: str
    """`postgresql://user@host:5432/name`, or `embedded:`. A password belongs in `password_file`."""
    password_file: str | None = None
    folder: str = ".goodsout/postgres"
    """Where `embedded:` keeps its data."""
    statement_timeout: float = 30.0
    """Real seconds."""
    connections: int = 6
    """For everything but despatch, which has its own."""
    despatch_connections: int = 4


class Intake(Section, frozen=True, kw_only=True):
    batch: int = 500
    """Messages in one transaction at most."""
    linger: float = 0.005
    """Real seconds to wait for more once one message is there."""
    grace: float = 10.0
    """Seconds that a gap may last before the SKU is in doubt."""
    skew: float = 5.0
    """Seconds by which producers' clocks may be wrong."""
    level_request_again: float = 30.0
    """Seconds until an unanswered request for a level is sent again, with the same id."""
    max_body: int = 1_048_576
    """Bytes."""
    drain: float = 20.0
    """Real seconds that a graceful stop may take."""


class Watch(Section, frozen=True, kw_only=True):
    every: float = 1.0
    """Real seconds between two rounds."""
    inbox_days: int = 7
    stream_days: int = 90
    hook_days: int = 30
    """Webhooks are kept, sealed, for so long."""
    edi_days: int = 400
    """EDI files are kept, as they came and left, for so long."""


class Buyers(Section, frozen=True, kw_only=True):
    """What is held of buyers, and for how long. See docs/buyer-data.md."""

    erase_after_days: int = 30
    """Days after an order was despatched or ended; parked bodies that may hold buyer data: after they came or were
    settled. Webhooks go then too, or after `watch.hook_days` where that is sooner."""
    orders_days: int = 365
    """Days that an order which has ended is kept, without its buyer."""
    access_days: int = 400
    """Days that is kept who read which order's address."""
    backup_days: int = 35
    """Days that you keep a backup: `goodsout erase` names it. Nothing here makes any."""


class Web(Section, frozen=True, kw_only=True):
    host: str = "127.0.0.1"
    port: int = 8085
    """0 takes any free port."""


class ClockSection(Section, frozen=True, kw_only=True):
    factor: float = 1.0
    origin: str | None = None
    """ISO 8601 with a zone; the same for all processes that share a factor."""
    yields: bool = False
    """For rehearsals with a factor above 1: run slower while a process does not keep up. Simulators must follow."""
    tolerance: float = 5.0
    """Business seconds that an event loop may be late before a clock that yields runs slower."""
    host_error: float = 0.0
    """For rehearsals: seconds by which this host pretends that its clock is wrong."""


class Keys(Section, frozen=True, kw_only=True):
    """Keys that seal stored bodies. Newest first: the first seals, all open."""

    master_key_files: tuple[str, ...] = ()
