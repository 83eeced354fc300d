"""Each case's verdict by the declared rule, and its reason."""
