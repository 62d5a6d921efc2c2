"""The tables that analytics owns."""

from sqlalchemy import MetaData

from services.projection.tables import projection_table

metadata = MetaData()
sessions = projection_table(metadata, "analytics")
