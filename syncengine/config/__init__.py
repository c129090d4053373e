"""Text into checked models, with positions: project, manifests, vendor files, mappings."""

import os

# A plugin of pydantic would be handed all that people write. Looking for one reads what every installed package says of
# itself, which is a good part of the time that a small command takes.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"
