"""Sources of usage: what people and agents used."""
