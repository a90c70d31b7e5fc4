"""Amazon's vendor side over EDI: X12 or EDIFACT in two folders, strict to read, with its lags and its bad days."""

from simulators.edi_partner.partner import EdiPartner, Heard
from simulators.edi_partner.terms import EdiPlan, Parties

__all__ = ["EdiPartner", "EdiPlan", "Heard", "Parties"]
