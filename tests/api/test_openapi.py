"""The description of the interface: every example in it runs as it stands."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from .conftest import Serve
from .test_jobs import follow

LINKED = {"get_job", "get_results", "follow_job", "dismiss_job"}
"""Reached by the links of an order's answer, not by an example: a job's id is new each time."""
BY_LINK = {
    "/maps/exposure",
    "/uploads/rejected/{name}.csv",
    "/jobs/{job_id}",
    "/jobs/{job_id}/results",
    "/jobs/{job_id}/events",
    "/scenarios/{scenario_id}",
}


def examples(parameter: dict[str, Any]) -> list[Any]:
    """Return the values a parameter's description offers."""
    given: list[Any] = list(parameter.get("examples", []))
    for schema in (parameter["schema"], *parameter["schema"].get("anyOf", [])):
        given += [*schema.get("examples", []), *schema.get("enum", [])]
    return given


def test_every_example_of_a_read_runs(client: httpx.Client) -> None:
    """Each GET, with each example of each of its parameters, answers 200; none is without an example."""
    document = client.get("/openapi.json").json()
    tried = 0
    for path, operations in document["paths"].items():
        if "get" not in operations or path in BY_LINK:
            continue
        parameters = operations["get"].get("parameters", [])
        in_path = [parameter for parameter in parameters if parameter["in"] == "path"]
        for parameter in in_path:
            assert examples(parameter), f"{path}: no example of {parameter['name']}"
        addresses = [path]
        for parameter in in_path:
            addresses = [
                address.replace(f"{{{parameter['name']}}}", quote(str(value)))
                for address in addresses
                for value in examples(parameter)
            ]
        needed = {
            parameter["name"]: examples(parameter)[0]
            for parameter in parameters
            if parameter["in"] == "query" and parameter["required"]
        }
        for address in addresses:
            assert client.get(address, params=needed).status_code == 200, address
            tried += 1
            for parameter in parameters:
                for value in examples(parameter) if parameter["in"] == "query" else []:
                    answer = client.get(address, params=needed | {parameter["name"]: value})
                    assert answer.status_code == 200, (address, parameter["name"], value)
                    tried += 1
    assert tried > 60


def test_every_example_of_an_order_runs(serve: Serve) -> None:
    """Each example of an execution makes a job that succeeds, and the described links lead on from it."""
    client = serve(workers=2)
    document = client.get("/openapi.json").json()
    operations = {
        operation["operationId"]: (method, path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    orders = [path for path in document["paths"] if path.endswith("/execution")]
    assert len(orders) == 6
    for path in orders:
        description = document["paths"][path]["post"]
        offered = description["requestBody"]["content"]["application/json"]["examples"]
        assert offered, path
        assert {link["operationId"] for link in description["responses"]["201"]["links"].values()} == LINKED
        for example in offered.values():
            answer = client.post(path, json=example["value"])
            assert answer.status_code == 201, answer.text
            job = answer.json()["jobID"]
            assert follow(client, job)[-1]["status"] == "successful", (path, example)
            for name in ("get_job", "get_results", "dismiss_job"):
                method, address = operations[name]
                found = client.request(method, address.replace("{job_id}", job))
                assert found.status_code == 200, (name, found.text[:300])


def test_every_example_of_an_upload_runs(serve: Serve) -> None:
    """Each example of a file sent is taken as it stands."""
    client = serve()
    document = client.get("/openapi.json").json()
    body = document["paths"]["/uploads/{layer}"]["post"]["requestBody"]["content"]["multipart/form-data"]
    assert body["examples"]
    for example in body["examples"].values():
        form = dict(example["value"])
        answer = client.post("/uploads/cameras", files={"file": ("cameras.csv", form.pop("file"))}, data=form)
        assert answer.status_code == 200, answer.text
        assert answer.json()["rejected"] == 0


@pytest.mark.parametrize("name", ["coverage", "blind-spots", "sites", "patrol"])
def test_a_process_describes_the_inputs_it_takes(client: httpx.Client, name: str) -> None:
    """The inputs a process lists are those its order accepts in the description of the interface."""
    listed = client.get(f"/processes/{name}").json()
    document = client.get("/openapi.json").json()
    body = document["paths"][f"/processes/{name}/execution"]["post"]["requestBody"]["content"][
        "application/json"
    ]
    order = document["components"]["schemas"][body["schema"]["$ref"].split("/")[-1]]
    inputs = order["properties"]["inputs"]
    reference = inputs.get("$ref") or inputs["allOf"][0]["$ref"]
    schema = document["components"]["schemas"][reference.split("/")[-1]]
    assert set(listed["inputs"]) == set(schema["properties"])
    assert schema["additionalProperties"] is False
    assert listed["jobControlOptions"] == ["async-execute", "dismiss"]
