"""Whether a figure reaches its goal, in words for the last column of a table."""


def at_most(found: float, goal: float, unit: str = "") -> str:
    """Return the goal and whether a figure that should be small reaches it."""
    return f"goal {goal:g}{unit}: {_said(found <= goal, found / goal - 1)}"


def at_least(found: float, goal: float, unit: str = "") -> str:
    """Return the goal and whether a figure that should be large reaches it."""
    return f"goal {goal:,.15g}{unit}: {_said(found >= goal, 1 - found / goal)}"


def _said(met: bool, short: float) -> str:
    return "met" if met else f"missed by {short:.0%}"
