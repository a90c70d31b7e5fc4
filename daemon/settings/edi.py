"""Partners by EDI."""

from typing import Literal

from daemon.settings.section import Section


class EdiServer(Section, frozen=True, kw_only=True):
    """A partner's SFTP server. Partners often give one user to fetch and another to put."""

    host: str = ""
    port: int = 22
    user: str = ""
    upload_user: str = ""
    """Without it the same one."""
    key_file: str = ""
    """Our private key."""
    known_hosts_file: str = ""
    """The server's key, as the partner gave it by another way: a host that is not in it is not talked to."""
    download: str = "."
    upload: str = "."
    """Folders at the server."""
    timeout: float = 30.0
    """Seconds for connecting, and for each answer."""


class EdiExchange(Section, frozen=True, kw_only=True):
    """One exchange of EDI with one partner: live and test are two. See docs/edi.md."""

    standard: Literal["x12", "edifact"]
    vendor: str
    """The vendor account whose purchase orders come here."""
    our_id: str
    our_qualifier: str = "ZZ"
    their_id: str = "AMAZON"
    their_qualifier: str = "ZZ"
    our_group_id: str = ""
    their_group_id: str = ""
    """X12 GS02 and GS03; without them as in the ISA."""
    test: bool = False
    currency: str
    """Where a document names none. ISO 4217."""
    zone: str = "UTC"
    """Whose days the documents' dates are, such as `Europe/London`."""
    transport: Literal["folder", "sftp"] = "folder"
    inbox: str = ""
    outbox: str = ""
    """`folder`: of this machine (an AS2 gateway fills one and empties the other)."""
    server: EdiServer = EdiServer()
    """`sftp`."""
    every: float = 60.0
    """Seconds between two looks for files."""
    most_bytes: int = 67_108_864
    """Of a file; a larger one stays where it is and is raised."""
    carries_documents: bool = True
    """Whether ship notices and invoices of the vendor account go this way rather than by its API."""
    acknowledges: bool = True
    """Whether what comes is answered with 997 or CONTRL."""
    asks_interchange_answer: bool = False
    """X12 ISA14, EDIFACT 0031."""
    acknowledged_within: float = 86_400.0
    """Seconds within which the partner should say that a document was read."""
    presumed_after: float = 3_600.0
    """Seconds after that in which no word against it counts as accepted."""
    numbers_kept_days: int = 400
    """For so long a control number of theirs names what came under it first."""
    isa_versions: dict[str, str] = {}
    """X12 ISA12 by document, over those of Amazon's vendor programme (855: 00400, 856: 00501, others: 00401)."""
    gs_versions: dict[str, str] = {}
    """X12 GS08 by document (856: 005010, others: 004010)."""
    associations: dict[str, str] = {}
    """EDIFACT: the association's code by message (ORDRSP and DESADV: EAN005, INVOIC and INVRPT: EAN008)."""
    backorder_codes: tuple[str, ...] = ()
    """X12 CSH01 that allow back-orders; none unless the partner says which."""
    backorders: bool = False
    """Whether every line may be back-ordered, as agreed with the partner: EDIFACT's orders cannot say so."""
    changes_by: Literal["ordered", "difference"] = "ordered"
    """X12 860, a quantity up or down (QI, QD): POC03 is what is ordered now, or POC04 is by how much it changes."""
    changes_answered: Literal["change", "order"] = "change"
    """X12: whether an 860 is answered by an 865, or by an 855 like an order."""
    vendor_pays_codes: tuple[str, ...] = ("PP",)
    retailer_pays_codes: tuple[str, ...] = ("CC",)
    """X12 FOB01."""
    retailer_reference_qualifier: str = "BX"
    """X12 REF01 of the retailer's own number of a shipment, and..."""
    retailer_reference_rff: str = "ACD"
    """...EDIFACT RFF 1153 of it; undocumented for Amazon's programme: ask the partner."""
    answered_message_rff: str = "ACW"
    """EDIFACT RFF 1153 of the message that is answered: in our ORDRSP to an ORDCHG, and in an APERAK about ours.
    Undocumented for Amazon's programme: ask the partner."""
    ship_date_qualifier: Literal["067", "068"] = "068"
    line_break: bool = False
    """A line break after each segment that we write."""
