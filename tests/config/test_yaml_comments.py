import pytest

from syncengine.config.yaml_comments import with_comments, without_comments

BARE = "a:\n  b: 1\n  c:\n    - x\n    - y\nd: 2\n"


def there_and_back(text, bare=BARE):
    return with_comments(bare, without_comments(text))


def test_a_text_without_comments_is_itself():
    found = without_comments(BARE)
    assert (found.bare, found.comments, found.texts) == (BARE, (), [])
    assert with_comments(BARE, found) == BARE


@pytest.mark.parametrize(
    "text",
    [
        "# top\n\na:\n  b: 1\n  c:\n    - x\n    - y\nd: 2\n# end\n",
        "a:  # beside a\n  b: 1\n  # before c\n  c:\n    # before x\n    - x  # beside x\n    - y\n    # after y\n  # after c\nd: 2\n",
        "a:\n  b: 1\n\n  c:\n    - x\n\n    # z\n    - y\n\n# about d\n\nd: 2\n",
    ],
)
def test_comments_and_empty_lines_come_back_where_they_were(text):
    assert without_comments(text).bare == BARE
    assert there_and_back(text) == text


def test_comments_go_where_their_block_has_gone():
    text = "a:\n      b: 1\n      # of b\n      c:\n      - x\n      # of the list\n      - y\n      # of a\nd: 2\n"
    expected = "a:\n  b: 1\n  # of b\n  c:\n    - x\n    # of the list\n    - y\n  # of a\nd: 2\n"
    assert there_and_back(text) == expected


def test_what_looks_like_a_comment_within_a_value_is_none():
    text = "a: x#y\nb: '# q'\nc: \"# d\"\nd: |\n  # e\n  f\n# g\ne: http://x/#frag  # h\n"
    assert without_comments(text).texts == ["# g", "# h"]


def test_the_remark_of_a_text_of_several_lines_stays_in_its_first_line():
    text = "a: |-  # why\n  one\n\n  two\nb: 1\n"
    found = without_comments(text)
    assert found.bare == "a: |-\n  one\n\n  two\nb: 1\n"
    assert with_comments(found.bare, found) == text


def test_brackets_that_hold_comments_are_named():
    assert without_comments("a: [1, {b: 2,  # c\n  d: 3}]\ne: [4]\n").bracketed == {1, 2}


def test_two_remarks_for_one_line_are_both_kept():
    found = without_comments("a: [1,  # one\n  2]  # two\n")
    assert with_comments("a: [1, 2]\n", found) == "# two\na: [1, 2]  # one\n"
