"""What stands beside the page: tables, figures, results for programs."""
