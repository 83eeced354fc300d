"""Who is in the series, who is not, and why: index date, eligibility, washout, follow-up."""
