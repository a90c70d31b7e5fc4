"""The Kubernetes manifests: valid without a cluster, probed, boxed, stopped gracefully, and free of secrets."""

import tomllib
from pathlib import Path

import kubernetes_validate  # type: ignore[import-untyped]  # the package has no types
import pytest
import yaml

from daemon.config import load
from daemon.settings import ROLES, Settings
from daemon.topology import PARTITIONS
from daemon.web import CHECK_TIMEOUT
from tests.deploy.files import ROOT, program, said
from tests.deploy.manifests import (
    KUBERNETES,
    Manifest,
    container_of,
    kustomizations,
    manifests,
    of_kind,
    pod_of,
    roles_of,
    selected,
    texts,
    workloads,
)

VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
SETTINGS = KUBERNETES / "settings" / "goodsout.toml"


def name_of(manifest: Manifest) -> str:
    return f"{manifest['kind']} {manifest['metadata']['name']}"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The shipped settings, as the daemon reads them once the Secret is there."""
    folder = tmp_path_factory.mktemp("configuration")
    (folder / "goodsout").mkdir()
    for name in secret_names():
        (folder / "goodsout" / name).write_text("not-a-secret")
    (folder / SETTINGS.name).write_text(SETTINGS.read_text())
    return load(folder / SETTINGS.name, {}).settings


def secret_names() -> set[str]:
    """The keys of the Secret that the settings name."""
    found = (text for text in texts(tomllib.loads(SETTINGS.read_text())) if text.startswith("goodsout/"))
    return {text.removeprefix("goodsout/") for text in found}


@pytest.mark.parametrize("manifest", manifests(), ids=name_of)
def test_each_object_holds_against_the_kubernetes_schema(manifest: Manifest) -> None:
    newest = kubernetes_validate.latest_version()
    assert newest.startswith(kubernetes_validate.validate(manifest, newest, strict=True))


@pytest.mark.parametrize("folder", [path.parent for path in kustomizations()], ids=lambda path: path.name)
def test_each_kustomization_builds_and_what_it_builds_is_valid(folder: Path) -> None:
    status, output = said([program("kubectl"), "kustomize", folder])
    assert status == 0, output
    for manifest in yaml.safe_load_all(output):
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)


def test_every_file_is_named_by_a_kustomization() -> None:
    named = {
        (path.parent / resource).resolve()
        for path in kustomizations()
        for resource in yaml.safe_load(path.read_text())["resources"]
    }
    files = {path.resolve() for path in KUBERNETES.rglob("*.yaml")} - {path.resolve() for path in kustomizations()}
    assert files <= named


def test_every_role_runs_somewhere_and_each_pod_can_be_probed() -> None:
    running = [roles_of(deployment) for deployment in of_kind("Deployment")]
    assert {role for roles in running for role in roles} == set(ROLES)
    assert all("web" in roles for roles in running)


def test_no_role_but_the_web_server_runs_in_two_deployments() -> None:
    running = [role for deployment in of_kind("Deployment") for role in roles_of(deployment) if role != "web"]
    assert len(running) == len(set(running))


def test_intake_has_no_more_pods_than_partitions() -> None:
    (intake,) = (deployment for deployment in of_kind("Deployment") if "intake" in roles_of(deployment))
    assert 2 <= intake["spec"]["replicas"] <= PARTITIONS


@pytest.mark.parametrize("deployment", of_kind("Deployment"), ids=name_of)
def test_each_probe_asks_the_path_made_for_it_and_waits_longer_than_the_answer_takes(deployment: Manifest) -> None:
    container = container_of(deployment)
    paths = {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert {probe: container[probe]["httpGet"]["path"] for probe in paths} == paths
    assert all(container[probe]["httpGet"]["port"] == "web" for probe in paths)
    assert container["readinessProbe"]["timeoutSeconds"] > CHECK_TIMEOUT


@pytest.mark.parametrize("deployment", of_kind("Deployment"), ids=name_of)
def test_the_probed_port_is_the_one_that_the_settings_open(deployment: Manifest, settings: Settings) -> None:
    (port,) = container_of(deployment)["ports"]
    assert (port["name"], port["containerPort"]) == ("web", settings.web.port)
    assert settings.web.host == "0.0.0.0"


@pytest.mark.parametrize("workload", workloads(), ids=name_of)
def test_a_pod_may_take_longer_to_end_than_the_daemon_drains(workload: Manifest, settings: Settings) -> None:
    assert pod_of(workload)["spec"]["terminationGracePeriodSeconds"] >= settings.intake.drain + 20


@pytest.mark.parametrize("workload", workloads(), ids=name_of)
def test_each_pod_is_boxed(workload: Manifest) -> None:
    pod, container = pod_of(workload)["spec"], container_of(workload)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"]["readOnlyRootFilesystem"] is True
    assert container["securityContext"]["allowPrivilegeEscalation"] is False
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["automountServiceAccountToken"] is False


@pytest.mark.parametrize("workload", workloads(), ids=name_of)
def test_each_pod_says_what_it_needs_and_has_a_bound_on_memory(workload: Manifest) -> None:
    resources = container_of(workload)["resources"]
    assert set(resources["requests"]) == {"cpu", "memory"}
    assert "memory" in resources["limits"]


@pytest.mark.parametrize("workload", workloads(), ids=name_of)
def test_no_variable_of_a_neighbouring_service_reaches_the_settings(workload: Manifest) -> None:
    names = [variable["name"] for variable in container_of(workload)["env"]]
    assert pod_of(workload)["spec"]["enableServiceLinks"] is False
    assert names == ["GOODSOUT_CONFIG"]


def test_every_image_is_named_by_this_version_and_by_no_registry() -> None:
    images = {container_of(workload)["image"] for workload in workloads()}
    tags = [
        image["newTag"] for path in kustomizations() for image in yaml.safe_load(path.read_text()).get("images", [])
    ]
    assert images == {f"goodsout:{VERSION}"}
    assert set(tags) == {VERSION}


def test_no_secret_value_is_in_the_manifests() -> None:
    assert not of_kind("Secret")
    mounted = [volume["secret"]["secretName"] for each in workloads() for volume in volumes(each, "secret")]
    assert mounted == ["goodsout"] * len(workloads())


def volumes(workload: Manifest, kind: str) -> list[Manifest]:
    return [volume for volume in pod_of(workload)["spec"]["volumes"] if kind in volume]


def test_the_shipped_settings_are_whole_once_the_secret_is_there(settings: Settings) -> None:
    assert {"bus-password", "database-password", "master-key"} <= secret_names()
    assert settings.sellers


def test_secrets_are_mounted_where_the_settings_look_for_them() -> None:
    for workload in workloads():
        mounts = {mount["name"]: mount for mount in container_of(workload)["volumeMounts"]}
        assert mounts["secrets"]["mountPath"] == "/run/secrets/goodsout"
        assert "subPath" not in mounts["secrets"], "a file mounted by subPath is never rotated"


def test_each_deployment_keeps_a_pod_while_nodes_are_drained() -> None:
    guarded = [name_of(each) for budget in of_kind("PodDisruptionBudget") for each in selected_by(budget)]
    assert sorted(guarded) == sorted(name_of(deployment) for deployment in of_kind("Deployment"))
    assert all(deployment["spec"]["replicas"] >= 2 for deployment in of_kind("Deployment"))


def selected_by(manifest: Manifest) -> list[Manifest]:
    return selected(manifest["spec"]["selector"])


@pytest.mark.parametrize("deployment", of_kind("Deployment"), ids=name_of)
def test_the_pods_of_a_role_spread_over_nodes_and_zones(deployment: Manifest) -> None:
    constraints = pod_of(deployment)["spec"]["topologySpreadConstraints"]
    keys = {constraint["topologyKey"] for constraint in constraints}
    assert keys == {"kubernetes.io/hostname", "topology.kubernetes.io/zone"}
    assert all(selected(constraint["labelSelector"]) == [deployment] for constraint in constraints)


def test_prometheus_finds_every_daemon_pod_ready_or_not() -> None:
    (service,) = of_kind("Service")
    assert [name_of(each) for each in selected_by(service)] == [name_of(each) for each in of_kind("Deployment")]
    assert service["spec"]["publishNotReadyAddresses"] is True


def test_every_pod_is_behind_the_network_policy() -> None:
    (policy,) = of_kind("NetworkPolicy")
    assert set(policy["spec"]["policyTypes"]) == {"Ingress", "Egress"}
    assert selected(policy["spec"]["podSelector"]) == workloads()
