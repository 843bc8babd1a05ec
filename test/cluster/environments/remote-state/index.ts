import { aws } from "../../../../environments/aws";
import { local } from "../../../../environments/local";

/** Where the simulated S3 of the testbed keeps states: with locks, and written by Terraform every twenty seconds only. */
const state = { kind: "s3", bucket: process.env.TEST_STATES ?? "test-states", region: "eu-central-1" } as const;

/** What AWS gives without a cluster, which takes minutes to make and shows no other way to be interrupted. */
const { name, organisation, network, machines, registry, storage } = aws;

/** Environments whose state is somewhere else than their machine. */
export const environments = [
  { ...local, state },
  { name, organisation, state, network, machines, registry, storage: { buckets: storage?.buckets } },
];
