import { providers } from "../../platform/versions/providers";
import { output } from "../support/output";

const { stacks, made } = output();

test("every environment has its stacks, named after it", () => {
  expect([...stacks.keys()].sort()).toEqual([
    "aws-cloud",
    "aws-data",
    "aws-releases",
    "local-releases",
    "onprem-machines",
    "onprem-releases",
  ]);
});

test("no stack reads anything that another makes: no data source, no remote state", () => {
  expect([...stacks].filter(([, { data }]) => data !== undefined).map(([name]) => name)).toEqual([]);
});

test("every stack asks for the providers that the bindings were made from, exactly", () => {
  const versions = [...stacks.values()].flatMap(({ terraform }) =>
    Object.values((terraform.required_providers ?? {}) as Record<string, { source: string; version: string }>),
  );
  const asked = new Set(
    versions.map(({ source, version }) => `${source.includes("/") ? source : `hashicorp/${source}`} ${version}`),
  );
  expect(asked).toEqual(new Set(Object.values(providers).map(({ source, version }) => `${source} ${version}`)));
});

test("the state of each environment is where it says, under the name of the stack", () => {
  const backends = Object.fromEntries([...stacks].map(([name, { terraform }]) => [name, terraform.backend]));
  expect(backends).toEqual({
    "aws-cloud": {
      s3: {
        bucket: "acme-terraform-state",
        region: "eu-central-1",
        key: "aws/aws-cloud.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    },
    "aws-data": {
      s3: {
        bucket: "acme-terraform-state",
        region: "eu-central-1",
        key: "aws/aws-data.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    },
    "aws-releases": {
      s3: {
        bucket: "acme-terraform-state",
        region: "eu-central-1",
        key: "aws/aws-releases.tfstate",
        encrypt: true,
        use_lockfile: true,
      },
    },
    "local-releases": { local: { path: "../../../.state/local/local-releases.tfstate" } },
    "onprem-machines": {
      http: expect.objectContaining({
        address: "https://gitlab.acme.example/api/v4/projects/42/terraform/state/onprem-machines",
      }),
    },
    "onprem-releases": {
      http: expect.objectContaining({
        address: "https://gitlab.acme.example/api/v4/projects/42/terraform/state/onprem-releases",
        lock_method: "POST",
      }),
    },
  });
});

test("every release is in the releases stack, waits for what it needs, and carries the digest of its content or its pinned version", () => {
  for (const { platform, releases } of made) {
    const installed = stacks.get(`${platform.name}-releases`)?.resource?.helm_release ?? {};
    expect(Object.keys(installed).sort()).toEqual(releases.map(({ name }) => name).sort());
    for (const { name, needs, chart } of releases) {
      const located =
        chart.kind === "own"
          ? {
              chart: `../../../dist/${platform.name}/${name}`,
              version: expect.stringMatching(/^0\.1\.0\+[0-9a-f]{12}$/),
            }
          : { version: chart.version, values: [expect.stringContaining(":")] };
      expect(installed[name]).toMatchObject({
        depends_on: needs.map((need) => `helm_release.${need}`),
        ...located,
        atomic: true,
        wait: true,
      });
    }
  }
});

test("a class of volumes, which Kubernetes never changes, is installed again where it is to be another, and for no other reason", () => {
  const { helm_release = {}, terraform_data = {} } = stacks.get("onprem-releases")?.resource ?? {};
  const addresses = ["ceph-block", "ceph-files", "nfs"].map((name) => `storage-classes_${name}`);
  expect(Object.keys(terraform_data)).toEqual(addresses);
  expect(terraform_data["storage-classes_nfs"]?.input).toMatchObject({ reclaimPolicy: "Retain" });
  // A new one only comes to the list, which replaces nothing.
  expect(helm_release["storage-classes"]?.lifecycle).toEqual({
    replace_triggered_by: addresses.map((name) => `terraform_data.${name}`),
  });
  expect(Object.values(helm_release).filter((one) => "lifecycle" in one)).toHaveLength(1);
});
