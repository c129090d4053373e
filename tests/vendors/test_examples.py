"""The samples in the vendor files, executed: what we would send is what the vendors' documents print."""

import pytest

from syncengine.config.vendor_files import LoadedVendor, load_vendor, shipped_vendors
from syncengine.diagnostics import Diagnostics
from syncengine.steps.examples import check_example


def _load(name: str) -> LoadedVendor:
    diagnostics = Diagnostics()
    loaded = load_vendor(name, diagnostics)
    assert loaded is not None, "\n".join(item.render() for item in diagnostics)
    return loaded


# A file that does not load leaves its examples out here; the tests of config/ say what is wrong with it.
LOADED = [loaded for name in shipped_vendors() if (loaded := load_vendor(name, Diagnostics())) is not None]
EXAMPLES = [
    pytest.param(loaded, index, id=f"{loaded.vendor.name}-{index}-{example.operation}")
    for loaded in LOADED
    for index, example in enumerate(loaded.examples)
]


@pytest.mark.parametrize(("loaded", "index"), EXAMPLES)
def test_an_example_of_a_vendor_file_comes_out_as_the_vendor_prints_it(loaded: LoadedVendor, index: int) -> None:
    diagnostics = Diagnostics()
    check_example(loaded, index, diagnostics)
    assert [item.render() for item in diagnostics] == []


@pytest.mark.parametrize("name", shipped_vendors())
def test_every_shipped_vendor_has_examples_of_requests_and_of_answers(name: str) -> None:
    examples = _load(name).examples
    assert any(example.request is not None for example in examples)
    assert any(example.answer is not None for example in examples)
