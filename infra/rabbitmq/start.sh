#!/bin/sh
# Fills the templates in from the environment, then becomes the command it is given. A value may be in a file,
# which NAME_FILE names.
set -eu

names="AMQP_ADDRESS AMQP_PORT AMQPS_PORT MANAGEMENT_ADDRESS MANAGEMENT_PORT PROMETHEUS_PORT AUTH_URL DOOR TLS_FOLDER
DEFINITIONS_FILE SERVICES_PASSWORD MANAGEMENT_PASSWORD OPERATOR_PASSWORD"

umask 077
if [ "$DOOR" = tls ]; then
    # The key is its owner's alone where it comes from; here it has to be the broker's.
    mkdir -p "$TARGET/tls"
    cp "$TLS_FOLDER/certificate.pem" "$TLS_FOLDER/key.pem" "$TARGET/tls/"
    TLS_FOLDER=$TARGET/tls
fi

script=
for name in $names; do
    eval "file=\${${name}_FILE:-} value=\${$name:-}"
    if [ -n "$file" ] && [ -n "$value" ]; then
        echo "$name and ${name}_FILE are both set: set one of them" >&2
        exit 1
    fi
    [ -z "$file" ] || value=$(cat "$file")
    if [ -z "$value" ]; then
        echo "$name is not set" >&2
        exit 1
    fi
    case $value in
    *[!A-Za-z0-9._:/-]*)
        echo "$name may hold letters, digits and . _ : / - only: it goes into a file and into a URL" >&2
        exit 1
        ;;
    esac
    script="$script;s|\${$name}|$value|g"
done

cat "$TEMPLATES/rabbitmq.conf.template" "$TEMPLATES/doors/$DOOR.conf.template" | sed "$script" >"$TARGET/rabbitmq.conf"
sed "$script" "$TEMPLATES/definitions.json.template" >"$TARGET/definitions.json"
cp "$TEMPLATES/enabled_plugins" "$TARGET/enabled_plugins"
# The broker's own account reads them; as root the image switches to it after this.
if [ "$(id -u)" -eq 0 ] && id rabbitmq >/dev/null 2>&1; then
    for made in rabbitmq.conf definitions.json enabled_plugins tls; do
        [ ! -e "$TARGET/$made" ] || chown -R rabbitmq "$TARGET/$made"
    done
fi
exec "$@"
