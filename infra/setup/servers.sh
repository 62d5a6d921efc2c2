#!/bin/sh
# Installs the server programs that tests and the local stack use, where they are missing (Debian and its kin).
# Does nothing, and needs no root, when all are there. Starts nothing, now or at the next boot: each test run
# and each stack starts private instances of its own.
set -eu

missing=
need() { # program, package, further folder
    PATH="$PATH:/usr/sbin:/sbin${3:+:$3}" command -v "$1" >/dev/null 2>&1 || missing="$missing $2"
}

postgres_folder=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1 || true)
need rabbitmq-server rabbitmq-server
need redis-server redis-server
need postgres postgresql "$postgres_folder"
need nginx nginx-light
need prometheus prometheus
need promtool prometheus
need chromium-headless-shell chromium-headless-shell
need docker-compose docker-compose
[ -n "$missing" ] || exit 0

missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
command -v apt-get >/dev/null || {
    echo "These programs are missing and apt-get is not there to install them: $missing" >&2
    exit 1
}

as_root=
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "Run once as root: apt-get install $missing" >&2; exit 1; }
    as_root=sudo
fi

# Package scripts ask this program whether they may start what they install.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi

echo "Installing: $missing"
$as_root apt-get update -q
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing

if [ -d /run/systemd/system ]; then
    for package in $missing; do
        case $package in chromium* | docker-compose) continue ;; nginx-light) package=nginx ;; esac
        $as_root systemctl disable --quiet "$package" || true
    done
fi
