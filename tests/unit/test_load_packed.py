"""A packed log is read as it is where that can be trusted, and means what its plain bytes mean in any case."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import pytest
import zstandard

from tests.exports import json_lines, spend_log
from tests.zone import Row, Zone
from tokenworth import file_loader, first_pass
from tokenworth.landing import LandedFile
from tokenworth.ledger import Reading
from tokenworth.sources.declare import Export
from tokenworth.unpacking import unpack

_LINES = [json_lines([spend_log(number)]).encode() for number in range(1, 400)]
_ALL = b"".join(_LINES)
_SKIPPED = struct.pack("<II", 0x184D2A50, 5) + b"hello"  # a frame that holds no content


def _packed(*parts: bytes) -> bytes:
    """One frame for each part."""
    return b"".join(zstandard.ZstdCompressor(write_checksum=True).compress(part) for part in parts)


def _streamed(content: bytes) -> bytes:
    """As a program packs whose output is not known in advance: the frame does not say how long it is."""
    packer = zstandard.ZstdCompressor().compressobj()
    return packer.compress(content) + packer.flush()


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files whose plain bytes were written aside after the first pass."""
    names: list[str] = []

    def watched(file: LandedFile, target: Path) -> None:
        names.append(Path(file.name).name)
        unpack(file, target)

    monkeypatch.setattr(file_loader, "unpack", watched)
    monkeypatch.setattr(first_pass, "unpack", watched)
    return names


def _said(zone: Zone, name: str) -> tuple[list[Row], list[Row], list[Row]]:
    file = f"litellm/{name}"
    return (
        zone.rows("litellm_requests", "request_id", "prompt_tokens", "started_at", file=file),
        zone.ledger(file),
        zone.reasons(file),
    )


@pytest.mark.parametrize(
    "content",
    [
        _packed(_ALL),
        _packed(*_LINES),
        _packed(_LINES[0], b"", _LINES[1]),
        _packed(_ALL[:1001], _ALL[1001:]),  # a line goes on in the next frame
        _SKIPPED + _packed(_ALL) + _SKIPPED,
        _packed(_ALL[:-1]),
        _packed(_ALL + b"\n\n"),
        _packed(b"\xef\xbb\xbf" + _ALL),
        _packed(_ALL.replace(b"\n", b"\r\n")),
        _streamed(_ALL),
    ],
    ids="one many empty halves skipped open blank marked returns streamed".split(),
)
def test_what_is_sound_is_read_as_it_is_packed(zone: Zone, written: list[str], content: bytes) -> None:
    zone.put("litellm/packed.jsonl.zst", content)
    zone.put("litellm/plain.jsonl", _plain(content))
    zone.load()

    assert _said(zone, "packed.jsonl.zst") == _said(zone, "plain.jsonl")
    assert zone.quarantine() == []
    assert written == []
    assert list(zone.settings.work.iterdir()) == []


def _plain(content: bytes) -> bytes:
    found, rest = b"", content
    while rest:
        unpacker = zstandard.ZstdDecompressor().decompressobj()
        found += unpacker.decompress(rest)
        rest = unpacker.unused_data
    return found


@pytest.mark.parametrize(
    "plain",
    [
        _ALL + b"garbage\n" + _ALL,
        _LINES[0] + b"\n \n" + _LINES[1],  # of lines that were read, it is not known that they were blank
        _LINES[0].rstrip() + b"\x0c\n\n" + _LINES[1],
        _LINES[0] + b"\n" * 5000,  # more than is looked at for where a file ends
        _LINES[0] + _LINES[0] + b"[1, 2]\n",
        b"[" + _LINES[0].strip() + b",\n" + _LINES[1].strip() + b"]\n",
        b"[" + _LINES[0].strip() + b"]",
        _LINES[0] + b"\xff\xfe\n" + _LINES[1],
        _LINES[0] + b'{"a": "' + b"x" * 3_000_000 + b'"}\n',
        b"\n\n",
        b"garbage",
    ],
    ids="broken between feed ends elsewhat array one utf8 long blank garbage".split(),
)
def test_what_is_not_is_read_the_careful_way(zone: Zone, written: list[str], plain: bytes) -> None:
    zone.set(max_line_bytes=1_000_000)
    zone.put("litellm/plain.jsonl", plain)
    zone.put("litellm/packed.jsonl.zst", _packed(plain))
    zone.put("litellm/sound.jsonl.zst", _packed(_LINES[7]))
    zone.load()
    zone.assert_balanced()

    assert _said(zone, "packed.jsonl.zst") == _said(zone, "plain.jsonl")
    assert written == ["packed.jsonl.zst"]
    assert zone.ledger("litellm/sound.jsonl.zst") == [(1, 1, 0, 0, 0)]
    assert list(zone.settings.work.iterdir()) == []


