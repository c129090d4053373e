import pytest
from pydantic import TypeAdapter, ValidationError

from syncengine.config.names import Name, SecretReference, fits_name, is_reference


@pytest.mark.parametrize("name", ["spring", "spring-2026", "A.b_c", "0016", "x" * 63])
def test_names_that_fit(name: str) -> None:
    assert TypeAdapter(Name).validate_python(name) == name
    assert fits_name(name)


@pytest.mark.parametrize("name", ["", "a/b", "-a", ".a", "a b", "ñ", "x" * 64, "all", "account", "a\n"])
def test_names_that_would_be_taken_for_something_else(name: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)
    assert not fits_name(name)


@pytest.mark.parametrize("text", ["env:TOKEN", "env:_x9", "file:secrets/token", "file:/run/secrets/token"])
def test_references(text: str) -> None:
    assert is_reference(text)
    assert TypeAdapter(SecretReference).validate_python(text) == text


@pytest.mark.parametrize(
    "value", ["hunter2", "env:", "env:A B", "env:1A", "file:", "ENV:A", "", 5, None, ["env:A"], "env:A\n"]
)
def test_a_literal_is_refused_without_being_shown(value: object) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(SecretReference).validate_python(value)
    said = caught.value.errors(include_input=False, include_url=False)
    assert "hunter2" not in str(said)
