"""Sources of people: who is who."""
