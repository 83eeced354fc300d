"""What a report without single cases still has apart."""
