"""What the settings say of one tenant's goods outs: its policies, paths, and the lists that are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from daemon.clarus_shown import Territory, territory_of
from daemon.settings import ClarusGoodsOuts, Settings
from handlers.clarus_goods_out_nodes import ContentPaths, Paths, owner_of
from handlers.clarus_goods_outs import NOT_STARTED, WORDS, ChannelRule, Rules, Word
from schemas.clarus_goods_outs import FILTER_TYPES, ListOf, Node
from schemas.terms import Account, ChannelAccount, Marketplace, Warehouse


@dataclass(frozen=True, slots=True)
class Plan:
    """How the goods outs of one tenant are read and told."""

    territory: Territory
    settings: ClarusGoodsOuts
    rules: Rules
    paths: Paths
    sellers: Mapping[str, Sequence[str]]
    """Stock owner -> the channel accounts that sell its stock."""

    @property
    def goods_outs(self) -> ListOf:
        return _list("goods_outs", self.settings.goods_out_fields)

    @property
    def lines(self) -> ListOf:
        return _list("goods_out_lines", self.settings.line_fields)

    @property
    def shipments(self) -> ListOf:
        return _list("shipments", self.settings.shipment_fields)

    @property
    def packages(self) -> ListOf:
        return _list("packages", self.settings.package_fields)

    @property
    def contents(self) -> ListOf | None:
        """Where the tenant keeps what is in which parcel; None: nowhere."""
        section = self.settings.contents
        return ListOf(section.list, section.filter_type, section.fields) if section.list else None

    def place_of(self, node: Node) -> tuple[Account, Warehouse] | None:
        """Whose goods out it is; None: not one of ours. One that names no warehouse yet, and may be allocated from
        any, is the only warehouse's of its owner, if there is only one."""
        code, warehouse = owner_of(node)
        if warehouse:
            return self.territory.places.get((code, warehouse))
        found = [place for (owner, _), place in self.territory.places.items() if owner == code]
        return found[0] if len(found) == 1 else None

    def asked(self) -> list[tuple[ListOf, Sequence[str]]]:
        """Every list with the fields of its filter that we use, for the check of the schema."""
        ours: list[tuple[ListOf, Sequence[str]]] = [
            (self.goods_outs, ("reference", "goods_out_status_code", "warehouse_id", "expected_date_of_dispatch")),
            (self.lines, ("goods_out_id",)),
            (self.shipments, ("goods_out_id",)),
            (self.packages, ("shipment_id",)),
        ]
        source = self.contents
        return ours if source is None else [*ours, (source, ("goods_out_id", *self.settings.contents.filters))]

    @property
    def not_started(self) -> list[str]:
        """Status codes in which a goods out's quantities say nothing yet."""
        return [code for code, word in self.paths.words.items() if word in NOT_STARTED]


def plan_of(settings: Settings, tenant: str) -> Plan:
    """What is read of a tenant's goods outs, how it is judged, and which accounts sell each owner's stock."""
    section = settings.clarus[tenant].goods_outs
    sellers: dict[str, list[str]] = {}
    # A retailer's despatches are told where somebody makes ship notices of them.
    vendors = {name: vendor for name, vendor in settings.vendors.items() if name in settings.notices}
    owners = {name: one.account for name, one in settings.sellers.items()}
    for name, owner in (owners | {name: one.account for name, one in vendors.items()}).items():
        sellers.setdefault(owner, []).append(name)
    return Plan(territory_of(settings, tenant), section, _rules(settings, tenant), _paths(section), sellers)


def _list(name: str, fields: str) -> ListOf:
    return ListOf(name, FILTER_TYPES[name], fields)


def _rules(settings: Settings, tenant: str) -> Rules:
    section = settings.clarus[tenant].goods_outs
    return Rules(
        tenant=tenant,
        over_despatch=section.over_despatch,
        shorted=section.shorted,
        substituted=section.substituted,
        part_despatch=section.part_despatch,
        vanished=section.vanished,
        look_again=timedelta(seconds=section.look_again),
        channels={
            name: ChannelRule(one.kind, ChannelAccount(one.account), Marketplace(one.marketplace or ""))
            for name, one in section.channels.items()
        },
        at_manifest=frozenset(
            ChannelAccount(name) for name, seller in settings.sellers.items() if seller.confirm_at == "manifest"
        ),
    )


def _paths(section: ClarusGoodsOuts) -> Paths:
    source = section.contents
    own: dict[str, Word] = {code.upper(): word for code, word in section.status_words.items()}
    contents = ContentPaths(
        source.parcel_path, source.package_path, source.sku_path, source.quantity_path, source.line_path or ""
    )
    return Paths(
        order_id=section.order_id_paths,
        line_reference=section.line_reference_paths,
        despatched_at=section.despatched_at_paths,
        tracking=section.tracking_paths,
        carrier=section.carrier_paths,
        service=section.service_paths,
        void=frozenset(word.lower() for word in section.shipments_void),
        left=frozenset(word.lower() for word in section.shipments_left),
        words={**WORDS, **own},
        channels={name: (one.path, frozenset(one.values)) for name, one in section.channels.items()},
        picked_leaves_allocated=section.picked_leaves_allocated,
        contents=contents if source.list else None,
    )
