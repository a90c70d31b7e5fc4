"""A RabbitMQ node of our own: own ports, own folder, own Erlang port mapper, nothing of it left afterwards."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from tests.services.broker import Broker
from tests.services.packages import Unavailable, say
from tests.services.processes import accepts, free_ports, kill_marked, marked, start_marked, wait_until
from tests.services.rabbitmq_programs import RabbitPrograms, find_rabbitmq

PLUGINS = "[rabbitmq_consistent_hash_exchange,rabbitmq_management,rabbitmq_prometheus]."
START_SECONDS = 90.0
ATTEMPTS = 3
"""Another program may take a port between our look and our use."""


@dataclass(slots=True)
class PrivateRabbitMQ:
    """Make it with `start`; `kill_node` and `start_node` rehearse a crash of the broker, `stop` ends it for good."""

    home: Path
    """Names it: its processes carry this folder in their environment."""
    folder: Path
    """Of its files. Not below `home`, because RabbitMQ's scripts do not bear every path."""
    programs: RabbitPrograms
    ports: range
    """AMQP, management, metrics, distribution, port mapper."""
    _started: list[subprocess.Popen[bytes]] = field(default_factory=list, repr=False)

    @classmethod
    def start(cls, home: Path, packages: Path) -> Self:
        """`packages` is where downloaded packages are kept. Raises Unavailable."""
        programs = find_rabbitmq(packages)
        home.mkdir(parents=True, exist_ok=True)
        complaint = ""
        for attempt in range(ATTEMPTS):
            folder = Path(tempfile.mkdtemp(prefix="goodsout-rabbitmq-"))
            (home / "elsewhere").write_text(f"{folder}\n")
            node = cls(home, folder, programs, free_ports(5, attempt))
            if node._start_all():
                return node
            complaint = node._log_end()
            node.stop()
            say(f"RabbitMQ did not start at the ports {node.ports}: {complaint[-300:]}")
        raise Unavailable(f"RabbitMQ did not start. Its last words: {complaint}")

    @property
    def broker(self) -> Broker:
        amqp, management, metrics = (f"127.0.0.1:{port}" for port in self.ports[:3])
        return Broker(f"amqp://guest:guest@{amqp}", f"http://{management}", f"http://{metrics}")

    def start_node(self) -> bool:
        """On what is in the folder; True when it answers, False when it ended instead or took too long."""
        command = [self.programs.sbin / "rabbitmq-server"]
        node = start_marked(command, self.home, self._environment(), self.folder / "log" / "stdout")
        self._started.append(node)
        wait_until(lambda: node.poll() is not None or self.broker.answers(), START_SECONDS)
        return node.poll() is None and self.broker.answers()

    def kill_node(self) -> None:
        """As a power cut would, for the broker and its port mapper."""
        kill_marked(self.home)
        for process in self._started:
            process.wait()
        self._started.clear()

    def restart_node(self) -> bool:
        """After `kill_node`: the same node with the same data at the same ports."""
        self._start_port_mapper()
        return self.start_node()

    def control(self, *command: str, seconds: float = 60) -> str:
        """`rabbitmqctl command …`; about one second each. Raises subprocess.CalledProcessError."""
        called = [str(self.programs.sbin / "rabbitmqctl"), "--quiet", *command]
        run = subprocess.run(
            called, env=self._environment(), cwd="/", capture_output=True, text=True, timeout=seconds, check=True
        )
        return run.stdout

    def stop(self) -> None:
        """For good, with its files. May be called twice."""
        self.kill_node()
        destroy(self.home)

    def _start_all(self) -> bool:
        self._write_files()
        self._start_port_mapper()
        return self.start_node()

    def _write_files(self) -> None:
        for name in ("home", "mnesia", "log"):
            (self.folder / name).mkdir()
        (self.folder / "enabled_plugins").write_text(PLUGINS)
        settings = (
            "management.tcp.ip = 127.0.0.1",
            f"management.tcp.port = {self.ports[1]}",
            "prometheus.tcp.ip = 127.0.0.1",
            f"prometheus.tcp.port = {self.ports[2]}",
            "disk_free_limit.absolute = 500MB",
        )
        (self.folder / "rabbitmq.conf").write_text("\n".join(settings) + "\n")

    def _start_port_mapper(self) -> None:
        """Before the node, and not as a daemon: the one that a node starts by itself would outlive it."""
        command = [str(self.programs.epmd()), "-port", str(self.ports[4]), "-address", "127.0.0.1"]
        mapper = start_marked(command, self.home, self._environment(), self.folder / "log" / "epmd")
        self._started.append(mapper)
        wait_until(lambda: mapper.poll() is not None or accepts(self.ports[4]), 10)

    def _environment(self) -> dict[str, str]:
        folder, ports = self.folder, self.ports
        return {
            **self.programs.environment(),
            "HOME": str(folder / "home"),
            "RABBITMQ_NODENAME": f"goodsout{ports[0]}@localhost",
            "RABBITMQ_MNESIA_BASE": str(folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(folder / "log"),
            "RABBITMQ_PID_FILE": str(folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq"),
            "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_NODE_PORT": str(ports[0]),
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_DIST_PORT": str(ports[3]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(ports[4]),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }

    def _log_end(self) -> str:
        logs = sorted((self.folder / "log").glob("*"))
        return "\n".join(line for log in logs for line in log.read_text(errors="replace").splitlines()[-15:])


def destroy(home: Path) -> None:
    """Processes and files, whoever started it."""
    kill_marked(home)
    pointer = home / "elsewhere"
    if pointer.exists():
        shutil.rmtree(pointer.read_text().strip(), ignore_errors=True)
    shutil.rmtree(home, ignore_errors=True)


def is_running(home: Path) -> bool:
    return bool(marked(home))
