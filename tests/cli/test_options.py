import click
import pytest

from syncengine.cli.options import allowed_share, named_values, size_of_memory, span_of_time


def test_a_number_is_rows_and_a_percentage_is_a_share() -> None:
    assert allowed_share("120") == 120
    assert isinstance(allowed_share("120"), int)
    assert allowed_share("35%") == 0.35
    assert allowed_share("0%") == 0
    assert allowed_share(None) is None


@pytest.mark.parametrize("text", ["", "%", "a few", "12.5", "-5", "-5%", "101%", "1_0", "nan%", "inf%"])
def test_what_is_neither_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter):
        allowed_share(text)


def test_apply_options_are_pairs() -> None:
    assert named_values(("delays=600", "note=a=b", "empty=")) == {"delays": "600", "note": "a=b", "empty": ""}
    for wrong in ("delays", "=600"):
        with pytest.raises(click.BadParameter):
            named_values((wrong,))


def test_spans_are_read_as_in_the_project_file() -> None:
    command = click.Command("x")
    option, context = click.Option(["--settle"]), click.Context(command)
    read = {text: span_of_time(context, option, text) for text in ("2s", "0.5s", "15m", "1h", "1d")}
    assert list(read.values()) == [2.0, 0.5, 900.0, 3600.0, 86400.0]
    assert span_of_time(context, option, None) is None
    for wrong in ("2", "s", "-2s", "2 s", "2w", ""):
        with pytest.raises(click.BadParameter):
            span_of_time(context, option, wrong)


def test_sizes_of_memory_have_a_unit_and_are_enough_to_work_with() -> None:
    command = click.Command("x")
    option, context = click.Option(["--memory-limit"]), click.Context(command)
    assert [size_of_memory(context, option, text) for text in ("", "500MB", "2gb")] == ["", "500MB", "2GB"]
    for wrong in ("1", "1 GB", "-1GB", "1.5GB", "10MB", "0GB", "1TB", "80%"):
        with pytest.raises(click.BadParameter):
            size_of_memory(context, option, wrong)
