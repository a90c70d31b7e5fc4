"""The image: built from the lock, run by a number that is not root, and holding nothing that it does not need."""

import re
import tomllib
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.deploy.files import DEPLOY, ROOT

Instruction = tuple[str, str]


def instructions() -> list[Instruction]:
    text = re.sub(r"\\\n", " ", (DEPLOY / "Dockerfile").read_text())
    lines = (line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return [(word, " ".join(rest.split())) for word, _, rest in (line.partition(" ") for line in lines)]


def final_stage() -> list[Instruction]:
    lines = instructions()
    last = max(place for place, (word, _) in enumerate(lines) if word == "FROM")
    return lines[last:]


def arguments(word: str, among: list[Instruction]) -> list[str]:
    return [rest for name, rest in among if name == word]


def lock_entries(name: str) -> dict[str, str]:
    blocks = re.findall(r"^[a-z].*?(?=^[a-z]|\Z)", (ROOT / name).read_text(), re.S | re.M)
    return {block.partition("==")[0]: block for block in blocks}


def needed_to_run() -> set[str]:
    """The names that the program's dependencies lead to on this machine."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    waiting, found = list(project["dependencies"]), set[str]()
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonicalize_name(requirement.name)
        if (requirement.marker and not requirement.marker.evaluate({"extra": ""})) or name in found:
            continue
        found.add(name)
        waiting += requires(name) or []
    return found


def test_the_image_runs_as_a_number_that_is_not_root() -> None:
    (user,) = arguments("USER", final_stage())
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", user)


def test_every_install_is_bound_to_hashes_or_to_our_own_wheel() -> None:
    installs = [rest for rest in arguments("RUN", instructions()) if '"install"' in rest]
    assert installs
    assert all("--require-hashes" in rest or "--no-index" in rest for rest in installs)


def test_nothing_is_fetched_by_address_and_no_registry_is_named() -> None:
    text = (DEPLOY / "Dockerfile").read_text()
    assert not arguments("ADD", instructions())
    assert "://" not in text
    assert re.findall(r"ARG PYTHON=(\S+)", text) == ["python:3.11-slim-bookworm"]
    assert {rest.partition(" AS ")[0] for rest in arguments("FROM", instructions())} == {"${PYTHON}"}


def test_the_last_stage_runs_no_command_and_needs_no_shell() -> None:
    stage = final_stage()
    assert not arguments("RUN", stage)
    assert arguments("ENTRYPOINT", stage) == ['["goodsout"]']
    assert arguments("CMD", stage) == ['["run"]']


def test_the_image_is_stopped_by_sigterm_and_probed_by_kubernetes_alone() -> None:
    assert arguments("STOPSIGNAL", final_stage()) == ["SIGTERM"]
    assert arguments("HEALTHCHECK", final_stage()) == ["NONE"]


def test_a_read_only_root_needs_no_compiled_modules() -> None:
    (variables,) = arguments("ENV", final_stage())
    assert "PYTHONDONTWRITEBYTECODE=1" in variables


def test_everything_that_is_copied_is_let_through_and_exists() -> None:
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copies = [rest.split()[:-1] for rest in arguments("COPY", instructions()) if "--from" not in rest]
    copied = {name for names in copies for name in names}
    assert copied == let_through
    assert all(Path(ROOT / name).exists() for name in copied)


def test_the_wheel_is_built_from_every_package_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    copied = " ".join(arguments("COPY", instructions())).split()
    assert set(packages) <= set(copied)


def test_the_lock_of_the_image_is_the_whole_lock_without_what_only_developers_need() -> None:
    everything, image = lock_entries("requirements.lock"), lock_entries("requirements-runtime.lock")
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    developers = {canonicalize_name(Requirement(line).name) for line in groups["dev"]}
    assert image.items() <= everything.items()
    assert needed_to_run() <= set(image)
    assert not (developers - needed_to_run()) & set(image)
