"""Fields derived from the protocol: template workbook, starting files."""
