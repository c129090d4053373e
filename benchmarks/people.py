"""Invented contacts from a seed, the same on every machine: national and international spellings, some unusable."""

import csv
import random
from pathlib import Path

SEED = 20261121
_FIRST = ("Camila", "Andrés", "Lucía", "Jhon", "Yesenia", "Óscar", "María José", "Íngrid")
_LAST = ("Gómez", "Rodríguez", "Ñungo", "Peña", "O'Brien", "Castaño")
_CITIES = ("Bogotá", "Medellín", "Cali", "Cúcuta", "Barranquilla")


def write_people(path: Path, count: int) -> None:
    """Write Colombian contacts as CSV: every phone and id is unique, so that every row is somebody to be called."""
    dice = random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "phone", "first_name", "last_name", "email", "city", "opt1", "opt2"])
        for index in range(count):
            # 300 to 323 are mobile prefixes; a step that shares no factor with their range never repeats a number.
            number = 3_000_000_000 + (index * 17_000_017 + 12_345) % 240_000_000
            first, last = dice.choice(_FIRST), dice.choice(_LAST)
            writer.writerow(
                [
                    f"CC{index:08d}",
                    _spelled(str(number), dice),
                    first,
                    last,
                    f"{index}@example.com",
                    dice.choice(_CITIES),
                    f"{dice.randrange(10_000_000) / 100:.2f}",
                    f"contract {dice.randrange(10_000)}",
                ]
            )


def write_listed(path: Path, count: int) -> None:
    """Write a do-not-call list of numbers that nobody of :func:`write_people` has."""
    lines = ["phone", *(f"+5732{4 + index % 2}{index:07d}" for index in range(count))]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _spelled(number: str, dice: random.Random) -> str:
    grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
    return dice.choice([f"+57{number}", f"+57 {grouped}", f"0057{number}", number, grouped])
