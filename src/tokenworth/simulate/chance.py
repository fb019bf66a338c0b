"""Seeded chance: one stream of numbers a subject, so that drawing more of one leaves the others as they were."""

from __future__ import annotations

import zlib

import numpy as np

HEX = "0123456789abcdef"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def stream(seed: int, subject: str) -> np.random.Generator:
    """The numbers of one subject under a seed."""
    return np.random.default_rng([seed, zlib.crc32(subject.encode())])


def codes(rng: np.random.Generator, count: int, length: int, alphabet: str = BASE62) -> list[str]:
    """`count` random texts of `length` letters, drawn at once."""
    letters = np.frombuffer(alphabet.encode(), dtype=np.uint8)
    drawn = letters[rng.integers(0, len(letters), (count, length))]
    texts: list[str] = drawn.view(f"S{length}").ravel().astype(str).tolist()
    return texts


def uuid_of(digits: str) -> str:
    """32 hexadecimal digits as a random (version 4) UUID; three of them give way to the version's marks."""
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:32]}"


def uuids(rng: np.random.Generator, count: int) -> list[str]:
    return [uuid_of(digits) for digits in codes(rng, count, 32, HEX)]
