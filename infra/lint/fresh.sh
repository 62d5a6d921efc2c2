#!/bin/sh
# What is generated and committed must be what the code generates now; `make client` renews it.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

.venv/bin/python -m services openapi >"$folder/openapi.json"
.venv/bin/python -m infra.nginx.routes "$folder/openapi.json" >"$folder/routes.conf"
(cd frontend && npx --no-install openapi-typescript "$folder/openapi.json" -o "$folder/schema.gen.ts" >/dev/null)

stale=0
compare() {
    cmp -s "$folder/$1" "$2" || { echo "$2 is not what the code generates: run make client" >&2; stale=1; }
}
compare openapi.json docs/openapi.json
compare routes.conf infra/nginx/routes.conf
compare schema.gen.ts frontend/src/api/schema.gen.ts
exit $stale