def test_of_one_that_is_cut_what_stands_before_the_cut_is_loaded(zone: Zone, written: list[str]) -> None:
    """The engine would read as much and say nothing."""
    content = _packed(_ALL, b"".join(random.Random(1).sample(_LINES, 300)))
    zone.put("litellm/cut.jsonl.zst", content[:-700])
    zone.load()
    zone.assert_balanced()

    assert written == ["cut.jsonl.zst"]
    assert zone.messages()[0][2] == "the compressed file is cut short; what stands before the cut is loaded"
    assert zone.ledger("litellm/cut.jsonl.zst")[0][1] >= len(_LINES)


def test_lines_that_the_engine_did_not_read_are_missed(
    zone: Zone, written: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it had stopped at the end of the first frame, as some unpackers do."""
    zone.put("litellm/two.jsonl.zst", _packed(_LINES[0], _LINES[1]))
    put = first_pass.packed_path

    def first_frame_only(plain: Path) -> Path:
        path = put(plain)
        path.write_bytes(_packed(_LINES[0]))
        monkeypatch.setattr(Path, "symlink_to", lambda link, target: None)
        return path

    monkeypatch.setattr(first_pass, "packed_path", first_frame_only)
    zone.load()

    assert written == ["two.jsonl.zst"]
    assert zone.ledger() == [(2, 2, 0, 0, 0)]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Names of the files that the engine was given to read together."""
    batches: list[list[str]] = []
    load = file_loader.FileLoader.load

    def watched(loader: file_loader.FileLoader, export: Export, shape: str, readings: list[Reading]) -> None:
        batches.append([Path(r.file.name).name[0] for r in readings])
        load(loader, export, shape, readings)

    monkeypatch.setattr(file_loader.FileLoader, "load", watched)
    return batches


def test_no_processor_waits_for_a_file_that_another_one_reads(zone: Zone, read: list[list[str]]) -> None:
    """A packed file is read by one of them. What is left over comes with what follows, if that is not too much."""
    contents = {name: _packed(_ALL if name == "h" else _LINES[number]) for number, name in enumerate("abcdefgh", 1)}
    zone.set(threads=2, batch_bytes=8 * 3 * len(contents["a"]) + 500)
    for name, content in contents.items():
        zone.put(f"litellm/{name}.jsonl.zst", content)
    zone.load()

    assert [" ".join(sorted(batch)) for batch in read] == ["a b", "c d", "e f", "g", "h"]
    assert zone.ledger() == [(1, 1, 0, 0, 0)] * 7 + [(399, 399, 0, 0, 0)]


def test_one_that_is_no_file_any_more_comes_with_the_next_load(
    zone: Zone, monkeypatch: pytest.MonkeyPatch, written: list[str]
) -> None:
    """It was not to be read as it is packed, and is looked for a second time."""
    zone.set(threads=1)  # one file after the other
    path = zone.put("litellm/a.jsonl.zst", _packed(_LINES[0], b"\n", _LINES[1]))
    zone.put("litellm/b.jsonl.zst", _packed(_LINES[2]))
    put = first_pass.packed_path

    def a_folder_then(plain: Path) -> Path:
        if path.is_file():
            path.unlink()
            path.mkdir()
        return put(plain)

    monkeypatch.setattr(first_pass, "packed_path", a_folder_then)
    assert zone.load().postponed == 1
    assert "a.jsonl.zst" in written
    assert zone.ledger() == [(1, 1, 0, 0, 0)]


def test_one_that_changes_while_it_is_read_comes_with_the_next_load(
    zone: Zone, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = zone.put("litellm/a.jsonl.zst", _packed(*_LINES[:3]))
    put = first_pass.packed_path

    def changed_then(plain: Path) -> Path:
        path.write_bytes(_packed(*_LINES[:9]))
        return put(plain)

    monkeypatch.setattr(first_pass, "packed_path", changed_then)
    assert zone.load().postponed == 1
    monkeypatch.undo()
    zone.load()
    assert zone.ledger() == [(9, 9, 0, 0, 0)]
