"""What the files of a project say by themselves: for commands that plan nothing, and so load nothing that plans."""

from syncengine.steps.examples import check_examples
from syncengine.steps.loading import Loaded, load

__all__ = ["Loaded", "check_examples", "load"]
