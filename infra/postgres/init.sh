#!/bin/sh
# Runs once, when the database's volume is new: the services' role and its database.
set -eu
password=$(cat "$DASHBOARD_DB_PASSWORD_FILE")
psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --set=ON_ERROR_STOP=1 \
    --set="password=$password" --file /opt/dashboard/roles.sql
psql --username "$POSTGRES_USER" --dbname postgres --no-psqlrc --set=ON_ERROR_STOP=1 \
    --command 'create database dashboard owner dashboard'
