#!/bin/sh
# Writes .env with fresh random secrets for docker compose, unless there is one already.
set -eu
[ ! -e .env ] || exit 0
secret() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
umask 077
{
    for name in JWT_SECRET COMMAND_SECRET INTERNAL_SECRET POSTGRES_PASSWORD DASHBOARD_DB_PASSWORD \
        SERVICES_PASSWORD OPERATOR_PASSWORD GRAFANA_PASSWORD; do
        echo "$name=$(secret)"
    done
} >.env
echo "Wrote .env with fresh secrets."
