"""What people ask of machines, from the question to its answer."""
