"""benchmarks/load.py works, on a size that says nothing; what the peers print is read right."""

from __future__ import annotations

from pathlib import Path

from benchmarks.load import gateway, transcripts
from benchmarks.peers import _of_ccusage, _of_tokencur

_REPORT = """\
tokencur report — 3 model calls, list rates in force on each call's day

model                       calls   input     output  cache_read  cache_write  cost USD
claude-opus-4-5-20251101    1,316  59,988  1,962,786  99,458,936    6,096,548    137.20
claude-haiku-4-5-20251001       1       1          2           3            4      0.00

daily cost (top 10 days):
  2026-02-16  $20.18
"""


def test_contestants_read_the_same_files(tmp_path: Path) -> None:
    bare, ours, again = gateway(tmp_path, 1_000_000)
    assert bare.contest == ours.contest == "gateway log, 0.001 GB"
    assert ours.found.endswith(" 0")
    assert again.found == "0 0"
    first, second = transcripts(tmp_path, 1_000_000, [], "short", typical_text=100)
    assert first.found == second.found
    assert not first.found.startswith("0 ")


def test_what_the_peers_print_is_added_up() -> None:
    assert _of_ccusage('{"daily": [], "totals": {"totalTokens": 7}}') == 7
    assert _of_tokencur(_REPORT) == 59_988 + 1_962_786 + 99_458_936 + 6_096_548 + 1 + 2 + 3 + 4
