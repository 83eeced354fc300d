"""Three-valued logic, the trace of a rule tree, and the narrator that makes the sentence."""
