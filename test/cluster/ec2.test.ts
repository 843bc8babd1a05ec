import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { load } from "js-yaml";
import { documentOf, programDigest, renderScript } from "../../constructs/machine-roles";
import type { Machine } from "../../platform/machines";
import type { Platform } from "../../platform/platform";
import { openPorts } from "../../platform/services";
import { tier } from "../support/require";
import type { Testbed } from "../testbed";
import { withAwsCli } from "./support/aws-cli";
import { ec2Environment } from "./support/ec2-environment";
import { platformsOn } from "./support/model";
import { deploymentNeeds } from "./support/needs";
import { startOwnTestbed } from "./support/own-testbed";
import { Workplace } from "./support/workplace";

const STACK = "aws-cloud";
const ANYWHERE = "0.0.0.0/0";

/** The provider waits a minute for it, and test/cluster/deploy.test.ts makes one. */
const SLOW = "aws_s3_bucket_lifecycle_configuration";

tier("cluster", deploymentNeeds())("machines in AWS", () => {
  let testbed: Testbed;
  let work: Workplace;
  let platform: Platform;
  let applied: string;

  beforeAll(async () => {
    testbed = await startOwnTestbed({ cluster: false });
    const environments = join(testbed.folder, "environments");
    mkdirSync(environments);
    writeFileSync(
      join(environments, "index.ts"),
      `export const environments = [${JSON.stringify(ec2Environment())}];\n`,
    );
    // There is no database here, whose name cannot be made.
    const { aws_route53_record: _name, ...leftOut } = testbed.target.leftOut;
    work = await withAwsCli(aimedAt({ ...leftOut, [SLOW]: "it is waited for" }, environments));
    platform = platformsOn(work, environments).get("aws") as Platform;
    await work.synth();
    await work.init(STACK);
    applied = await apply();
  });
  afterAll(() => testbed?.stop());

  /** A workplace with outputs of its own, which leaves these types out. */
  function aimedAt(leftOut: Testbed["target"]["leftOut"], environments: string): Workplace {
    const folder = mkdtempSync(join(testbed.folder, "ec2-"));
    const output = { terraform: join(folder, "cdktf.out"), manifests: join(folder, "dist") };
    const target = { ...testbed.target, output, stateFolder: join(folder, "state"), leftOut };
    const file = join(folder, "target.json");
    writeFileSync(file, JSON.stringify(target));
    return new Workplace({ ...testbed, target }, { BASTIDE_TARGET: file, BASTIDE_ENVIRONMENTS: environments });
  }

  const apply = async () =>
    (await work.terraform(STACK, ["apply", "-auto-approve", "-input=false", "-no-color"])).stdout;

  /** The testbed empties these, which the AWS CLI takes for a profile without a name and an empty path. */
  const asked = (command: readonly string[], expect: readonly number[] = [0]) =>
    work.run(["env", "-u", "AWS_PROFILE", "-u", "AWS_CA_BUNDLE", ...command], { expect });

  const aws = async (...args: string[]) => {
    const { region } = platform.network.kind === "vpc" ? platform.network : { region: "" };
    return JSON.parse((await asked(["aws", "--region", region, "--output", "json", ...args])).stdout);
  };

  /** The machines as AWS has them, by the name that the environment gives. */
  async function instances(): Promise<ReadonlyMap<string, { InstanceId: string; PrivateIpAddress: string }>> {
    const { Reservations } = await aws("ec2", "describe-instances");
    const all = Reservations.flatMap((one: { Instances: object[] }) => one.Instances);
    const nameOf = ({ Tags }: { Tags: { Key: string; Value: string }[] }) =>
      Tags.find(({ Key }) => Key === "Name")?.Value.replace(/^aws-/, "");
    return new Map(all.map((one: never) => [nameOf(one), one]));
  }

  const programOf = (machine: Machine) => renderScript(documentOf(platform, machine));

  it("are planned whole, with what the simulated AWS cannot do", async () => {
    const whole = aimedAt({}, join(testbed.folder, "environments"));
    await whole.synth();
    await whole.init(STACK);
    const { changes } = await whole.plan(STACK);
    const types = new Set(changes.create?.map((address) => address.split(".")[0]));
    expect(Object.keys(changes)).toEqual(["create"]);
    expect(Object.keys(testbed.target.leftOut).filter((type) => types.has(type))).toEqual([
      "aws_route53_record",
      "aws_ssm_association",
      "aws_dlm_lifecycle_policy",
    ]);
  });

  it("are changed in nothing when all is applied again", async () => {
    expect(applied).toMatch(/Apply complete! Resources: \d+ added, 0 changed, 0 destroyed/);
    expect((await work.plan(STACK)).changes).toEqual({});
    expect(await apply()).toContain("Resources: 0 added, 0 changed, 0 destroyed");
  });

  it("start with the program that is applied over SSH, byte for byte, and find it in their bucket", async () => {
    const known = await instances();
    expect([...known.keys()].sort()).toEqual(["bastion-1", "lb-1", "lb-2", "s3-1", "s3-2"]);
    for (const machine of platform.machines.all) {
      const id = known.get(machine.name)?.InstanceId ?? "";
      const attribute = ["ec2", "describe-instance-attribute", "--attribute", "userData", "--instance-id", id];
      const { UserData } = await aws(...attribute);
      const userData = load(gunzipSync(Buffer.from(UserData.Value, "base64")).toString());
      const files = (userData as { write_files: { path: string; content: string }[] }).write_files;
      expect(files.map(({ path }) => path)).toEqual(["/var/lib/bastide/role.sh"]);
      expect(files[0]?.content).toBe(programOf(machine));

      const key = `${machine.role}/${machine.name}/${programDigest(documentOf(platform, machine))}.sh`;
      const file = join(testbed.folder, "program");
      await aws("s3api", "get-object", "--bucket", platform.machines.programBucket ?? "", "--key", key, file);
      expect(readFileSync(file, "utf8")).toBe(programOf(machine));
    }
  });

  it("let in whom their own firewalls let in, and the world only where the environment says so", async () => {
    const { SecurityGroups } = await aws("ec2", "describe-security-groups");
    const { SecurityGroupRules } = await aws("ec2", "describe-security-group-rules");
    const names = new Map(SecurityGroups.map((group: Record<string, string>) => [group.GroupId, group.GroupName]));
    const rules = (SecurityGroupRules as Record<string, string | number | boolean>[])
      .filter(({ IsEgress }) => IsEgress === false)
      .map(({ GroupId, IpProtocol, FromPort, ToPort, CidrIpv4 }) =>
        [names.get(GroupId), IpProtocol, FromPort, ToPort, CidrIpv4].join(" "),
      );
    const expected = platform.machines.all.flatMap((machine) =>
      openPorts(machine, platform).flatMap(({ protocol, port, last = port, from }) =>
        from.map((block) => `aws-machine-${machine.role} ${protocol} ${port} ${last} ${block}`),
      ),
    );
    expect(rules.sort()).toEqual([...new Set(expected)].sort());
    expect(rules.filter((rule) => rule.endsWith(ANYWHERE))).toEqual([
      `aws-machine-haproxy tcp 443 443 ${ANYWHERE}`,
      `aws-machine-haproxy tcp 80 80 ${ANYWHERE}`,
    ]);
  });

  it("are known by their names, one at the address that the environment gives it", async () => {
    const { HostedZones } = await aws("route53", "list-hosted-zones");
    expect(HostedZones).toMatchObject([{ Name: "machines.acme.example.", Config: { PrivateZone: true } }]);
    const { ResourceRecordSets } = await aws(
      "route53",
      "list-resource-record-sets",
      "--hosted-zone-id",
      HostedZones[0].Id,
    );
    const found = ResourceRecordSets.filter(({ Type }: { Type: string }) => Type === "A").map(
      ({ Name, ResourceRecords: [{ Value }] }: { Name: string; ResourceRecords: [{ Value: string }] }) => [Name, Value],
    );
    const known = [...(await instances())].map(([name, { PrivateIpAddress }]) => {
      return [`${name}.machines.acme.example.`, PrivateIpAddress];
    });
    expect(found.sort()).toEqual(known.sort());
    expect(found).toContainEqual(["lb-1.machines.acme.example.", "10.20.0.10"]);
  });

  it("that balance load have one before them that everybody may reach, and that passes connections on to both", async () => {
    const { LoadBalancers } = await aws("elbv2", "describe-load-balancers");
    // The simulated AWS says it of internal ones alone.
    expect(LoadBalancers).toEqual([expect.objectContaining({ Type: "network" })]);
    expect(LoadBalancers[0].Scheme).not.toBe("internal");
    const { TargetGroups } = await aws("elbv2", "describe-target-groups");
    const known = await instances();
    const both = ["lb-1", "lb-2"].map((name) => known.get(name)?.InstanceId ?? name);
    const found = [];
    for (const { Port, TargetGroupArn, HealthCheckPort } of TargetGroups) {
      const health = ["elbv2", "describe-target-health", "--target-group-arn", TargetGroupArn];
      const { TargetHealthDescriptions } = await aws(...health);
      const targets = TargetHealthDescriptions.map(({ Target }: { Target: { Id: string } }) => Target.Id);
      found.push([Port, HealthCheckPort, targets.sort()]);
    }
    expect(found.sort()).toEqual([443, 80].map((port) => [port, "8404", both.sort()]));
    const told = (await work.terraform(STACK, ["output", "-raw", "load_balancer_front"])).stdout;
    expect(told).toBe(LoadBalancers[0].DNSName);
  });

  describe("and their secrets", () => {
    const canary = `canary-${randomBytes(8).toString("hex")}`;
    const file = () => join(testbed.folder, "secret.json");
    const secrets = async (options: string[], expect: readonly number[] = [0]) => {
      const command = ["cli/bastide.ts", "secrets", "--env", "aws", ...options];
      const { stdout, stderr } = await asked([process.execPath, "--import", "tsx", ...command], expect);
      return stdout + stderr;
    };
    /** Does as an operator does with the commands that were printed. */
    const follow = async (printed: string) => {
      const commands = printed.split("\n").flatMap((line) => /aws secretsmanager .*/.exec(line)?.[0] ?? []);
      for (const command of commands) await asked(["sh", "-c", command.replace("<file>", file())]);
      return commands.length;
    };

    it("are missing, then made as npm run secrets says, and then found", async () => {
      writeFileSync(file(), JSON.stringify({ password: canary }), { mode: 0o600 });
      expect(await follow(await secrets(["--verify"], [1]))).toBe(5);
      const said = await secrets(["--verify"]);
      expect(said).toContain("all of them are there");
      expect(said).not.toContain(canary);
    });

    it("take another value by the command of their rotation", async () => {
      writeFileSync(file(), JSON.stringify({ password: `${canary}-anew` }));
      expect(await follow(await secrets(["--rotate", "store-1-root"]))).toBe(1);
      const kept = ["secretsmanager", "get-secret-value", "--secret-id", "aws-machines/store-1-root"];
      expect(JSON.parse((await aws(...kept)).SecretString)).toEqual({ password: `${canary}-anew` });
    });

    it("are in no plan, state or output", async () => {
      const { stdout } = await work.terraform(STACK, ["show", "-json"]);
      const plan = await work.terraform(STACK, ["plan", "-no-color"]);
      for (const text of [stdout, plan.stdout, applied, work.read(STACK)]) expect(text).not.toContain("canary");
      expect(stdout).toContain("aws_instance");
    });
  });
});
