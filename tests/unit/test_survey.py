"""What one pass over a file's bytes finds out."""

from __future__ import annotations

import gzip
import random
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
import zstandard

from tests.zone import Zone
from tokenworth import survey as module
from tokenworth.landing import list_files
from tokenworth.survey import Known, Survey, UnopenedError, UnreadableError, survey

_LINES = b"".join(b'{"line": %d}\n' % n for n in range(5000))


def _look(zone: Zone, known: Known | None = None, limit: int = 10**9) -> Survey:
    (file,) = list_files(zone.landing).files
    return survey(file, known, zone.folder / "scratch", limit)


def _known(found: Survey, size: int) -> Known:
    return Known(size, 0, found.digest, found.ends_with_newline, "reader", True, datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("content", "lines", "blank_end", "ends_with_newline"),
    [
        (b"", 0, 0, True),
        (b"\n", 1, 0, True),
        (b"a", 1, 0, False),
        (b"a\n", 1, 0, True),
        (b"a\nb", 2, 0, False),
        (b"a\r\nb\r\n", 2, 0, True),
        (b"a\rb", 1, 0, False),
        (b"a\n\n\n", 3, 2, True),
        (b"a\n  \n ", 3, 2, False),
    ],
)
def test_lines_are_counted_as_an_editor_counts_them(
    zone: Zone, content: bytes, lines: int, blank_end: int, ends_with_newline: bool
) -> None:
    zone.put("otel/a.jsonl", content)

    found = _look(zone)

    assert (found.lines, found.blank_end, found.ends_with_newline) == (lines, blank_end, ends_with_newline)
    assert found.plain_size == len(content)


def test_lines_are_counted_the_same_wherever_a_block_ends(zone: Zone, monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"a" * 9 + b"\n" + b"b" * 30 + b"\n\n" + b"c" * 3
    zone.put("otel/a.jsonl", content)
    for block in range(1, 50):
        monkeypatch.setattr(module, "BLOCK", block)
        found = _look(zone)
        assert (found.lines, found.ends_with_newline, found.starts_with) == (4, False, content)
        assert 30 <= found.longest_line <= max(30, block)


def test_growth_is_recognised_by_what_stood_there_before(zone: Zone) -> None:
    zone.put("otel/a.jsonl", _LINES)
    known = _known(_look(zone), len(_LINES))
    zone.put("otel/a.jsonl", _LINES + b'{"more": 1}\n')

    found = _look(zone, known)

    assert (found.grew_from, found.lines_before, found.lines) == (len(_LINES), 5000, 5001)


@pytest.mark.parametrize("after", [b"X" + _LINES[1:] + b"more\n", _LINES[:-1], _LINES, b""])
def test_what_changed_or_shrank_or_stayed_has_not_grown(zone: Zone, after: bytes) -> None:
    zone.put("otel/a.jsonl", _LINES)
    known = _known(_look(zone), len(_LINES))
    zone.put("otel/a.jsonl", after)

    assert _look(zone, known).grew_from == 0


@pytest.mark.parametrize("change", [{"loaded": False}, {"ends_with_newline": False}])
def test_what_was_refused_or_ended_within_a_line_is_read_from_its_start(zone: Zone, change: dict[str, bool]) -> None:
    zone.put("otel/a.jsonl", _LINES)
    known = replace(_known(_look(zone), len(_LINES)), **change)
    zone.put("otel/a.jsonl", _LINES + b"more\n")

    assert _look(zone, known).grew_from == 0


def _gzip(content: bytes) -> bytes:
    return gzip.compress(content)


def _zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor(write_checksum=True).compress(content)  # as the command line does


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", _gzip), (".zst", _zstd)])
class TestPackedFiles:
    def test_their_plain_bytes_are_surveyed_and_kept(
        self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]
    ) -> None:
        zone.put("otel/a.jsonl" + suffix, pack(_LINES))

        found = _look(zone)

        assert (found.lines, found.plain_size, found.cut) == (5000, len(_LINES), "")
        assert found.readable.read_bytes() == _LINES

    def test_several_members_in_one_file_are_read_on(
        self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]
    ) -> None:
        zone.put("otel/a.jsonl" + suffix, pack(_LINES) + pack(_LINES))

        assert _look(zone).readable.read_bytes() == _LINES * 2

    def test_large_ones_come_out_whole(self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]) -> None:
        for size in (4 * 1024**2, 4 * 1024**2 + 1, 9_000_001):
            zone.put("otel/a.jsonl" + suffix, pack(b"a" * size))
            assert _look(zone).plain_size == size

    def test_one_cut_short_gives_what_stands_before_the_cut(
        self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]
    ) -> None:
        content = random.Random(1).randbytes(3_000_000).hex().encode()
        packed = pack(content)
        zone.put("otel/a.jsonl" + suffix, packed[: len(packed) // 2])

        found = _look(zone)

        assert found.cut == "the compressed file is cut short"
        assert 0 < found.plain_size < len(content)
        assert content.startswith(found.readable.read_bytes())

    def test_no_cut_goes_unnoticed(self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]) -> None:
        packed = pack(_LINES[:400])
        for length in range(1, len(packed)):
            zone.put("otel/a.jsonl" + suffix, packed[:length])
            try:
                assert _look(zone).cut
            except UnreadableError as refusal:
                assert str(refusal) in ("the compressed file is cut short", "the compressed data is damaged")

    def test_damage_in_the_middle_is_noticed(self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]) -> None:
        packed = bytearray(pack(_LINES))
        packed[len(packed) // 2] ^= 0xFF
        zone.put("otel/a.jsonl" + suffix, bytes(packed))

        try:
            assert _look(zone).cut == "the compressed data is damaged"
        except UnreadableError as refusal:
            assert str(refusal) == "the compressed data is damaged"

    def test_what_is_not_packed_at_all_is_refused(
        self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]
    ) -> None:
        zone.put("otel/a.jsonl" + suffix, _LINES)

        with pytest.raises(UnreadableError, match="the compressed data is damaged"):
            _look(zone)

    def test_one_that_unpacks_to_too_much_is_refused_before_the_disk_is_full(
        self, zone: Zone, suffix: str, pack: Callable[[bytes], bytes]
    ) -> None:
        zone.put("otel/bomb.jsonl" + suffix, pack(b"\0" * 50_000_000))

        with pytest.raises(UnreadableError, match="unpacks to more than 1,000,000 bytes"):
            _look(zone, limit=1_000_000)
        assert (zone.folder / "scratch").stat().st_size < 20_000_000


def test_a_window_too_large_for_the_unpacker_is_named(zone: Zone) -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=29)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    zone.put("otel/a.jsonl.zst", packer.compress(_LINES) + packer.flush())

    with pytest.raises(UnreadableError, match="--long=27"):
        _look(zone)


def test_a_file_taken_away_meanwhile_cannot_be_opened(zone: Zone) -> None:
    zone.put("otel/a.jsonl", _LINES)
    (file,) = list_files(zone.landing).files
    Path(file.path).unlink()

    with pytest.raises(UnopenedError, match="cannot be opened: No such file"):
        survey(file, None, zone.folder / "scratch", 10**9)
    assert file.has_changed()
