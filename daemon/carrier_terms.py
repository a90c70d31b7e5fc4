"""What channels want of carriers, from the settings."""

from daemon.settings import CarrierSection, Settings
from handlers.carrier_rules import ROYAL_MAIL, CarrierRule, CarrierRules

BUILT_IN = {"Royal Mail": ROYAL_MAIL}
"""Stands where the settings do not name the carrier."""


def carrier_rules(settings: Settings) -> CarrierRules:
    """What is known of carriers: built in, and put over it what the settings say."""
    section = settings.despatch
    named = {name: _rule(one) for name, one in settings.carriers.items()}
    return CarrierRules(
        carriers=BUILT_IN | named,
        names=frozenset(section.carrier_names),
        method_in=frozenset(section.method_in),
        method=section.method,
        doubtful=section.doubtful_tracking,
    )


def _rule(section: CarrierSection) -> CarrierRule:
    return CarrierRule(patterns=section.patterns, check_s10=section.check_s10, compact=section.compact)
