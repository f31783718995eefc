"""The page of diagnoses is what the exercises say now."""

from autograder.diagnoses import PAGE, page


def test_the_page_is_fresh():
    assert PAGE.read_text(encoding="utf-8") == page(), "run python -m autograder.diagnoses"
