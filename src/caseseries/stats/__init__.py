"""Statistics, planning and agreement on numbers; knows no patients."""
