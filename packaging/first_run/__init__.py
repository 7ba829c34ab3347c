"""What happens between a fresh clone and an open window: checks, installation, gate, start."""
