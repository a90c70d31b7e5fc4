"""Daemon processes of their own: started, killed, started again, stopped."""

import asyncio
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class Replica:
    """One `goodsout run`, with its log in a file."""

    name: str
    configuration: Path
    only: str
    environment: dict[str, str] = field(default_factory=dict[str, str])
    process: asyncio.subprocess.Process | None = None
    kills: int = 0

    @property
    def log(self) -> Path:
        return self.configuration.parent / f"{self.name}.log"

    async def start(self) -> None:
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(ROOT)}
        arguments = ("-m", "daemon", "--config", str(self.configuration), "run", "--only", self.only)
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, cwd=ROOT, env=environment, stdout=log, stderr=log
            )

    async def kill(self) -> None:
        """SIGKILL: between any two lines."""
        assert self.process is not None and self.process.returncode is None, self.told()
        self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        self.kills += 1

    async def stop(self, within: float = 120.0) -> int:
        """SIGTERM, and the exit status; killed, and -9, when it takes too long."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.terminate()
        try:
            async with asyncio.timeout(within):
                return await self.process.wait()
        except TimeoutError:
            self.process.kill()
            return await self.process.wait()

    def alive(self) -> bool:
        return self.process is not None and self.process.returncode is None

    def told(self) -> str:
        """The end of its log, for a test that fails."""
        return f"{self.name}:\n{self.log.read_text()[-4000:]}" if self.log.exists() else f"{self.name}: no log"
