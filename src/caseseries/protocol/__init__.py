"""What the study declares: load, check, lock."""
