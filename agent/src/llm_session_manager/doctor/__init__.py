"""What is found where, and whether it can be sent."""
