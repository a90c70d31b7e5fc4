"""`make explain-page`: the story in docs/explain.md, lived through anew and printed by the program itself."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.journeys.rig import running
from tests.manual.story import BEGIN, END, PAGE, ROLES, explained, live_through
from tests.services.postgres import Databases
from tests.services.running import running_postgres


async def told(databases: Databases) -> str:
    template = await databases.migrated_template()
    async with databases.fresh_database(template) as url:
        with TemporaryDirectory(prefix="goodsout-page-") as folder:
            async with running(Path(folder), url, ROLES) as rig:
                await live_through(rig)
                return await explained(rig, "--last", "40")


def main() -> None:
    with running_postgres() as databases:
        text = asyncio.run(told(databases))
    before, rest = PAGE.read_text().split(BEGIN)
    _, after = rest.split(END)
    PAGE.write_text(f"{before}{BEGIN}{text}{END}{after}")
    print(text)


if __name__ == "__main__":
    main()
