from hypothesis import given
from hypothesis import strategies as st

from syncengine.model.shares import fair_shares

SIZES = st.lists(st.integers(0, 1_000), max_size=12)


@given(SIZES, st.integers(-5, 4_000))
def test_nobody_gets_more_than_there_is_and_nothing_is_left_over_while_somebody_wants_more(sizes, room):
    shares = fair_shares(sizes, room)
    assert all(0 <= share <= size for share, size in zip(shares, sizes, strict=True))
    assert sum(shares) == min(sum(sizes), max(room, 0)) or max(room, 0) - sum(shares) < len(sizes)


@given(SIZES, st.integers(0, 4_000))
def test_whoever_is_cut_gets_no_less_than_anybody_else(sizes, room):
    shares = fair_shares(sizes, room)
    cut = [share for share, size in zip(shares, sizes, strict=True) if share < size]
    assert not cut or min(cut) >= max(shares) - 1


def test_the_small_are_whole_and_the_large_give_way():
    assert fair_shares([5, 1_000, 10, 1_000], 215) == [5, 100, 10, 100]
