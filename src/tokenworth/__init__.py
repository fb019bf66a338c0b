"""Tokenworth: what a company's AI tokens bought."""

__version__ = "0.1.0"
