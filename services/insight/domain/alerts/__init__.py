"""What makes an incident, and how one goes on."""
