from syncengine.views.lines import heading, line


def test_every_part_of_a_line_is_made_harmless_and_keeps_its_style():
    made = line("a\x1b[31m", ("b\n", "bold"), "c")
    assert made.plain == "a\\u001b[31mb\\u000ac"
    assert [(made.plain[s.start : s.end], s.style) for s in made.spans if s.style] == [("b\\u000a", "bold")]


def test_what_looks_like_markup_of_the_terminal_library_is_only_text():
    assert line("[bold red]x[/]").plain == "[bold red]x[/]"


def test_a_heading_stands_apart():
    blank, title = heading("Notes")
    assert (blank.plain, title.plain) == ("", "Notes")
