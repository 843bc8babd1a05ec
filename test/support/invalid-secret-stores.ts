import { dropCluster } from "./environments";
import type { InvalidCase } from "./invalid-environments";

/** Secret stores that cannot deliver. */
export const invalidSecretStores: readonly InvalidCase[] = [
  {
    title: "AWS Secrets Manager for a cluster whose pods can take no role",
    of: "onprem",
    change: (d) => (d.secretStore = { kind: "external-secrets", from: { kind: "aws-secrets-manager" } }),
    refusal:
      'onprem.secretStore.from.kind is "aws-secrets-manager", but only pods of EKS can take a role in AWS, and the cluster is rke2: use from: { kind: "vault", ... }, or leave secretStore out and make them by hand',
  },
  {
    title: "Vault over plain HTTP",
    of: "onprem",
    change: (d) =>
      (d.secretStore = { kind: "external-secrets", from: { kind: "vault", server: "http://vault.acme.example" } }),
    refusal:
      'onprem.secretStore.from.server is "http://vault.acme.example", but secrets travel over HTTPS only: write it like https://vault.example.com:8200',
  },
  {
    title: "a secret store without a cluster",
    of: "onprem",
    change: (d) => {
      dropCluster(d);
      delete d.storage;
      d.secretStore = { kind: "external-secrets", from: { kind: "vault", server: "https://vault.acme.example" } };
    },
    refusal:
      'onprem.secretStore.kind is "external-secrets", but there is no cluster to deliver secrets to: describe one, or leave secretStore out',
  },
];
