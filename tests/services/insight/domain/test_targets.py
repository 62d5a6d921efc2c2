import pytest

from services.insight.deliveries import rules_of
from services.insight.domain.targets import Target, TargetError, read_target
from services.runtime.settings import Settings

RULES = rules_of(Settings())
SLACK = "https://hooks.slack.com/services/T0/B0/x"


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("slack", SLACK), ("slack", "https://hooks.slack-gov.com/services/T0/B0/x"),
        ("teams", "https://acme.webhook.office.com/webhookb2/a@b/IncomingWebhook/c/d"),
        ("teams", "https://prod-1.westeurope.logic.azure.com:443/workflows/a/triggers/manual/paths/invoke?sv=1"),
        ("teams", "https://a.b.environment.api.powerplatform.com/powerautomate/x"),
        ("generic", "https://example.com/hook?key=1"), ("generic", "https://example.com:8443/"),
    ],
)  # fmt: skip
def test_a_receivers_address_is_taken(kind, url):
    assert read_target(url, kind, RULES).secure


def test_an_address_is_read_into_its_parts():
    assert read_target("https://Example.com:8443/hook?a=1", "generic", RULES) == Target(
        "example.com", 8443, "/hook?a=1", secure=True
    )


@pytest.mark.parametrize(
    ("kind", "url"),
    [
        ("generic", "http://example.com/"), ("generic", "https://example.com:22/"),
        ("generic", "https://example.com:80/"), ("generic", "ftp://example.com/"),
        ("generic", "https://user@example.com/"), ("generic", "https://u:p@example.com/"),
        ("generic", "https://example.com/#part"), ("generic", "https:///path"), ("generic", "nonsense"),
        ("generic", "https://example.com:99999/"), ("generic", "https://example.com/\r\nHost: a"),
        ("generic", "https://example.com/a b"), ("generic", "https://ex\u00e4mple.com/"),
        ("generic", "https://[::1"), ("generic", "https://example.com/" + "x" * 2_000),
        ("slack", "https://example.com/services/T0"), ("slack", "https://hooks.slack.com.example.com/x"),
        ("slack", "https://evilhooks.slack.com/x"), ("slack", "https://hooks.slack.com:8444/x"),
        ("teams", "https://webhook.office.com/x"), ("teams", "https://acmewebhook.office.com/x"),
        ("generic", "http://127.0.0.1:8000/"), ("slack", "http://localhost/x"),
    ],
)  # fmt: skip
def test_anything_else_is_refused_in_a_sentence_that_does_not_repeat_it(kind, url):
    with pytest.raises(TargetError) as refused:
        read_target(url, kind, RULES)
    assert str(refused.value).endswith(".")
    assert url not in str(refused.value)


def test_tests_may_have_a_receiver_here_and_nowhere_else():
    loose = rules_of(Settings(webhook_loopback=True))
    assert read_target("http://127.0.0.1:8099/x", "slack", loose).port == 8099
    for url in ("http://10.0.0.1/", "http://example.com/", "ftp://127.0.0.1/"):
        with pytest.raises(TargetError):
            read_target(url, "slack", loose)
