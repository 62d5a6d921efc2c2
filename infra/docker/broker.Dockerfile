# RabbitMQ with the product's accounts, policies and limits, filled in from the environment at the start.
FROM rabbitmq:3.13-management
COPY infra/rabbitmq /opt/dashboard/rabbitmq
ENV TEMPLATES=/opt/dashboard/rabbitmq TARGET=/etc/rabbitmq \
    AMQP_ADDRESS=0.0.0.0 AMQP_PORT=5672 MANAGEMENT_ADDRESS=0.0.0.0 MANAGEMENT_PORT=15672 \
    PROMETHEUS_PORT=15692 DEFINITIONS_FILE=/etc/rabbitmq/definitions.json \
    DOOR=plain AMQPS_PORT=5671 TLS_FOLDER=/run/tls
ENTRYPOINT ["/opt/dashboard/rabbitmq/start.sh", "docker-entrypoint.sh"]
CMD ["rabbitmq-server"]
