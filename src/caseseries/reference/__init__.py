"""The oracle: one case at a time, plain Python, exact fractions; imports none of the stages it checks."""
