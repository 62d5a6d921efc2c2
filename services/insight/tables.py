"""The tables that insight owns."""

from sqlalchemy import MetaData

from services.projection.tables import projection_table

metadata = MetaData()
sessions = projection_table(metadata, "insight")
