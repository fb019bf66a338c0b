"""The exports, one module a format: each writes what its vendor would have written."""
