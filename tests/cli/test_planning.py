from syncengine.cli.planning import Given


def _given(**stated: object) -> Given:
    usual = {
        "dialers": (), "targets": (), "refresh": "full", "prune": False, "allow_remove": None, "allow_dnd_remove": 0,
        "allow_unverified": False, "vendor_check": False, "extra": (), "parallelism": None, "view": "text",
        "as_json": False, "no_color": False,
    }  # fmt: skip
    return Given(**(usual | stated))  # type: ignore[arg-type]  # words of a test


def test_words_of_the_command_line_become_options() -> None:
    options = _given(
        dialers=("uk",), targets=("spring",), refresh="changed", prune=True, allow_remove="35%", allow_dnd_remove=2,
        allow_unverified=True, vendor_check=True, extra=("delays=600",), parallelism=2,
    ).options()  # fmt: skip
    assert (options.dialers, options.campaigns, options.refresh) == (("uk",), ("spring",), "changed")
    assert options.extra == {"delays": "600"}
    assert (options.vendor_check, options.parallelism) == (True, 2)
    allowed = options.allowances
    assert (allowed.remove, allowed.dnd_remove, allowed.unverified, allowed.prune) == (0.35, 2, True, True)


def test_json_has_two_spellings() -> None:
    assert _given(as_json=True).shown_as == "json"
    assert _given(view="json").shown_as == "json"
    assert _given(view="markdown").shown_as == "markdown"


def test_colour_is_refused_or_left_to_the_terminal() -> None:
    assert _given(no_color=True).color is False
    assert _given().color is None
