from syncengine.config.expectations import Expectations

SCHEMA = {
    "type": "object",
    "properties": {
        "auth": {
            "oneOf": [{"$ref": "#/$defs/A"}, {"$ref": "#/$defs/B"}],
            "discriminator": {"propertyName": "scheme", "mapping": {"a": "#/$defs/A", "b": "#/$defs/B"}},
        },
        "names": {"type": "object", "patternProperties": {"^[a-z]$": {"$ref": "#/$defs/A"}}},
        "list": {"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]}},
        "mode": {"enum": ["x", "y"], "type": "string"},
    },
    "$defs": {
        "A": {"type": "object", "properties": {"scheme": {"const": "a"}, "a": {"type": "string"}}},
        "B": {"type": "object", "properties": {"scheme": {"const": "b"}, "b": {"type": "number"}}},
    },
}


def test_a_path_skips_names_of_union_members() -> None:
    data = {"auth": {"scheme": "a", "a": 5}, "list": [None]}
    asked = Expectations(SCHEMA, data)
    assert asked.follow(("auth", "a", "a")) == (("auth", "a"), ())
    assert asked.follow(("auth", "a", "c")) == (("auth",), ("c",))
    assert asked.follow(("list", 0, "str")) == (("list", 0), ("str",))
    assert asked.follow(("list", 7)) == (("list",), (7,))


def test_the_discriminator_narrows_what_is_known() -> None:
    assert Expectations(SCHEMA, {"auth": {"scheme": "b"}}).keys(("auth",)) == ["b", "scheme"]
    assert Expectations(SCHEMA, {"auth": {"scheme": "?"}}).keys(("auth",)) == ["a", "b", "scheme"]


def test_expectations_are_plain_words() -> None:
    asked = Expectations(SCHEMA, {"names": {"k": {}}})
    assert asked.words(("list", 0)) == "text or a whole number"
    assert asked.words(("mode",)) == "one of: x, y"
    assert asked.words(("names", "k", "a")) == "text"
    assert asked.words(("nowhere",)) == ""
    assert asked.values(("mode",)) == ["x", "y"]
    assert asked.takes(("list", 0), "integer")
