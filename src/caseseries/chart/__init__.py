"""The tables every source becomes: grain, provenance, partial dates, findings."""
