"""A switch that is unsafe when it is left out is stated by every request, as a constant."""

import pytest

from .vendor_samples import SPEC, bent, compiled

ADD = "        batch: 100\n"
ROW = 'tag: "{{ options.delay }}"'
QUERY = '        body: {json: {$each: {tel: "{{ record.tel }}"'


def added(safe: str, *change: str) -> list[str]:
    """Return what is said of an addition that names a switch; ``change`` is a part of the file and what it becomes."""
    spec = bent(ADD, f"{ADD}        unsafe_defaults: {{{safe}}}\n")
    if change:
        spec = bent(*change, text=spec)
    return [item.render() for item in compiled(spec)[1] if "lets through" in item.render()]


def test_left_out_it_is_refused_with_what_to_write() -> None:
    (text,) = added('dnc_check: "on"')
    assert "without dnc_check the vendor lets through what it should keep out, and leads.add leaves it out" in text


@pytest.mark.parametrize(
    ("safe", "change"),
    [
        ('dnc_check: "on"', (ROW, f'{ROW}, dnc_check: "on"')),
        ("dnc_check: true", (ROW, f"{ROW}, dnc_check: true")),
        ("dnc_check: 1", (ROW, f"{ROW}, deep: [{{dnc_check: 1}}]")),
        ('dnc_check: "Y"', (QUERY, f'        query: {{dnc_check: "Y"}}\n{QUERY}')),
    ],
)
def test_stated_as_a_constant_it_is_taken(safe: str, change: tuple[str, str]) -> None:
    assert added(safe, *change) == []


@pytest.mark.parametrize(
    "value",
    [
        '"off"',
        "true",
        # Whatever comes of them, others decide.
        '"{{ record.name }}"',
        '"{{ options.delay }}"',
        '"{{ record.name | omit_empty }}"',
        # One row with it, and the next one without.
        '"on", again: {dnc_check: "off"}',
    ],
)
def test_stated_otherwise_it_is_refused(value: str) -> None:
    (text,) = added('dnc_check: "on"', ROW, f"{ROW}, dnc_check: {value}")
    assert "leads.add may send something else" in text


def test_one_and_true_are_not_the_same_to_a_dialer() -> None:
    assert len(added("dnc_check: true", ROW, f"{ROW}, dnc_check: 1")) == 1


@pytest.mark.parametrize(
    "form", ["form: {tel: x, dnc_check: 'on'}", "multipart: {a: {json: {dnc_check: 'on'}}, dnc_check: {text: 'on'}}"]
)
def test_every_form_of_a_body_is_looked_at(form: str) -> None:
    body = next(line for line in SPEC.splitlines() if "$each: {tel" in line)
    assert added("dnc_check: 'on'", f"{body}\n", f"        body: {{{form}}}\n") == []
