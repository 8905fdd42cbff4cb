"""People at work with Tryton, by its own client library; run by the Python of `.venv-servers`, says what it made as JSON.

Usage: python tryton_desk.py CONFIG DATABASE fill|change
"""

from __future__ import annotations

import json
import sys
from datetime import date
from decimal import Decimal
from typing import Any

from proteus import Model, Wizard
from proteus import config as proteus

BULK = 1010  # more than a page of 1,000


def made(model: str, **values: Any) -> Any:
    """Return a new, saved record."""
    record = Model.get(model)(**values)
    record.save()
    return record


def party(name: str, **contacts: str) -> Any:
    """Return a new party with contacts by type."""
    record = Model.get("party.party")(name=name)
    for kind, value in contacts.items():
        record.contact_mechanisms.new(type=kind, value=value)
    record.save()
    return record


def the(model: str, **values: Any) -> Any:
    """Return the one record that has these values."""
    [record] = Model.get(model).find([(name, "=", value) for name, value in values.items()])
    return record


def opportunity(customer: Any, employee: Any, description: str) -> Any:
    """Return a new lead."""
    return made("sale.opportunity", party=customer, employee=employee, description=description, amount=Decimal("1250.50"))


def fill(config: Any) -> dict[str, Any]:
    """Set up a company with employees and customers, and a user who may read for the warehouse."""
    euro = made("currency.currency", name="Euro", symbol="€", code="EUR", rounding=Decimal("0.01"))
    wizard = Wizard("company.company.config")
    wizard.execute("company")
    wizard.form.party, wizard.form.currency = party("Tools and Sons"), euro
    wizard.execute("add")
    company = the("company.company")
    config._context = {"company": company.id}
    germany = made("country.country", name="Germany", code="DE", code3="DEU")
    chief = None
    for name in ("Eva Esser", "Max Moor", "Ida Ilse", "Ole Ott", "Uwe Ulm", "Pia Post"):
        person = party(name, email=f"{name.split()[0].lower()}@desk.example", phone="+49 30 1234567")
        employee = made("company.employee", party=person, company=company, start_date=date(2020, 1, 1), supervisor=chief)
        chief = chief or employee
    config.get_proxy("party.party").create([{"name": f"Customer {number}"} for number in range(BULK)], config.context)
    for name in ("Ann Archer", "Bob Baker", "Cay Cole", "Dan Dorn"):
        customer = party(name, email=f"{name.split()[0].lower()}@shop.example", mobile="+49 170 7654321")
        made("party.address", party=customer, city="Berlin", country=germany)
        opportunity(customer, chief, f"Hammers for {name}")
    reader = made("res.user", name="Warehouse", login="warehouse", companies=[company], company=company)
    reader.groups.append(the("res.group", name="Sale Opportunity"))
    reader.save()
    return {"key": made("res.user.application", application="rest", user=reader).key}


def change(_: Any) -> dict[str, Any]:
    """Let a day pass: everything that may happen to parties, opportunities and employees."""
    ann, bob, cay, dan = (the("party.party", name=name) for name in ("Ann Archer", "Bob Baker", "Cay Cole", "Dan Dorn"))
    eva = the("company.employee", party=the("party.party", name="Eva Esser").id)
    by_customer = {customer.id: the("sale.opportunity", party=customer.id) for customer in (ann, bob, cay, dan)}
    by_customer[ann.id].click("opportunity")
    by_customer[bob.id].click("lost")
    by_customer[cay.id].description = "Nails"
    by_customer[cay.id].save()
    by_customer[dan.id].click("cancel")
    by_customer[dan.id].delete()
    made("sale.opportunity", party=party("Eli Ernst", email="eli@shop.example"), employee=eva, amount=Decimal("7"))
    ann.contact_mechanisms[0].value = "ann@home.example"
    ann.contact_mechanisms[0].save()
    bob.name = "Bob Baker-Smith"
    bob.save()
    bob.addresses[0].country = made("country.country", name="France", code="FR", code3="FRA")
    bob.addresses[0].save()
    [mobile] = [mechanism for mechanism in cay.contact_mechanisms if mechanism.type == "mobile"]
    mobile.delete()
    dan.active = False
    dan.save()
    the("party.party", name="Customer 7").delete()
    merge = Wizard("party.replace", [the("party.party", name="Customer 8")])
    merge.form.destination = ann
    merge.execute("replace")
    ole = the("company.employee", party=the("party.party", name="Ole Ott").id)
    ole.end_date = date(2026, 1, 31)
    ole.save()
    the("company.employee", party=the("party.party", name="Pia Post").id).delete()
    ida = the("party.party", name="Ida Ilse")
    ida.contact_mechanisms[0].value = "ida.new@desk.example"
    ida.contact_mechanisms[0].save()
    return {}


if __name__ == "__main__":
    file, database, work = sys.argv[1:]
    made_config = proteus.set_trytond(database, config_file=file)
    made_config.user = 0  # who sets Tryton up, and needs no rights
    print(json.dumps({"fill": fill, "change": change}[work](made_config)))
