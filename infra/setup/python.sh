#!/bin/sh
# Makes .venv with the locked dependencies and both distributions of this repository. Needs no root.
set -eu

python=${PYTHON:-}
if [ -z "$python" ]; then
    for candidate in python3 python3.14 python3.13 python3.12 python3.11; do
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$candidate && break
    done
fi
[ -n "$python" ] || { echo "Python 3.11 or newer is needed." >&2; exit 1; }

# Debian's python3 comes without the module that puts pip into an environment; its own pip installs from outside.
if ! [ -x .venv/bin/python ]; then
    "$python" -m venv .venv >/dev/null 2>&1 || "$python" -m venv --without-pip .venv
fi
if [ -x .venv/bin/pip ]; then
    pip() { .venv/bin/python -m pip "$@"; }
else
    pip() { "$python" -m pip --python .venv/bin/python "$@"; }
fi

pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
pip install --quiet --disable-pip-version-check --no-deps -e agent -e .
