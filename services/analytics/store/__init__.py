"""The statements of analytics."""
