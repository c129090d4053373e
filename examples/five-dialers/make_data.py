"""Write the data of this example anew; run it with: python examples/five-dialers/make_data.py.

People and numbers are invented from a seed. The spellings are those of real spreadsheets: national and international,
with blanks, brackets, dots, a leading apostrophe; some rows are unusable, some are there twice, some are listed.
"""

import csv
import json
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

HERE = Path(__file__).parent / "data"
SEED = 20261121
FIRST = {
    "CO": ["Camila", "Andrés", "Lucía", "Jhon", "Yesenia", "Óscar", "María José", "Íngrid"],
    "CL": ["Maiko", "Camilo", "Antonia", "Vicente", "Josefa", "Matías", "Ñancupil"],
    "GB": ["Oliver", "Amelia", "Harry", "Priya", "Siân", "Mohammed", "Zoë"],
    "VN": ["Hoàng", "Hải", "Linh", "Tài", "Đài", "Thảo", "Minh"],
    "PL": ["Zofia", "Łukasz", "Małgorzata", "Paweł", "Świętosława", "Jan"],
}
LAST = {
    "CO": ["Gómez", "Rodríguez", "Ñungo", "Peña", "O'Brien"],
    "CL": ["Muñoz", "Rojas", "Díaz", "Pérez"],
    "GB": ["Smith", "Patel", "O'Neill", "Jones", "Smith-Jones"],
    "VN": ["Nguyễn", "Trần", "Lê", "Phạm"],
    "PL": ["Wiśniewski", "Kowalczyk", "Zając", "Dąbrowska"],
}
# Region -> country code and a maker of national significant numbers.
NUMBERS: dict[str, tuple[str, Callable[[random.Random], str]]] = {
    "CO": ("57", lambda r: f"3{r.choice('0125')}{r.randrange(10):d}{r.randrange(10**7):07d}"),
    "CL": ("56", lambda r: f"9{r.randrange(40, 99)}{r.randrange(10**6):06d}"),
    "GB": ("44", lambda r: f"7700900{r.randrange(1000):03d}"),
    "VN": ("84", lambda r: f"{r.choice(['32', '86', '90', '98'])}{r.randrange(10**7):07d}"),
    "PL": ("48", lambda r: f"{r.choice(['50', '60', '66', '79'])}{r.randrange(10**7):07d}"),
}
TRUNK = {"GB": "0", "VN": "0"}
UNUSABLE = ["", "n/a", "5.73E+11", "123", "no phone", "000000000"]


def spelled(number: str, region: str, dice: random.Random) -> str:
    """Return one of the ways in which people write a number."""
    code, trunk = NUMBERS[region][0], TRUNK.get(region, "")
    grouped = f"{number[:3]} {number[3:6]} {number[6:]}"
    return dice.choice(
        [
            f"+{code}{number}",
            f"+{code} {grouped}",
            f"00{code}{number}",
            f"{trunk}{number}",
            f"{trunk}{grouped}",
            f"{trunk}{number[:3]}-{number[3:6]}-{number[6:]}",
            f"'+{code}{number}",
            f" {trunk}{number} ",
        ]
    )


def people(region: str, count: int, dice: random.Random) -> list[dict[str, str]]:
    """Invent people; about 1 % have no usable number and 1.5 % are there twice."""
    numbers: list[str] = []
    while len(set(numbers)) < count:
        numbers = list(dict.fromkeys([*numbers, *(NUMBERS[region][1](dice) for _ in range(count))]))
    rows = []
    for index, number in enumerate(numbers[:count]):
        rows.append(
            {
                "number": number,
                "phone": dice.choice(UNUSABLE) if dice.random() < 0.01 else spelled(number, region, dice),
                "first": dice.choice(FIRST[region]),
                "last": dice.choice(LAST[region]),
                "id": f"{region}{index:05d}",
            }
        )
        if dice.random() < 0.015:
            twin = dict(rows[-1], phone=spelled(number, region, dice), id=f"{region}{index:05d}B")
            rows.append(twin)
    return rows


