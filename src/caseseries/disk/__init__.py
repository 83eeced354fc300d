"""Files on disk: whole or not there, read by their owner alone, written by one at a time, cleared when their writer is gone."""
