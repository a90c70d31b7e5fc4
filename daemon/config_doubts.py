"""Settings that are allowed but seldom meant: told wherever the configuration is read."""

from daemon.config_peaks import doubtful_peaks
from daemon.settings import Settings


def doubtful(settings: Settings) -> list[str]:
    """What is allowed but seldom meant."""
    said: list[str] = []
    if settings.clock.factor != 1 and settings.clock.origin is None:
        said.append("clock.factor: without clock.origin each process counts from its own start; give all the same")
    if settings.bus.prefetch < settings.intake.batch:
        said.append("bus.prefetch: below intake.batch, so that no batch can ever be full")
    for name, seller in settings.sellers.items():
        if seller.connector_active and seller.release != "none":
            said.append(f"sellers.{name}: connector_active, so that every order is held: one of the two has to go")
        if seller.release != "none" and name not in settings.releases.accounts:
            said.append(
                f"sellers.{name}: releases orders, but [releases.accounts.{name}] does not say to which warehouse"
            )
    return [*said, *_without_warehouses(settings), *doubtful_peaks(settings), *_sold_twice(settings)]


def _without_warehouses(settings: Settings) -> list[str]:
    empty = [name for name, one in settings.direct_fulfilment.items() if not one.warehouses]
    silent = [name for name, one in settings.stock_reports.items() if not one.warehouses]
    return [
        *(f"direct_fulfilment.{name}: names no warehouses, so nothing is told to it" for name in empty),
        *(f"stock_reports.{name}: names no warehouses, so nothing is told to it" for name in silent),
    ]


def _sold_twice(settings: Settings) -> list[str]:
    first: dict[tuple[str, str], str] = {}
    said: list[str] = []
    for name, seller in settings.sellers.items():
        for marketplace in seller.marketplaces:
            other = first.setdefault((seller.seller_id, marketplace), name)
            if other != name:
                said.append(f"sellers.{name}: sells as the same seller_id in {marketplace} as sellers.{other}")
    return said
