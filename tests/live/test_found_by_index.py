"""What each round looks for is found without reading every listing: by PostgreSQL's own plans."""

from datetime import UTC, datetime

import asyncpg
import pytest

from daemon.store.database import query

pytestmark = pytest.mark.live
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LISTINGS = """
insert into listing (channel_account, marketplace, seller_sku, account, sku, imported_at)
select 'shop', 'A1F', 'S' || n, 'acme', 'S' || n, $1 from generate_series(1, 20000) n"""
STANDING = """
insert into publication (listing_id, desired, told, told_at, untold_since)
select id, 5, 7, $1, case when id % 1000 = 0 then $1::timestamptz end from listing"""
MARKS = "insert into dirty select 'acme', 'S' || n, $1 from generate_series(1, 20000) n"


async def plan(connection: "asyncpg.Connection[asyncpg.Record]", name: str, *arguments: object) -> str:
    rows = await connection.fetch(f"explain (costs off) {query(name)}", *arguments)
    return "\n".join(row[0] for row in rows)


async def test_candidates_and_marks_are_found_by_their_indices(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    try:
        for statement in (LISTINGS, STANDING, MARKS):
            await connection.execute(statement, NOW)
        await connection.execute("analyze")
        candidates = await plan(connection, "publication_candidates", "shop", NOW, 5, 500, 604_800.0)
        for index in ("publication_untold", "publication_again", "publication_over"):
            assert index in candidates, candidates
        assert "Seq Scan on publication" not in candidates, candidates
        marks = await plan(connection, "marks_take", 100)
        assert "Index Scan using dirty_age" in marks, marks
        found = await connection.fetch(query("publication_candidates"), "shop", NOW, 5, 500, 604_800.0)
        assert len(found) == 20, "and each that has something to say is found"
    finally:
        await connection.close()
