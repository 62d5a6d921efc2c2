# The front door with the built page.
FROM node:20-slim AS page
WORKDIR /page
COPY frontend/package.json frontend/package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY frontend ./
RUN npm run build

FROM nginx:1.29-alpine
COPY infra/nginx/*.conf /etc/nginx/
COPY infra/nginx/doors /etc/nginx/doors
COPY infra/nginx/nginx.conf.template /etc/nginx/templates/
COPY --from=page /page/dist /srv/page
RUN mkdir -p /run/door
# The image's own start script fills the template in, before it starts nginx.
ENV NGINX_ENVSUBST_OUTPUT_DIR=/etc/nginx \
    LISTEN=8080 HEALTH_LISTEN=127.0.0.1:8081 DOOR=plain RUN_DIR=/run/door PAGE_DIR=/srv/page \
    ACCESS_LOG=/dev/stdout RESOLVER=127.0.0.11 \
    ANONYMOUS_RATE=300r/m ANONYMOUS_BURST=120 REAL_IP_FROM="" \
    AUTH_SERVERS="server auth:8000 resolve;" \
    INGEST_SERVERS="server ingest:8000 resolve;" \
    ANALYTICS_SERVERS="server analytics:8000 resolve;" \
    INSIGHT_SERVERS="server insight:8000 resolve;" \
    GATEWAY_SERVERS="server gateway-1:8000 resolve max_fails=0; server gateway-2:8000 resolve max_fails=0;"
EXPOSE 8080
