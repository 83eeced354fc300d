"""The pages of docs/rules and docs/definitions, printed from specs that the tests run: `make manual`."""
