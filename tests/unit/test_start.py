"""Loading starts fast: what takes longer to import than a small load takes is left alone."""

from __future__ import annotations

import subprocess
import sys

from tests.exports import json_lines, spend_log, transcript_line
from tests.zone import Zone

_LOAD = """
import sys
from pathlib import Path
from tokenworth.load import load
from tokenworth.settings import Settings

report = load(Settings(landing=Path(sys.argv[1]), warehouse=Path(sys.argv[2])))
print(len(report.readings), *sorted({"pandas", "numpy", "dbt", "great_expectations", "airflow"} & set(sys.modules)))
"""


def test_loading_imports_no_frames_and_no_models(zone: Zone) -> None:
    zone.put("litellm/spend.jsonl", json_lines([spend_log(1)]))
    zone.put("claude_code/ada/projects/-home-ada-shop/s.jsonl", json_lines([transcript_line(1)]))
    zone.put("litellm/notes.txt", "nobody reads this")
    zone.close()

    command = [sys.executable, "-c", _LOAD, str(zone.settings.landing), str(zone.settings.warehouse)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)

    assert done.stdout == "2\n"
