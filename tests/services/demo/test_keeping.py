"""The password's file and the lock."""

import stat

from services.demo.keeping import Keeping


def test_the_password_is_made_once_for_its_owner_alone(tmp_path):
    first = Keeping(tmp_path / "data").password()
    assert len(first) >= 16
    assert Keeping(tmp_path / "data").password() == first
    assert stat.S_IMODE((tmp_path / "data" / "demo.password").stat().st_mode) == 0o600


def test_a_forgotten_password_is_not_made_again_but_new(tmp_path):
    keeping = Keeping(tmp_path)
    assert not keeping.is_wanted
    first = keeping.password()
    assert keeping.is_wanted
    assert keeping.forget()
    assert not keeping.forget()
    assert keeping.password() != first


def test_one_at_a_time_holds_the_lock(tmp_path):
    first, second = Keeping(tmp_path), Keeping(tmp_path)
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    second.release(forget=True)
    assert list(tmp_path.iterdir()) == []
