"""A copy of a landing zone in which the same things arrive in another way.

What stands in a file is shuffled; files are doubled under another name, split in two, and packed.
What was exported, and when, stays: of two exports that disagree the later one is right.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import zstandard

from tokenworth.landing import SIDECAR

# Of these there is one a landing zone, or the name says whose changes they are.
_NAMES_THAT_STAY = ("people/", "repositories.csv", "/changelog/", "/pull_commits/", "/reviews/")
# What a page of an API wraps.
_WRAPPED = ("issues", "data")

Join = Callable[[list[Any]], bytes]


def shuffled_copy(landing: Path, copy: Path, seed: int) -> None:
    """Writes the shuffled, doubled and re-split `copy` of `landing`."""
    chance = Random(seed)
    for path in sorted(path for path in landing.rglob("*") if path.is_file()):
        if not path.name.endswith(SIDECAR):
            for name, content in _pieces(path.relative_to(landing).as_posix(), path.read_bytes(), chance):
                _write(copy / name, content, like=path)


def _pieces(name: str, content: bytes, chance: Random) -> list[tuple[str, bytes]]:
    """The files that say what this one says."""
    if name.endswith(".gz"):
        name, content = name.removesuffix(".gz"), gzip.decompress(content)
    elif name.endswith(".zst"):
        name, content = name.removesuffix(".zst"), zstandard.ZstdDecompressor().decompressobj().decompress(content)
    items, join = taken_apart(name, content)
    chance.shuffle(items)
    pieces = {name: join(items)}
    if any(part in f"/{name}" or name == part for part in _NAMES_THAT_STAY):
        packed = _packed(name, pieces[name], chance)
        # Twice: once plain and once packed.
        return [(name, pieces[name]), packed] if "/people/" not in f"/{name}" and chance.random() < 0.3 else [packed]
    if len(items) > 1 and chance.random() < 0.5:
        cut = chance.randrange(1, len(items))
        pieces = {name: join(items[:cut]), _beside(name, "rest"): join(items[cut:])}
    if chance.random() < 0.3:
        pieces[_beside(name, "again")] = content
    return [_packed(piece, what, chance) for piece, what in pieces.items()]


def taken_apart(name: str, content: bytes) -> tuple[list[Any], Join]:
    """What may stand in any order in a file, and how to make a file of such things."""
    if name.endswith(".jsonl"):
        return [line for line in content.split(b"\n") if line], lambda lines: b"".join(line + b"\n" for line in lines)
    if name.endswith(".csv"):
        header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
        return rows, lambda rows: _csv([header, *rows])
    document = json.loads(content)
    if isinstance(document, list):
        return document, lambda items: json.dumps(items).encode()
    wrapped = next((key for key in _WRAPPED if isinstance(document.get(key), list)), None)
    if wrapped is not None:
        return document[wrapped], lambda items: json.dumps({**document, wrapped: items}).encode()
    return [document], lambda documents: json.dumps(documents[0]).encode()


def _csv(rows: list[list[str]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()


def _beside(name: str, word: str) -> str:
    """Another name that means the same to the landing zone."""
    folder, _, file = name.rpartition("/")
    if file == "metadata.json":
        return f"{folder}/{word}/{file}"
    stem, _, suffix = file.rpartition(".")
    return f"{folder}/{stem}.{word}.{suffix}"


def _packed(name: str, content: bytes, chance: Random) -> tuple[str, bytes]:
    match chance.choice(["plain", "gzip", "zstd"]):
        case "gzip":
            return f"{name}.gz", gzip.compress(content, compresslevel=1)
        case "zstd":
            return f"{name}.zst", zstandard.ZstdCompressor(level=1).compress(content)
    return name, content


def _write(path: Path, content: bytes, *, like: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    shutil.copystat(like, path)
    sidecar = like.with_name(like.name + SIDECAR)
    if sidecar.exists():
        shutil.copy2(sidecar, path.with_name(path.name + SIDECAR))
