"""What `make run` and `make airflow` say before they start anything."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from tests.zone import Zone
from tokenworth.load import load
from tokenworth.writer import sole_writer
from tokenworth_airflow import local


@pytest.fixture(autouse=True)
def _nothing_starts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def start(*command: object, **options: object) -> None:
        raise AssertionError(f"{command} was started")

    monkeypatch.setattr("subprocess.Popen", start)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path / "airflow"))


def _run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str) -> tuple[int, str]:
    monkeypatch.setattr(sys, "argv", ["local", *arguments])
    with pytest.raises(SystemExit) as left:
        local.main()
    code = left.value.code
    assert isinstance(code, int)
    return code, capsys.readouterr().err


def test_a_folder_that_is_not_there_is_named(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, said = _run(capsys, monkeypatch, "run", "--landing", "no where", "--warehouse", "w")
    assert code == 2
    assert f"there is no folder {Path.cwd() / 'no where'}" in said
    assert "make run LANDING=" in said


def test_a_folder_without_a_file_is_not_worth_a_run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("empty/litellm").mkdir(parents=True)
    code, said = _run(capsys, monkeypatch, "run", "--landing", "empty", "--warehouse", "w")
    assert code == 2
    assert "there is no file in" in said
    assert not Path("w").exists()


def test_ones_own_exports_do_not_mix_with_the_invented_organisation(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("mine").mkdir()
    code, said = _run(capsys, monkeypatch, "run", "--landing", "mine")
    assert code == 2
    assert "make run LANDING=mine WAREHOUSE=" in said


def test_a_warehouse_that_cannot_be_written_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    Path("a file").write_text("")
    code, said = _run(capsys, monkeypatch, "run", "--landing", "", "--warehouse", "a file/w")
    assert code == 2
    assert "cannot write to the warehouse folder" in said


def test_a_setting_that_cannot_be_used_is_told_at_once(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOKENWORTH_MIN_GROUP", "a few")
    code, said = _run(capsys, monkeypatch, "run")
    assert code == 2
    assert "unreadable configuration: min_group" in said


def test_a_second_run_is_told_of_the_first(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, zone: Zone
) -> None:
    zone.put("repositories.csv", "container,name\n")
    load(zone.settings)
    with sole_writer(zone.settings):
        code, said = _run(
            capsys, monkeypatch, "run", "--landing", str(zone.landing), "--warehouse", str(zone.settings.warehouse)
        )
    assert code == 3
    assert f"another run is writing to {zone.settings.warehouse} (a command, process {os.getpid()}" in said


def test_a_port_in_use_is_told_before_anything_starts(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        code, said = _run(capsys, monkeypatch, "serve", "--port", str(port))
    assert code == 2
    assert f"port {port} cannot be used" in said
    assert "make airflow PORT=" in said


def test_an_airflow_elsewhere_is_not_touched(monkeypatch: pytest.MonkeyPatch, zone: Zone) -> None:
    monkeypatch.setenv("AIRFLOW__DATABASE__SQL_ALCHEMY_CONN", "postgresql://production/airflow")
    environment = local._environment(zone.settings)
    assert "production" not in str(environment)
    assert environment["AIRFLOW__USAGE_DATA_COLLECTION__ENABLED"] == "False"


def test_half_an_organisation_is_never_used_again(monkeypatch: pytest.MonkeyPatch, zone: Zone) -> None:
    zone.landing.rmdir()
    before = zone.folder / "landing.unfinished" / "half"
    before.mkdir(parents=True)

    def stopped(out: Path, *, truth: Path, weeks: int, gaming: bool) -> None:
        assert not out.exists(), "what was left of an earlier attempt"
        out.mkdir()
        raise KeyboardInterrupt

    monkeypatch.setattr("tokenworth.simulate.simulate", stopped)
    with pytest.raises(KeyboardInterrupt):
        local._write_organisation(zone.settings, invented=True)
    assert not zone.landing.exists()
