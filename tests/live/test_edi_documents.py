"""Ship notices and invoices by EDI: made once, nothing claimed of what nobody read, refused in their words."""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from daemon.clock import Clock
from daemon.edi_documents import EdiDocuments
from daemon.edi_post import EdiPost
from daemon.links.edi_spool import FolderSpool
from daemon.store.database import Database
from daemon.vendor_documents_role import transport_of
from edi.partner import Partner, Standard
from edi.x12.read import read
from handlers.answers import Done, NeverLeft
from handlers.edi_documents import Rules
from schemas.amazon_vendor_transactions import VendorTransaction
from schemas.ship_notice import Carton
from tests.edi.documents import PROFILE, SSCC, notice, packed

pytestmark = pytest.mark.live

RULES = Rules(acknowledged_within=timedelta(hours=24), presumed_after=timedelta(hours=1))
NOTICE = notice((Carton(number=1, sscc=SSCC, items=(packed("PO1", "1", 2),)),))


def documents(database: Database, folder: Path, standard: Standard = "x12") -> EdiDocuments:
    partner = Partner(name="amazon", standard=standard, our_id="VENDOR", their_id="AMAZON")
    post = EdiPost(partner, FolderSpool(folder, folder), database, Clock(), {}, RULES, most_bytes=1_000_000)
    return EdiDocuments(post, PROFILE)


async def standing(link: EdiDocuments, database: Database, told: str, state: str) -> object:
    async with database.connection() as connection:
        await connection.execute("update edi_document set state = $1, text = 'COST'", state)
    found = await link.transaction(told)
    if not isinstance(found, Done):
        return type(found)
    return found.value.standing if found.value.left else "made"


async def test_a_notice_whose_answer_was_lost_is_made_once_and_a_replacement_is_another(
    database: Database, tmp_path: Path
) -> None:
    link = documents(database, tmp_path)
    first, again = await link.notify_shipment(NOTICE), await link.notify_shipment(NOTICE)
    assert isinstance(first, Done) and first == again
    other = await link.notify_shipment(msgspec.structs.replace(NOTICE, kind="replace"))
    assert other != first
    await link.post.put()
    sent = [read(file.read_bytes()).interchanges[0].transactions[0] for file in sorted(tmp_path.iterdir())]
    assert [one.lines[1].split("*")[1] for one in sent] == ["00", "05"]


async def test_nothing_is_claimed_of_a_notice_that_nobody_has_read(database: Database, tmp_path: Path) -> None:
    link = documents(database, tmp_path)
    told = await link.notify_shipment(NOTICE)
    assert isinstance(told, Done)
    found = {state: await standing(link, database, told.value, state) for state in
             ("waiting", "put", "overdue", "read", "presumed", "accepted", "rejected", "denied")}  # fmt: skip
    assert found == {
        "waiting": "made", "put": NeverLeft, "overdue": NeverLeft, "read": "processing", "presumed": "processing",
        "accepted": "success", "rejected": "failure", "denied": "failure",
    }  # fmt: skip


async def test_a_refusal_comes_in_the_partners_words_and_what_was_refused_is_said_anew(
    database: Database, tmp_path: Path
) -> None:
    link = documents(database, tmp_path)
    told = await link.notify_shipment(NOTICE)
    assert isinstance(told, Done) and await standing(link, database, told.value, "denied") == "failure"
    found = await link.transaction(told.value)
    assert isinstance(found, Done) and isinstance(found.value, VendorTransaction)
    assert [(one.code, one.message) for one in found.value.reasons] == [("denied", "COST")]
    assert await link.notify_shipment(NOTICE) != told


@pytest.mark.parametrize("standard", ["x12", "edifact"])
async def test_a_link_by_files_is_judged_by_the_rules_of_its_standard(
    database: Database, tmp_path: Path, standard: Standard
) -> None:
    assert transport_of(documents(database, tmp_path, standard)) == standard


@pytest.mark.parametrize("standard", ["x12", "edifact"])
async def test_what_cannot_be_written_never_leaves_and_uses_no_number(
    database: Database, tmp_path: Path, standard: Standard
) -> None:
    link = documents(database, tmp_path, standard)
    wrong = msgspec.structs.replace(NOTICE, shipment="S~1" if standard == "x12" else "S\u0416")
    with pytest.raises(ValueError, match=r"it holds|character"):
        await link.notify_shipment(wrong)
    async with database.connection() as connection:
        assert await connection.fetchval("select count(*) from edi_counter") == 0
