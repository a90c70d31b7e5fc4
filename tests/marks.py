"""Marked names and addresses, and the search for them in whatever is written: plain, escaped, in hex or in base64."""

import json
from base64 import b64encode
from collections.abc import Iterable

import asyncpg

EMAIL = "quillon.marked@buyer-mark.example"
ADDRESS = {
    "name": "Quillon Xavertiné 🚚", "companyName": "Brackwater Marked", "addressLine1": "77 Zorblatt Mews",
    "addressLine2": "Flat Ypsilon-Mark", "city": "Wexmouthmark", "stateOrRegion": "Norfolkmark",
    "postalCode": "NR98 7ZW", "countryCode": "GB", "phone": "01632 960777",
}  # fmt: skip
"""As Amazon tells it."""
MARKS = (
    "Quillon", "Xavertiné", "Brackwater", "Zorblatt", "Ypsilon", "Wexmouthmark", "Norfolkmark", "NR98 7ZW", "NR987ZW",
    "1632 960777", "1632960777", "buyer-mark",
)  # fmt: skip

COPY = """
create table written (relation text not null, said text not null);
create function copy_written() returns trigger language plpgsql as
$$ begin insert into written values (tg_table_name, new::text); return new; end $$;
do $$ declare found regclass; begin
    for found in
        select c.oid::regclass from pg_class c
        where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = 'public'::regnamespace
            and c.relname not in ('written', 'migration')
    loop
        execute format(
            'create trigger copies after insert or update on %s for each row execute function copy_written()', found
        );
    end loop;
end $$
"""
"""From here on every version of every row is kept: what stood for a moment has been stored, too."""


def forms(mark: str) -> set[str]:
    """How a mark may stand in a text, in lower case."""
    plain = mark.encode()
    coded = {_inside(plain, offset) for offset in range(3)}
    texts = {mark, json.dumps(mark)[1:-1], *coded}
    return {form.lower() for text in texts for form in (text, text.encode().hex())}


def _inside(plain: bytes, offset: int) -> str:
    """What base64 makes of it wherever it begins, without what its neighbours decide."""
    skipped = (0, 2, 3)[offset]
    whole = (offset + len(plain)) // 3 * 4
    return b64encode(b"\x00" * offset + plain).decode()[skipped:whole]


FORMS = {form: mark for mark in MARKS for form in forms(mark)}


def found_in(text: str) -> set[str]:
    lower = text.lower()
    return {mark for form, mark in FORMS.items() if form in lower}


def leaks(named: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Each (where, text) that holds a mark, with the mark and what is around."""
    return [
        (where, mark, text[max(0, text.lower().find(mark.lower()) - 80) :][:200])
        for where, text in named
        for mark in sorted(found_in(text))
    ]


async def all_rows(connection: "asyncpg.Connection[asyncpg.Record]") -> list[tuple[str, str]]:
    """Every row of every table as text, bytes in hex."""
    names = await connection.fetch(
        "select c.oid::regclass::text as name from pg_class c where c.relkind = 'r'"
        " and c.relnamespace = 'public'::regnamespace"
    )
    return [
        (row["name"], said["said"])
        for row in names
        for said in await connection.fetch(f"select whole::text as said from {row['name']} as whole")
    ]
