"""Three-valued logic, the trace of a rule tree, and the sentence told from both."""
