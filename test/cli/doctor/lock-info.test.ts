import { lockInfo } from "../../../cli/doctor/lock-info";

/** What Terraform 1.11.4 said of a lock file in S3. */
const REFUSED = `
Error: Error acquiring the state lock

Error message: operation error S3: PutObject, https response error
StatusCode: 412, RequestID:
25qIIyRc61yiXOzS5kBJZZlIHhlwzEhjvEuTn3UHZCENn9KHBaO4, HostID: 9Gjjt1m+cjU4OPvX9O9,
api error PreconditionFailed: At least one of the pre-conditions you
specified did not hold
Lock Info:
  ID:        5e2f6b1c-3a1e-4f0e-9a3b-0d3f8a7c1b2d
  Path:      acme-terraform-state/aws/aws-data.tfstate
  Operation: OperationTypeApply
  Who:       anna@build-1
  Version:   1.11.4
  Created:   2026-11-21 13:44:34.123456789 +0000 UTC
  Info:      


Terraform acquires a state lock to protect the state from being written
by multiple users at the same time.
`;

const EXPECTED = {
  id: "5e2f6b1c-3a1e-4f0e-9a3b-0d3f8a7c1b2d",
  who: "anna@build-1",
  operation: "apply",
  created: new Date("2026-11-21T13:44:34Z"),
};

describe("the lock in Terraform's refusal", () => {
  it("is read with its id, holder, operation and time", () => {
    expect(lockInfo(REFUSED)).toEqual(EXPECTED);
  });

  it("is read in the frame that Terraform draws for a terminal", () => {
    const framed = REFUSED.split("\n")
      .map((line) => `│ ${line}`)
      .join("\n");
    expect(lockInfo(framed)).toEqual(EXPECTED);
  });

  it("has no time where the time cannot be read", () => {
    expect(lockInfo(REFUSED.replace("2026-11-21 13:44:34", "yesterday"))?.created).toBeUndefined();
  });

  it("is none in any other failure", () => {
    expect(lockInfo('Error: Failed to get existing workspaces: S3 bucket "states" does not exist.')).toBeUndefined();
  });
});
