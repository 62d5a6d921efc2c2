#!/bin/sh
# Makes the secrets of docker compose in secrets/: fresh random ones, each a file; those that are there stay.
set -eu
random() { od -An -N32 -tx1 /dev/urandom | tr -d ' \n'; }
keep() {
    [ ! -e "secrets/$1" ] || return 0
    printf '%s' "$2" >"secrets/$1"
    # The folder is its owner's alone; in a container the file is read by whoever the service runs as.
    chmod 644 "secrets/$1"
    made="$made $1"
}
# Before they were files, they stood in .env.
former() { [ ! -e .env ] || sed -n "s/^$1=//p" .env | tail -n 1; }
value() { cat "secrets/$1"; }

umask 077
mkdir -p secrets
chmod 700 secrets
made=
for name in JWT_SECRET COMMAND_SECRET INTERNAL_SECRET POSTGRES_PASSWORD DASHBOARD_DB_PASSWORD \
    SERVICES_PASSWORD MANAGEMENT_PASSWORD OPERATOR_PASSWORD REDIS_PASSWORD GRAFANA_PASSWORD \
    GRAFANA_TEAM_PASSWORD; do
    old=$(former "$name")
    keep "$(echo "$name" | tr '[:upper:]' '[:lower:]')" "${old:-$(random)}"
done
keep database_url "postgresql://dashboard:$(value dashboard_db_password)@postgres:5432/dashboard"
keep bus_url "amqp://services:$(value services_password)@rabbitmq:5672/"
keep fanout_url "redis://:$(value redis_password)@redis:6379/0"
keep management_url "http://management:$(value management_password)@rabbitmq:15672"
# Your mail server's; empty until you write it in.
keep smtp_password ""
[ -z "$made" ] || echo "Made in secrets/:$made"
