"""What the OpenAPI document of Callhome cannot say, said to schemathesis."""

import time

import schemathesis


def is_positive(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


@schemathesis.hook
def before_call(ctx, case, kwargs):
    """A good call is one of now: JSON Schema has no rule for "an id that begins with the present time"."""
    if not is_positive(case):
        return
    for call in case.body if isinstance(case.body, list) else [case.body]:
        if isinstance(call, dict) and isinstance(call.get("id"), str):
            digits = f"{int(time.time() * 1000):012x}"
            call["id"] = f"{digits[:8]}-{digits[8:]}{call['id'][13:]}"
            if "occurredAt" in call:
                call["occurredAt"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


@schemathesis.check
def each_item_is_answered(ctx, response, case):
    """A spool is taken with 202 also where some of it is refused: then each item has its answer, and each refused one a reason."""
    if case.operation.path != "/v1/calls" or response.status_code != 202:
        return
    answer = response.json()
    results = answer["results"]
    if isinstance(case.body, list):
        assert len(results) == len(case.body), f"{len(case.body)} items, but {len(results)} answers"
    for result in results:
        if result["result"] == "rejected":
            assert result.get("reason"), "an item was refused without a reason"
    counted = {kind: sum(1 for r in results if r["result"] == kind) for kind in ("accepted", "duplicate", "rejected")}
    assert counted == {kind: answer[kind] for kind in counted}, "the counts are not those of the answers"
    if is_positive(case) and isinstance(case.body, list):
        assert answer["rejected"] == 0, f"a good call was refused: {results}"
