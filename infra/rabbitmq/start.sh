#!/bin/sh
# Fills the templates in from the environment, then becomes the command it is given.
set -eu

names="AMQP_ADDRESS AMQP_PORT MANAGEMENT_ADDRESS MANAGEMENT_PORT PROMETHEUS_PORT AUTH_URL DEFINITIONS_FILE
SERVICES_PASSWORD OPERATOR_PASSWORD"

script=
for name in $names; do
    eval "value=\${$name:?$name is not set}"
    case $value in
    *[!A-Za-z0-9._:/-]*)
        echo "$name may hold letters, digits and . _ : / - only: it goes into a file and into a URL" >&2
        exit 1
        ;;
    esac
    script="$script;s|\${$name}|$value|g"
done

umask 077
sed "$script" "$TEMPLATES/rabbitmq.conf.template" >"$TARGET/rabbitmq.conf"
sed "$script" "$TEMPLATES/definitions.json.template" >"$TARGET/definitions.json"
cp "$TEMPLATES/enabled_plugins" "$TARGET/enabled_plugins"
# The broker's own account reads them; as root the image switches to it after this.
if [ "$(id -u)" -eq 0 ] && id rabbitmq >/dev/null 2>&1; then
    chown rabbitmq "$TARGET/rabbitmq.conf" "$TARGET/definitions.json" "$TARGET/enabled_plugins"
fi
exec "$@"
