"""What channels are told of stock, when and how: publication, demand, peaks, feeds, zeroes."""

from daemon.settings.section import Section, ZeroRule


class Publication(Section, frozen=True, kw_only=True):
    late_effect: float = 60.0
    """Seconds in which a request that we gave up on may still take effect at the partner."""
    request_timeout: float = 5.0
    """Real seconds for one request; less than a publisher's lease lasts."""
    near_zero: int = 5
    """Channel units; a lowering to this or less goes before everything else."""
    channel_lag: float = 10.0
    """Seconds that the channel takes, about, until it shows what it accepted."""
    patience: float = 30.0
    """Seconds further ahead that costs are weighed: about what a listing waits that is passed over."""
    longest_wait: float = 3600.0
    """Seconds after which a change has a turn of its own, however little it costs."""
    order_units: float = 1.0
    """Channel units in an average order of a listing that has not sold yet; of the others it is measured."""
    foresight: float = 0.0
    """The chance, 0 to 1, of others taking a unit within `channel_lag` above which it is not shown; 0: all are."""
    held_back_risk: float = 0.1
    """While dear lowerings wait for their turn: the chance, 0 to 1, of others taking a unit before the listing's next
    turn, above which it is not shown; 0: all are."""
    read_back_after: float = 5.0
    """Seconds after acceptance until the first read of what is live."""
    read_back_every: float = 30.0
    """Seconds until a second read while what is live is not what was accepted; pauses double from there..."""
    read_back_longest: float = 300.0
    """...up to this many seconds."""
    read_back_lowerings: float = 1.0
    """Share of accepted lowerings that are read back, 0 to 1. Near zero and in doubt, each is."""
    read_back_raises: float = 0.1
    """Share of accepted raises that are read back, 0 to 1."""
    read_back_repeats: float = 0.1
    """Share of values told again that are read back, 0 to 1."""
    read_back_audit_every: float = 86_400.0
    """Seconds in which each listing is read at least once, as far as the budget goes: people write there too."""
    untold_near_zero_after: float = 60.0
    """Seconds that a lowering to near zero may wait until it is told; then ecommerce hears of it."""
    untold_lowering_after: float = 300.0
    """The same for other lowerings."""
    untold_raise_after: float = 1_800.0
    """The same for raises."""
    untold_repeat_after: float = 7_200.0
    """The same for values that are told again."""
    never_live_after: float = 900.0
    """Seconds after which "accepted but never live" is raised."""
    denied_for: float = 60.0
    """Seconds without calls for a listing after the channel turned our credentials away."""
    refused_again_after: float = 21_600.0
    """Seconds after which a value that the channel refused is told once more; an import does not wait."""


class Demand(Section, frozen=True, kw_only=True):
    """What channels have sold: how it is heard of, and how fast listings sell."""

    every: float = 180.0
    """Seconds between two looks for orders at a channel, at least."""
    behind: float = 125.0
    """Seconds that a look stays behind the present. Amazon demands two minutes; the rest is for unlike clocks."""
    unread_after: float = 1800.0
    """Seconds without a finished look until an alert."""
    overlap: float = 300.0
    """Seconds of what was read before that are read again: orders appear late."""
    look_back: float = 1_209_600.0
    """Seconds of orders that are read when an account is read for the first time."""
    half_life: float = 604_800.0
    """Seconds until a sale counts half."""
    hysteresis: float = 0.2
    """Share below its threshold at which a listing leaves its velocity class."""
    stuck_after: float = 432_000.0
    """Seconds after which a line that nobody allocates or cancels is raised."""
    keep_days: int = 120
    """Days that order lines are kept once nothing is open; older orders are passed over."""


class VelocityClass(Section, frozen=True, kw_only=True):
    """Listings that sell at a certain speed, and what is kept back of them."""

    at_least: float
    """Channel units a day."""
    buffer_units: int = 0
    """Eaches."""
    buffer_percent: float = 0.0
    """Of the pool."""


class PeakClass(Section, frozen=True, kw_only=True):
    """What is kept back of a velocity class during a peak, in place of what stands in `classes`."""

    buffer_units: int = 0
    """Eaches."""
    buffer_percent: float = 0.0
    """Of the pool."""


class Peak(Section, frozen=True, kw_only=True):
    """A dated period with settings of its own; what is left out stays as it stands. See docs/peaks.md."""

    begins: str
    """ISO 8601 with a zone."""
    ends: str
    """ISO 8601 with a zone; the first moment after it."""
    patience: float | None = None
    """In place of `publication.patience`."""
    near_zero: int | None = None
    """In place of `publication.near_zero`."""
    foresight: float | None = None
    """In place of `publication.foresight`."""
    baseline_at: str | None = None
    """Time of day, UTC, or `never`: in place of that of every account."""
    classes: dict[str, PeakClass] = {}
    """By the names that stand in `classes`."""


class Feeds(Section, frozen=True, kw_only=True):
    """Bulk changes of stock by feed, beside the patches. Seconds of business time, where nothing else is said."""

    enabled: bool = True
    when_backlog_exceeds: float = 600.0
    """What the patches reach within so long is left to them; a feed carries the rest, where that is safe."""
    worth: int = 100
    """Listings; fewer are left to the patches."""
    every: float = 300.0
    """Between two feeds of one account, at least."""
    at_once: int = 3
    """Feeds of one account that may run at a time."""
    messages: int = 25_000
    """In one feed at most; Amazon takes no more."""
    size: int = 10_485_760
    """Bytes of one feed at most."""
    fresh_for: float = 300.0
    """Values older than this do not leave any more: the feed is given up, and they are computed anew."""
    stuck_after: float = 7200.0
    """From its submission until a feed that has not ended counts as stuck."""
    poll_first: float = 10.0
    """From the submission until the first look at what became of it; pauses grow by half from there..."""
    poll_longest: float = 120.0
    """...up to this much."""
    longest: float = 28_800.0
    """Until a feed that nobody has heard of again is no longer waited for."""
    transfer_timeout: float = 60.0
    """Real seconds for one upload or download."""


class Zeroes(Section, frozen=True, kw_only=True):
    """Zeroes that wait, and the brake on mass change. A SKU's own rule stands in the listings file."""

    classes: dict[str, ZeroRule] = {}
    """The rule by velocity class; without one, the account's."""
    hold_for: float = 14_400.0
    """Seconds for which the rule `hold` waits for merchandising."""
    brake_share: float = 10.0
    """Per cent of an account's listings that fall to zero or move by much, unexplained, until the brake goes on."""
    brake_move: float = 50.0
    """Per cent of what a listing showed; moving by more counts for the brake."""
    brake_window: float = 900.0
    """Seconds within which they are counted."""
    brake_minimum: int = 20
    """Listings that must move so, whatever the share."""
    brake_look: float = 5.0
    """Seconds that an unexplained zero waits, once the minimum is reached, to see if the share is too; 0: none."""
    brake_look_first: float = 2.0
    """Seconds that an unexplained zero waits before that: it may be the first of many; 0: none."""
    brake_decide_within: float = 3600.0
    """Seconds until what the brake holds is escalated, and levels are asked for anew; again after as many."""
