"""What is applied for: typed, or read from the form."""
