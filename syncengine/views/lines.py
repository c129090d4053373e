"""Lines of styled text whose parts come from files and vendors: every one is made harmless where the line is made."""

from rich.text import Text

from syncengine.views.wording import clean

# Text, or text with a style of rich.
Part = str | tuple[str, str]


def line(*parts: Part) -> Text:
    """Return one line; control characters in its parts are shown and not obeyed."""
    made = Text()
    for part in parts:
        text, style = (part, "") if isinstance(part, str) else part
        made.append(clean(text), style)
    return made


def heading(text: str, style: str = "bold") -> tuple[Text, Text]:
    """Return an empty line and a heading."""
    return Text(""), line((text, style))