def email(row: dict[str, str]) -> str:
    """Return an address that no mail can reach."""
    return f"{row['id'].lower()}@example.com"


def write_csv(name: str, rows: Iterable[dict[str, str]], *, encoding: str, delimiter: str) -> None:
    """Write a delimited file as a spreadsheet program would."""
    rows = list(rows)
    with (HERE / name).open("w", encoding=encoding, newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """Write all files."""
    HERE.mkdir(exist_ok=True)
    dice = random.Random(SEED)  # noqa: S311 - invented data, not a secret
    colombia = people("CO", 1800, dice)
    write_csv(
        "spring-leads.csv",
        (
            {"Cedula": r["id"], "Nombre": r["first"], "Apellido": r["last"], "Telefono": r["phone"],
             "Correo": email(r), "Saldo": f"{dice.randrange(10, 900) * 1000}"}
            for r in colombia[:1500]
        ),
        encoding="cp1252",
        delimiter=";",
    )  # fmt: skip
    write_csv(
        "upgrade-leads.csv",
        (
            {"id": r["id"], "first_name": r["first"], "last_name": r["last"], "phone": r["phone"]}
            for r in colombia[1500:]
        ),
        encoding="utf-8-sig",
        delimiter=",",
    )
    chile = people("CL", 700, dice)
    with xlsxwriter.Workbook(HERE / "norte.xlsx", {"in_memory": True}) as book:
        sheet = book.add_worksheet("Clientes")
        columns = ["Nombre", "Teléfono", "Store Name", "Order Number", "New Date"]
        for place, heading in enumerate(columns):
            sheet.write_string(0, place, heading)
        for line, r in enumerate(chile, start=1):
            cells = [r["first"], r["phone"], "Altos las Condes", f"{dice.randrange(10**8):08d}", "03/05/2024"]
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell)
    britain = people("GB", 220, dice)
    with (HERE / "motor-trade.jsonl").open("w", encoding="utf-8") as file:
        for r in britain:
            line = {
                "first_name": r["first"],
                "surname": r["last"],
                "mobile": r["phone"],
                "email": email(r),
                "vehicle_make": dice.choice(["Ford", "Mini", "Škoda"]),
                "address": "123 Greenacre Road",
            }
            file.write(json.dumps(line, ensure_ascii=False) + "\n")
    vietnam = people("VN", 600, dice)
    write_csv(
        "hanoi-welcome.csv",
        ({"name": f"{r['last']} {r['first']}", "phone": r["phone"]} for r in vietnam),
        encoding="utf-8",
        delimiter=",",
    )
    poland = people("PL", 260, dice)
    write_csv(
        "zima-crm.csv",
        (
            {"identyfikator": r["id"], "imie": r["first"], "nazwisko": r["last"], "telefon": r["phone"],
             "e-mail": email(r)}
            for r in poland[:120]
        ),
        encoding="cp1250",
        delimiter="\t",
    )  # fmt: skip
    rest = poland[120:]
    table = pa.table({"phone": [r["phone"] for r in rest], "Kraj": ["PL"] * len(rest), "Plan": ["roczny"] * len(rest)})
    pq.write_table(table, HERE / "zima-csv.parquet")
    listed = [("57", r["number"]) for r in colombia[::40]]
    listed += [("56", r["number"]) for r in chile[::35]]
    listed += [("44", r["number"]) for r in britain[::30]]
    listed += [("84", r["number"]) for r in vietnam[::45]]
    listed += [("48", r["number"]) for r in poland[::25]]
    dice.shuffle(listed)
    write_csv(
        "opt-outs.csv",
        ({"phone": f"+{code}{number}", "asked_on": "2026-11-02", "channel": "sms"} for code, number in listed),
        encoding="utf-8",
        delimiter=",",
    )
    strangers = [NUMBERS["CO"][1](dice) for _ in range(400)]
    write_csv(
        "registry-co.csv",
        ({"numero": f"{n[:3]} {n[3:]}"} for n in [*strangers, *(r["number"] for r in colombia[7::90])]),
        encoding="utf-8",
        delimiter=";",
    )


if __name__ == "__main__":
    main()
