"""Plain bytes of packed files, and which files the engine may read as they are packed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

import zstandard

from tokenworth.landing import LandedFile
from tokenworth.records import one_row_a_unit

_BLOCK = 1024**2
_AS_IT_IS = ".zst"  # by which the engine knows how it is packed


def may_stay_packed(file: LandedFile) -> bool:
    """Whether the engine may read a packed file of lines as it is: to write its plain bytes aside costs a tenth of
    loading.

    Only where every line is one row, so that it can be seen whether the engine read all of them: of a file that is
    cut, for one, it reads what is there and says nothing. It unpacks gzip slower than plain bytes are written.
    """
    return file.name.endswith(_AS_IT_IS) and file.suffix in (".jsonl", ".ndjson") and one_row_a_unit(file.export)


def packed_path(plain: Path) -> Path:
    """Where the engine finds a file as it is packed, for one of which the plain bytes would stand at `plain`."""
    return plain.with_name(plain.name + _AS_IT_IS)


def is_packed(engine_path: Path) -> bool:
    return engine_path.suffix == _AS_IT_IS


def unpack(file: LandedFile, target: Path) -> None:
    """Writes the plain bytes of a packed file, as far as it goes. It was surveyed before, and is no bomb.

    Raises FileNotFoundError where it cannot be read any more, whatever became of it.
    """
    with target.open("wb") as out:
        for block in _blocks_again(file):
            out.write(block)


def _blocks_again(file: LandedFile) -> Iterator[bytes]:
    try:
        with file.path.open("rb") as raw, suppress(TruncatedError):
            yield from plain_blocks(raw, file.name, lambda packed: None)
    except OSError as error:
        raise FileNotFoundError(error.errno, f"{file.name} cannot be read any more") from error


class TruncatedError(Exception):
    """A compressed file ends before its end."""


def plain_blocks(raw: IO[bytes], name: str, seen: Callable[[bytes], None]) -> Iterator[bytes]:
    """Plain blocks of a packed file; `seen` gets the packed bytes."""
    if name.endswith(".zst"):
        yield from _unzstd(raw, seen)
        return
    unpacker, inside = zlib.decompressobj(wbits=31), False
    while block := raw.read(_BLOCK // 4):
        seen(block)
        while block:
            try:
                plain = unpacker.decompress(block, _BLOCK)
            except zlib.error as error:
                raise TruncatedError("the compressed data is damaged") from error
            inside = not unpacker.eof
            if plain:
                yield plain
            block = unpacker.unconsumed_tail
            if unpacker.eof:  # several members in one file are legal
                block, unpacker = unpacker.unused_data, zlib.decompressobj(wbits=31)
    if inside:
        yield unpacker.flush()
        if not unpacker.eof:
            raise TruncatedError("the compressed file is cut short")


def _unzstd(raw: IO[bytes], seen: Callable[[bytes], None]) -> Iterator[bytes]:
    unpacker, inside = zstandard.ZstdDecompressor().decompressobj(), False
    # It cannot be told to stop after so many bytes of output: small bites bound what one gives.
    while block := raw.read(4096):
        seen(block)
        while block:
            try:
                yield unpacker.decompress(block)
            except zstandard.ZstdError as error:
                if "too much memory" in str(error):
                    raise TruncatedError("it was packed with too large a window; use zstd --long=27 at most") from error
                raise TruncatedError("the compressed data is damaged") from error
            inside, block = not unpacker.eof, unpacker.unused_data
            if unpacker.eof:
                unpacker = zstandard.ZstdDecompressor().decompressobj()
    if inside:
        raise TruncatedError("the compressed file is cut short")
