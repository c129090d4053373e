from syncengine.model.address import Address
from syncengine.model.report import ApplyReport, ChangeReport


def change(**outcomes):
    return ChangeReport(level="starts", address=Address("acme", "campaign", "x"), action="start", outcomes=outcomes)


def report(*changes, **more):
    return ApplyReport(plan_id="p", changes=changes, seconds=1.0, **more)


def test_already_there_and_already_gone_are_done():
    assert change(applied=1, already_present=2, already_absent=3).done


def test_one_row_that_is_not_known_to_be_done_makes_the_apply_partial():
    assert report(change(applied=9)).complete
    assert not report(change(applied=9), change(applied=5, unknown=1)).complete


def test_an_outcome_of_no_rows_does_not_count():
    assert change(applied=1, rejected=0).done


def test_an_interrupted_apply_is_never_complete():
    assert not report(change(applied=1), interrupted=True).complete
