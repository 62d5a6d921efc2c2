import pytest

from llm_session_manager.commands.trust import is_signed
from tests.agent.commands.orders import Signer


def test_a_signature_is_believed_of_one_key_alone() -> None:
    ours, others = Signer(), Signer()
    order = ours.order()
    assert is_signed(order, ours.public)
    assert not is_signed(order, others.public)
    assert not is_signed(others.order(), ours.public)


@pytest.mark.parametrize("key", ["", "k", "A" * 43, "A" * 44, "!" * 43, "\u00fc" * 43])
def test_an_odd_key_believes_nothing(key: str) -> None:
    assert not is_signed(Signer().order(), key)
