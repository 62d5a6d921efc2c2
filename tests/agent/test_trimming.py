from datetime import timedelta

from llm_session_manager import protocol
from llm_session_manager.trimming import fitted
from tests.agent.transcripts import AT, facts


def usage(n: int, **given: object) -> protocol.Usage:
    return protocol.Usage(
        at=protocol.bucket_start(AT + timedelta(minutes=15 * n)),
        model="m" * 40, calls=1, input=n, output=2, cache_read=3, cache_write_5m=4, cache_write_1h=5, **given,
    )  # fmt: skip


def change(n: int) -> protocol.FileChange:
    return protocol.FileChange(
        path=f"/src/{n:04}/{'d' * 300}", change="updated", edits=1, added=1, removed=1,
        last_at=AT + timedelta(seconds=n),
    )  # fmt: skip


def test_what_fits_is_untouched() -> None:
    whole = facts(files=(change(1),), usage=(usage(1),))
    assert fitted(whole, 10_000) is whole


def test_the_oldest_files_go_first() -> None:
    small = fitted(facts(files=tuple(change(n) for n in range(500)), files_changed=500), 100_000)
    assert len(small.model_dump_json(exclude_defaults=True)) <= 100_000
    assert {one.path[5:9] for one in small.files} == {f"{n:04}" for n in range(300, 500)}
    assert small.files_changed == 500


def test_usage_grows_coarser_and_its_sums_stay() -> None:
    whole = facts(usage=tuple(usage(n, reasoning=1 if n % 2 else None) for n in range(4000)))
    small = fitted(whole, protocol.REPORT_BYTES * 3 // 4)
    assert len(small.model_dump_json(exclude_defaults=True)) <= protocol.REPORT_BYTES * 3 // 4
    for name in ("calls", "input", "output", "cache_read", "cache_write_5m", "cache_write_1h"):
        assert sum(getattr(one, name) for one in small.usage) == sum(
            getattr(one, name) for one in whole.usage
        )
    assert sum(one.reasoning or 0 for one in small.usage) == 2000
    assert {one.at for one in small.usage} <= {one.at for one in whole.usage}


def test_different_prices_are_never_added() -> None:
    kinds = [usage(0), usage(1, band=200_001), usage(2, service_tier="priority")]
    small = fitted(facts(usage=tuple(kinds), files=tuple(change(n) for n in range(500))), 700)
    assert len(small.usage) == 3
