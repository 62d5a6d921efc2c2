#!/bin/sh
# Lets Grafana read one team's sums: docker compose exec postgres /opt/dashboard/grafana.sh TEAM_ID
set -eu
team=${1:?usage: grafana.sh TEAM_ID}
password=$(cat "${GRAFANA_TEAM_PASSWORD_FILE:-/run/secrets/grafana_team_password}")
psql --username "${POSTGRES_USER:-postgres}" --dbname dashboard --no-psqlrc --quiet --set=role=grafana_team \
    --set="password=$password" --set="team=$team" --file "$(dirname "$0")/grafana.sql"
