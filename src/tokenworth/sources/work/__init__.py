"""Sources of work: what was worked on and shipped."""
