"""The rules of the workshop: versions, releases, and what CI may do."""

import json
from pathlib import Path
import re
import shutil
import subprocess
import tomllib
from typing import Any
from urllib.parse import unquote
from zipfile import ZipFile

import pytest
import yaml

from homeassistant import const as home_assistant

ROOT = Path(__file__).parents[1]
INTEGRATION = "custom_components/openai_conversation"
MANIFEST = json.loads((ROOT / INTEGRATION / "manifest.json").read_text("utf-8"))
HACS = json.loads((ROOT / "hacs.json").read_text("utf-8"))
CHANGELOG = (ROOT / "CHANGELOG.md").read_text("utf-8")
KINDS_OF_CHANGE = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}

WORKFLOWS = {path.name: path.read_text("utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")}
PINNED = re.compile(r"[\w-]+/[\w/-]+@[0-9a-f]{40}  # \S.*")


def jobs() -> list[tuple[str, dict[str, Any]]]:
    """Return every job of every workflow, with its name."""
    assert WORKFLOWS, "the workflows were not found"
    return [
        (f"{file}: {name}", job)
        for file, text in WORKFLOWS.items()
        for name, job in yaml.safe_load(text)["jobs"].items()
    ]


def test_the_version_is_the_same_everywhere() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]

    assert project["version"] == MANIFEST["version"]


def test_the_oldest_supported_releases_are_tested() -> None:
    assert HACS["homeassistant"].split(".")[:2] == home_assistant.__version__.split(".")[:2]


def tracked_texts(root: Path) -> dict[str, str]:
    """Return the text files of a repository by their names."""
    names = subprocess.run(["git", "grep", "-lI", ""], cwd=root, capture_output=True, text=True, check=True)
    return {name: (root / name).read_text("utf-8") for name in names.stdout.splitlines()}


def addresses(text: str) -> set[str]:
    """Return the repositories that a text names as those of this integration."""
    plain = unquote(text)
    links = re.findall(r"owner=([\w-]+)&repository=([\w.-]+)", plain)
    pages = re.findall(r"github\.com/([\w-]+)/(openai_conversation)\b", plain)
    return {"/".join(each) for each in (*links, *pages)}


def test_the_address_is_the_same_everywhere() -> None:
    address = MANIFEST["documentation"].partition("github.com/")[2]
    assert {name for text in tracked_texts(ROOT).values() for name in addresses(text)} == {address}


def test_publishing_leaves_no_other_address(tmp_path: Path) -> None:
    for name, text in tracked_texts(ROOT).items():
        if addresses(text) or name == "scripts/publish":
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, tmp_path / name)
    subprocess.run("git init -q && git add -A", cwd=tmp_path, shell=True, check=True)

    subprocess.run([tmp_path / "scripts/publish", "ann/my.house", "@ann"], cwd=tmp_path, check=True)

    written = " ".join(tracked_texts(tmp_path).values())
    assert MANIFEST["documentation"].partition("github.com/")[2] not in unquote(written)
    assert "repository=my.house&" in written
    assert "ann%2Fmy.house%2Fblob" in written
    published = json.loads((tmp_path / INTEGRATION / "manifest.json").read_text("utf-8"))
    assert published["documentation"] == "https://github.com/ann/my.house"
    assert published["codeowners"] == ["@ann"]


def test_there_is_nothing_to_install() -> None:
    assert "requirements" not in MANIFEST


def test_the_changelog_is_kept() -> None:
    versions = re.findall(r"^## (.*)$", CHANGELOG, re.MULTILINE)

    assert versions[0] == "[Unreleased]"
    assert all(re.fullmatch(r"\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", version) for version in versions[1:])
    assert len(set(versions)) == len(versions)
    assert set(re.findall(r"^### (.*)$", CHANGELOG, re.MULTILINE)) <= KINDS_OF_CHANGE


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A small repository in which the version of the manifest is to be released."""
    for name in ("scripts/release", f"{INTEGRATION}/manifest.json", f"{INTEGRATION}/translations/en.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "CHANGELOG.md").write_text(CHANGELOG, "utf-8")
    commit = (
        "git init -q && git add -A && git -c user.name=Test -c user.email=test@example.org commit -qm Test"
    )
    subprocess.run(commit, cwd=tmp_path, shell=True, check=True)
    return tmp_path


def release(checkout: Path, tag: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [checkout / "scripts/release", tag], cwd=checkout, capture_output=True, text=True, check=False
    )


def test_a_release_is_what_hacs_installs(checkout: Path) -> None:
    done = release(checkout, f"v{MANIFEST['version']}")

    assert done.returncode == 0, done.stderr
    assert HACS["zip_release"] is True
    assert {"manifest.json", "translations/en.json"} <= set(
        ZipFile(checkout / "dist" / HACS["filename"]).namelist()
    )
    assert (checkout / "dist/notes.md").read_text("utf-8").strip().startswith("### Added")


def test_a_tag_that_is_not_the_version_is_refused(checkout: Path) -> None:
    refused = release(checkout, "v99.0.0")

    assert refused.returncode == 1
    assert "the tag is v99.0.0" in refused.stderr
    assert not (checkout / "dist").exists()


def test_a_version_without_notes_is_refused(checkout: Path) -> None:
    (checkout / "CHANGELOG.md").write_text(CHANGELOG.replace(f"[{MANIFEST['version']}]", "[0.0.1]"), "utf-8")

    refused = release(checkout, f"v{MANIFEST['version']}")

    assert refused.returncode == 1
    assert "CHANGELOG.md has no section" in refused.stderr


@pytest.mark.parametrize("file", WORKFLOWS)
def test_a_workflow_starts_with_nothing(file: str) -> None:
    workflow = yaml.safe_load(WORKFLOWS[file])

    assert workflow["permissions"] == {}
    assert workflow["concurrency"]["group"]


@pytest.mark.parametrize(("name", "job"), jobs(), ids=[name for name, _ in jobs()])
def test_a_job_has_limits_and_runs_scripts(name: str, job: dict[str, Any]) -> None:
    assert "contents" in job["permissions"]
    if "uses" in job:
        assert job["uses"].startswith("./")
        return
    assert job["timeout-minutes"] <= 60
    runs = [step["run"] for step in job["steps"] if "run" in step]
    assert all(run.startswith(("scripts/", ".ci/run", "gh release create ")) for run in runs)


@pytest.mark.parametrize("file", WORKFLOWS)
def test_actions_are_pinned_to_a_commit(file: str) -> None:
    used = re.findall(r"uses: (.*)$", WORKFLOWS[file], re.MULTILINE)

    assert used
    assert [each for each in used if not PINNED.fullmatch(each) and not each.startswith("./")] == []
