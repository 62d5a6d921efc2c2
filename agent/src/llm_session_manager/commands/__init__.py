"""What the dashboard may ask of this machine: to refresh, to export or to close one of its sessions."""
