"""Commands that ask and show; they compute nothing of their own."""
