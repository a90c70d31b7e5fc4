"""The series of seller accounts' health, and of retailers: documents by EDI and the clocks that run against us."""

from collections.abc import Mapping

from daemon.series import Series, replace


class HealthSeries:
    """Rates, targets, and the clocks of open orders."""

    def __init__(self, series: Series) -> None:
        self.health_rate = series.gauge(
            "health_rate", "An account's rates, 0 to 1, as reported and as expected.", "account", "marketplace",
            "measure", "source",
        )  # fmt: skip
        self.health_target = series.gauge(
            "health_target", "The rate that must not be crossed, 0 to 1.", "account", "marketplace", "measure"
        )
        self.health_room = series.gauge(
            "health_room", "Orders that may still go wrong before the target is crossed; below 0 where it is.",
            "account", "marketplace", "measure",
        )  # fmt: skip
        self.health_report_age = series.gauge(
            "health_report_age_seconds", "Business age of the newest report that was read.", "account"
        )
        self.orders_clocked = series.gauge(
            "orders_clocked", "Open orders by what their clocks say.", "account", "marketplace", "state"
        )

    def rates_are(
        self,
        rates: Mapping[tuple[str, ...], float],
        rooms: Mapping[tuple[str, ...], float],
        targets: Mapping[tuple[str, ...], float],
    ) -> None:
        """(account, marketplace, measure, source) -> rate; the others by (account, marketplace, measure)."""
        replace(self.health_rate, rates.items())
        replace(self.health_room, rooms.items())
        replace(self.health_target, targets.items())

    def clocks_are(self, orders: Mapping[tuple[str, ...], float], ages: Mapping[str, float]) -> None:
        """(account, marketplace, state) -> open orders; account -> seconds since its report was asked for."""
        replace(self.orders_clocked, orders.items())
        replace(self.health_report_age, (((account,), age) for account, age in ages.items()))


class RetailerSeries:
    """EDI by partner and kind, and what retailers wait for."""

    def __init__(self, series: Series) -> None:
        self.edi_documents = series.gauge(
            "edi_documents",
            "EDI documents of the last day by what became of them.",
            "partner",
            "way",
            "kind",
            "state",
        )
        self.edi_unanswered = series.gauge(
            "edi_unanswered", "EDI documents of ours that nobody has said were read.", "partner", "kind"
        )
        self.edi_unanswered_oldest = series.gauge(
            "edi_unanswered_oldest_seconds", "Business age of the oldest of them.", "partner", "kind"
        )
        self.edi_files_waiting = series.gauge(
            "edi_files_waiting",
            "EDI files that came and are not read, or were made and are not put.",
            "partner",
            "way",
        )
        self.edi_unreachable = series.gauge(
            "edi_unreachable", "1 while files can be neither fetched from a partner nor put there.", "partner"
        )
        self.vendor_clocks = series.gauge(
            "vendor_clocks", "Documents that a retailer waits for, by their clocks.", "account", "document", "state"
        )
        self.vendor_clock_left = series.gauge(
            "vendor_clock_left_seconds", "Business seconds until the first of these is late; below 0 once it is.",
            "account", "document",
        )  # fmt: skip
        self.vendor_breaches = series.gauge(
            "vendor_breaches", "Clocks of retailers that ran out within the last day.", "account", "document"
        )

    def edi_is(
        self,
        documents: Mapping[tuple[str, ...], float],
        unanswered: Mapping[tuple[str, ...], float],
        oldest: Mapping[tuple[str, ...], float],
    ) -> None:
        """(partner, way, kind, state) -> documents of a day; (partner, kind) -> unanswered, age of the oldest."""
        replace(self.edi_documents, documents.items())
        replace(self.edi_unanswered, unanswered.items())
        replace(self.edi_unanswered_oldest, oldest.items())

    def edi_partners_are(self, unreachable: Mapping[str, float], waiting: Mapping[tuple[str, str], int]) -> None:
        """partner -> 1 or 0; (partner, way) -> files."""
        replace(self.edi_unreachable, (((partner,), value) for partner, value in unreachable.items()))
        replace(self.edi_files_waiting, waiting.items())

    def vendor_clocks_are(
        self,
        clocks: Mapping[tuple[str, ...], float],
        left: Mapping[tuple[str, ...], float],
        breaches: Mapping[tuple[str, ...], float],
    ) -> None:
        """(account, document, state) -> clocks; the others by (account, document)."""
        replace(self.vendor_clocks, clocks.items())
        replace(self.vendor_clock_left, left.items())
        replace(self.vendor_breaches, breaches.items())
