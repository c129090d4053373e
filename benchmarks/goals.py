"""Whether a figure reaches its goal, in words for the last column of a table."""


def at_most(found: float, goal: float, unit: str = "") -> str:
    """Return the goal and whether a figure that should be small reaches it."""
    return f"goal {goal:g}{unit}: {_said(found / goal - 1, met=found <= goal)}"


def at_least(found: float, goal: float, unit: str = "") -> str:
    """Return the goal and whether a figure that should be large reaches it."""
    return f"goal {goal:,.15g}{unit}: {_said(1 - found / goal, met=found >= goal)}"


def _said(short: float, *, met: bool) -> str:
    return "met" if met else f"missed by {short:.0%}"
