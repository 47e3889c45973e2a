"""A complete producer: your system behind GetCarePlans, in one method.

Run it with `python examples/vendor.py`; its WSDL is then at http://127.0.0.1:8080/?wsdl
"""

from datetime import datetime

import riv_careplans as riv
from riv_careplans.producer import make_app, serve

REGION = riv.Organization(id=riv.II.hsa_id("SE2329999995-REGION"), name="Region Exempel")
UNIT = riv.Organization(id=riv.II.hsa_id("SE2329999995-VC1"), name="Vårdcentralen Exempel")
ROWS = [("191212121212", "17", "Min vårdplan", "Gå på promenad igen", datetime(2026, 1, 19, 10))]


class Journal:
    def care_plans(self, query: riv.Query) -> riv.Answer:
        mine = [row for row in ROWS if row[0] == query.patient_id.extension]  # ask your database
        return riv.Answer.ok(care_plans=[care_plan(*row) for row in mine])


def care_plan(patient: str, number: str, title: str, goal: str, changed: datetime) -> riv.CarePlan:
    header = riv.Header.of(
        patient_id=riv.II.personnummer(patient), source_system_id=riv.II.hsa_id("SE2329999995-JOURNAL"),
        record_id=riv.II.local(f"SE2329999995-JOURNAL:{number}"), care_giver=REGION, care_unit=UNIT,
        legal_basis=riv.LegalBasis.HSL, updated=changed, approved_for_patient=True,
    )  # fmt: skip
    goals = (riv.Goal(id="1", text=goal, status=riv.GoalStatus.ACTIVE),)
    body = riv.CarePlanBody(
        type=riv.CV(original_text="Vårdplan"), scope=riv.Scope.AREA, title=title,
        status=riv.PlanStatus.ACTIVE, goals=goals,
    )  # fmt: skip
    return riv.CarePlan(header=header, body=body)


if __name__ == "__main__":
    serve(make_app(Journal()), port=8080, ready=print)
