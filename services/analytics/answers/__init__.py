"""Questions about a team's sessions, answered as of one moment."""
