"""What a report shows, declared once and free of any format: tables, figures, paragraphs."""
