"""Links, queues, keys and the daemon itself: what each alert means, and what its owner does first."""

from collections.abc import Mapping
from typing import Final

from handlers.alert_kinds import AlertKind, Entry

ENTRIES: Final[Mapping[AlertKind, Entry]] = {
    AlertKind.SECOND_SOURCE: Entry(
        "error",
        "technical",
        "A second source sends stock of a SKU that another source already counts.",
        "Decide which system counts this warehouse, and stop the other.",
    ),
    AlertKind.NO_PARTITION_KEY: Entry(
        "warning",
        "technical",
        "A source sends messages without the header `partitionkey`; they share one partition and are slow.",
        "Have the producer set the AMQP header `partitionkey` to <account>/<sku>.",
    ),
    AlertKind.MESSAGE_PARKED: Entry(
        "error",
        "technical",
        "Messages that nobody can act on were parked; none is lost.",
        "Run `goodsout parked list`, have the cause put right, then replay or discard them.",
    ),
    AlertKind.KEY_RETIRED: Entry(
        "critical",
        "technical",
        "A master key was taken away while keys of subjects are still sealed by it; messages about those wait.",
        "Name the old file again, after the new one, in keys.master_key_files, and start the daemon anew.",
    ),
    AlertKind.PROMISE_AT_RISK: Entry(
        "critical",
        "operations",
        "Something that was promised by a time has not happened, or will not happen in time.",
        "Open the subject with `goodsout alerts show` and do what holds it up first.",
    ),
    AlertKind.SOURCE_DENIED: Entry(
        "critical",
        "technical",
        "The warehouse system that we read turns our credentials away: its readings grow old.",
        "Read the reason; renew the secret in its file, and see that nobody logs in with the integration's account.",
    ),
    AlertKind.SOURCE_UNREADABLE: Entry(
        "error",
        "technical",
        "The warehouse system that we read has given no usable answer for a while.",
        "Read the text; ask its maker, or set the fields, the host or the caps right.",
    ),
    AlertKind.SOURCE_FIELDS: Entry(
        "critical",
        "technical",
        "The schema of the warehouse system lacks what our queries ask for: it is not read at all.",
        "Correct the fields in the settings, or have the account given the right to see them, and restart.",
    ),
    AlertKind.HOOK_REFUSED: Entry(
        "error",
        "technical",
        "A webhook came with the right token from another tenant or automation; it was refused.",
        "Compare the automation's id with the settings; if they agree, the token is known to others: change it.",
    ),
    AlertKind.HINT_UNREADABLE: Entry(
        "warning",
        "technical",
        "A webhook does not say which product it is about; a sweep is made instead.",
        "Look at a body that the automation sends, and set sku_paths or product_id_paths.",
    ),
    AlertKind.AUTOMATION_DIFFERS: Entry(
        "error",
        "technical",
        "An automation in the settings is switched off at the warehouse system, or fires on something else.",
        "Correct the automation there, or its id, resource and event in the settings.",
    ),
}
