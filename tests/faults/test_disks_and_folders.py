"""Disks that are full and folders that cannot be written: which, what state things are in, and what to do.

They are mounted for real, which only root may do; elsewhere these tests are skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.exports import json_lines, spend_log
from tests.faults.conftest import copy_of
from tests.faults.held import assert_same, held
from tests.faults.runs import Runs
from tests.small_warehouses import change
from tests.zone import Zone
from tokenworth.errors import TokenworthError, UsageError
from tokenworth.publish import publish
from tokenworth.settings import Settings
from tokenworth.status import read_status


def _mount(*arguments: str) -> None:
    mount = shutil.which("mount")
    if mount is None or os.geteuid() != 0:
        pytest.skip("only root can mount a disk")
    if subprocess.run([mount, *arguments], capture_output=True, check=False).returncode != 0:
        pytest.skip("no disk can be mounted here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder on a disk of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    _mount("-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def read_only(tmp_path: Path) -> Iterator[object]:
    """Makes a folder one that nobody can write to, root neither."""
    mounted: list[Path] = []

    def make(folder: Path) -> Path:
        _mount("--bind", str(folder), str(folder))
        mounted.append(folder)
        _mount("-o", "remount,bind,ro", str(folder))
        return folder

    yield make
    for folder in mounted:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _fill(disk: Path, *, leave: int) -> Path:
    filler = disk / "filler"
    free = shutil.disk_usage(disk).free
    filler.write_bytes(b"x" * (free - leave))
    return filler


def test_a_full_disk_at_publication(published: Settings, disk: Path) -> None:
    there = copy_of(published, disk / "copy")
    for settings in (published, there):
        change(settings, "update publication.fct_team_week set cost_usd = cost_usd + 1")
    before = there.published.readlink()
    filler = _fill(disk, leave=1_000_000)

    with pytest.raises(TokenworthError, match=r"the disk is full: that of .*disk/copy/warehouse.* MB left") as refusal:
        publish(there)
    assert "The publication of before stays" in refusal.value.what
    assert "Free some space there and run again" in refusal.value.todo
    assert there.published.readlink() == before

    filler.unlink()
    publish(published)
    publish(there)
    assert_same(held(there), held(published))


def test_a_full_disk_at_a_build_and_a_check(keyed: Zone, disk: Path, runs: Runs) -> None:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.load()
    settings = copy_of(keyed.settings, disk / "copy")
    _fill(disk, leave=100_000)

    built, checked = runs(settings, "build"), runs(settings, "check")

    for ended, state in ((built, "nothing was published"), (checked, "What this check found is not kept")):
        assert ended.code == 3
        said = " ".join(ended.said.split())
        assert "the disk is full: that of" in said
        assert state in said
        assert "Traceback" not in said


@pytest.mark.nightly
def test_a_build_that_filled_the_disk_comes_to_the_same_with_room(keyed: Zone, disk: Path, runs: Runs) -> None:
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.load()
    settings = copy_of(keyed.settings, disk / "copy")
    runs.finish(keyed.settings, "build")
    for leave in (500_000, 2_000_000, 4_000_000):
        filler = _fill(disk, leave=leave)
        ended = runs(settings, "build")
        assert (ended.code, "the disk is full" in ended.said) == (3, True), ended.said
        filler.unlink()
    runs.finish(settings, "build")
    assert_same(held(settings), held(keyed.settings))


def test_a_landing_zone_that_cannot_be_written_is_loaded(keyed: Zone, read_only) -> None:  # type: ignore[no-untyped-def]
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.put("litellm/b.jsonl", json_lines([spend_log(2)]) + "garbage\n")
    read_only(keyed.landing)
    keyed.load()
    assert len(keyed.rows("litellm_requests", "*")) == 2


def test_a_warehouse_that_cannot_be_written_is_named(keyed: Zone, read_only) -> None:  # type: ignore[no-untyped-def]
    keyed.put("litellm/a.jsonl", json_lines([spend_log(1)]))
    keyed.load()
    read_only(keyed.settings.warehouse)
    with pytest.raises(UsageError, match=r"cannot write to the warehouse folder .*Read-only file system"):
        keyed.load()
    assert read_status(keyed.settings).warehouse == "there"


def test_a_folder_of_publications_that_cannot_be_written_is_named(published: Settings, read_only) -> None:  # type: ignore[no-untyped-def]
    change(published, "update publication.fct_team_week set cost_usd = cost_usd + 1")
    before = published.published.readlink()
    read_only(published.warehouse / "publications")
    with pytest.raises(TokenworthError, match=r"cannot write to .*: .* The publication of before stays"):
        publish(published)
    assert published.published.readlink() == before


@pytest.mark.parametrize("figures_changed", [True, False])
def test_a_copy_that_was_made_without_its_link_is_published(
    published: Settings, tmp_path: Path, figures_changed: bool
) -> None:
    shutil.copytree(published.warehouse, tmp_path / "restored")  # follows links, as `cp -rL` does
    restored = published.model_copy(update={"warehouse": tmp_path / "restored"})
    assert not restored.published.is_symlink()
    if figures_changed:
        change(restored, "update publication.fct_team_week set cost_usd = cost_usd + 1")

    published_again = publish(restored)

    assert published_again.changed
    assert restored.published.resolve() == published_again.folder
    assert (restored.published / "marts.duckdb").exists()
    assert not publish(restored).changed
