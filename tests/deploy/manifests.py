"""The Kubernetes manifests as they stand in the folder, read without a cluster."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.files import DEPLOY

KUBERNETES = DEPLOY / "kubernetes"
Manifest = dict[str, Any]


def kustomizations() -> list[Path]:
    return sorted(KUBERNETES.rglob("kustomization.yaml"))


def manifests() -> list[Manifest]:
    """Every object of every file, in the order of the files' names."""
    files = sorted(set(KUBERNETES.rglob("*.yaml")) - set(kustomizations()))
    return [document for file in files for document in read(file)]


def read(file: Path) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(file.read_text()) if document]


def of_kind(kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests() if manifest["kind"] == kind]


def workloads() -> list[Manifest]:
    return [*of_kind("Deployment"), *of_kind("Job")]


def pod_of(workload: Manifest) -> Manifest:
    pod: Manifest = workload["spec"]["template"]
    return pod


def container_of(workload: Manifest) -> Manifest:
    containers: list[Manifest] = pod_of(workload)["spec"]["containers"]
    (container,) = containers
    return container


def roles_of(deployment: Manifest) -> list[str]:
    arguments: list[str] = container_of(deployment)["args"]
    return arguments[arguments.index("--only") + 1].split(",")


def selected(selector: Manifest) -> list[Manifest]:
    """The workloads whose pods a label selector finds."""
    wanted = selector.get("matchLabels", selector)
    return [each for each in workloads() if wanted.items() <= pod_of(each)["metadata"]["labels"].items()]


def texts(value: object) -> Iterator[str]:
    """Every key and text anywhere in a manifest."""
    match value:
        case dict():
            for key, inner in value.items():
                yield str(key)
                yield from texts(inner)
        case list():
            for inner in value:
                yield from texts(inner)
        case _:
            yield str(value)
