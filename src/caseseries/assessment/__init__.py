"""Which value in which window, which were passed over, dose and change."""
