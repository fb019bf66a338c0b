"""Whoever follows docs/add-a-source.md has a source that counts, and has changed nothing else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.zone import Zone

_ROOT = Path(__file__).parents[2]
_PAGE = (_ROOT / "docs" / "add-a-source.md").read_text("utf-8")

# The first half of `tokenworth build`: the command has no way to leave out what does not look at usage, which
# would take a minute.
_BUILD = """
import sys
from pathlib import Path
from tokenworth.build import run_dbt
from tokenworth.settings import Settings
settings = Settings(landing=Path("landing"), warehouse=Path("warehouse"), memory_limit="1GiB")
for arguments in (["run", "--select", "+int_usage_circumstances"], ["test", "--select", "stg_quill__requests"]):
    report = run_dbt(settings, arguments, lambda done, to_do, what: print(what))
    if report.errors or report.failed_tests:
        sys.exit(f"{report.errors} {report.failed_tests}")
"""


_BLOCKS = list(re.finditer(r"^```(\w*)\n(.*?)^```", _PAGE, re.DOTALL | re.MULTILINE))
# A file's name is the last that the text before its block names.
FILES = {
    re.findall(r"`([\w/]+\.(?:py|sql|yml))`", _PAGE[: block.start()])[-1]: block[2]
    for block in _BLOCKS
    if block[1] in ("python", "yaml") or "raw" in block[2]
}
(EXAMPLE,) = (block[2] for block in _BLOCKS if block[1] == "json")
LOAD, RUN = (line.split() for block in _BLOCKS if not block[1] for line in block[2].splitlines())


@dataclass
class Copy:
    """A copy of the project in which the page is followed."""

    folder: Path

    def run(self, *command: str) -> None:
        ran = subprocess.run(
            command, cwd=self.folder, env={"PYTHONPATH": "src"}, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stdout[-3000:] + ran.stderr[-3000:]

    def ask(self, query: str) -> Sequence[tuple[object, ...]]:
        zone = Zone(self.folder)
        try:
            return zone.ask(query)
        finally:
            zone.close()


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Copy:
    copy = Copy(tmp_path_factory.mktemp("project"))
    left_out = shutil.ignore_patterns("__pycache__", "target", "logs")
    for folder in ("src", "dbt_project"):
        shutil.copytree(_ROOT / folder, copy.folder / folder, ignore=left_out)
    (copy.folder / ".venv").symlink_to(sys.prefix)
    for name, content in FILES.items():
        path = copy.folder / name
        assert not path.exists(), "the page changes a file of the project"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    zone = Zone(copy.folder)
    zone.put("quill/2026-02.jsonl", EXAMPLE)
    # A request that another source tells of counts beside it.
    gateway = {"request_id": "r1", "startTime": "2026-02-03T09:00:00Z", "model": "gpt-4o", "user": "dev"}
    zone.put("litellm/a.jsonl", json.dumps({**gateway, "prompt_tokens": 7, "completion_tokens": 1}))
    copy.run(*LOAD)
    copy.run(*LOAD[: LOAD.index("--source")])
    copy.run(sys.executable, "-c", _BUILD)
    return copy


def test_the_page_tells_of_one_module_its_staging_and_two_commands() -> None:
    assert sorted(FILES) == [
        "dbt_project/models/staging/quill/_quill__models.yml",
        "dbt_project/models/staging/quill/stg_quill__requests.sql",
        "src/tokenworth/sources/usage/quill.py",
    ]
    assert [LOAD[:2], RUN[:2]] == [[".venv/bin/tokenworth", "load"], [".venv/bin/tokenworth", "run"]]


def test_the_new_source_counts_beside_the_others(copy: Copy) -> None:
    counters = "source, request_key, input_uncached_tokens, cache_read_tokens, output_tokens"
    requests = (
        "intermediate.int_usage_requests natural join intermediate.int_usage_circumstances natural join ("
        "select request_key, md5_number(request_key) as request_digest from intermediate.int_usage_statements)"
    )
    assert copy.ask(f"select {counters} from {requests} order by source") == [
        ("litellm", "r1", 7, 0, 1),
        ("quill", "q-81", 200, 1000, 90),
    ]
    assert copy.ask("select source, source_rank from intermediate.int_usage_evidence order by source") == [
        ("litellm", 4),
        ("quill", 3),
    ]


def test_its_account_became_a_key(copy: Copy) -> None:
    ((key, account),) = copy.ask("select account_key, plain(account_key) from raw.quill_requests")
    assert account == "ana@acme.example"
    assert "ana" not in str(key)
