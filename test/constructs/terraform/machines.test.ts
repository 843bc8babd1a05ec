import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { load } from "js-yaml";
import { documentOf, renderScript } from "../../../constructs/machine-roles";
import { fittingUserData } from "../../../constructs/terraform/machines/user-data";
import { awsPlatform, cloud, withStores } from "../../support/aws-stacks";
import { ref } from "../../support/terraform";

const BASTION = "aws_instance.bastion-1";

test("a machine is as its environment describes it", () => {
  expect(cloud().at(BASTION)).toMatchObject({
    ami: "ami-0123456789abcdef0",
    instance_type: "t3.small",
    tags: { Name: "aws-bastion-1", role: "bastion" },
  });
});

test("a machine stands in the private subnet of its zone, without a public address", () => {
  const stack = cloud((draft) => (draft.machines["bastion-1"].zone = "b"));

  expect(stack.at(BASTION).subnet_id).toBe(ref("aws_subnet.private_b.id"));
  expect(stack.at(BASTION)).not.toHaveProperty("associate_public_ip_address");
  expect(stack.at("aws_subnet.private_b").map_public_ip_on_launch).toBe(false);
});

test("a machine is connected to on the ports that its own firewall opens, and on no other", () => {
  const stack = cloud();
  const group = ref("aws_security_group.machine_bastion.id");
  const inbound = Object.values(stack.all("aws_vpc_security_group_ingress_rule")).filter(
    ({ security_group_id }) => security_group_id === group,
  );

  expect(stack.at(BASTION).vpc_security_group_ids).toEqual([group]);
  expect(inbound).toEqual([
    {
      security_group_id: group,
      description: "metrics of the machine",
      ip_protocol: "tcp",
      from_port: 9100,
      to_port: 9100,
      cidr_ipv4: "10.20.0.0/16",
    },
  ]);
  expect(stack.at("aws_security_group.machine_bastion")).not.toHaveProperty("ingress");
});

test("a machine is open to everywhere only where the environment says so", () => {
  const stack = cloud((draft) => {
    const machine = { ...draft.machines["bastion-1"], instanceType: "t3.small" };
    draft.machines["lb-1"] = { ...machine, role: "haproxy", address: "10.20.0.10" };
    draft.machines["bastion-1"].open = { http: { port: 80 }, https: { port: 443 } };
    draft.services = {
      front: {
        kind: "haproxy",
        machines: ["lb-1"],
        openTo: ["0.0.0.0/0"],
        ingress: { mode: "proxy-protocol", nodes: ["bastion-1"] },
      },
    };
  });
  const open = Object.values(stack.all("aws_vpc_security_group_ingress_rule")).filter(
    ({ cidr_ipv4 }) => cidr_ipv4 === "0.0.0.0/0",
  );

  expect(open.map(({ from_port }) => from_port).sort((one, other) => one - other)).toEqual([80, 443]);
  expect(stack.at("aws_instance.lb-1").private_ip).toBe("10.20.0.10");
});

test("ports of one role that begin alike are all let in", () => {
  const stack = cloud((draft) => {
    const first = draft.machines["bastion-1"];
    draft.machines["bastion-1"] = { ...first, open: { proxy: { port: 3128 } } };
    draft.machines["bastion-2"] = { ...first, zone: "b", open: { proxies: { port: 3128, last: 3130 } } };
  });
  const group = ref("aws_security_group.machine_bastion.id");
  const inbound = Object.values(stack.all("aws_vpc_security_group_ingress_rule"));
  const ranges = inbound
    .filter(({ security_group_id, from_port }) => security_group_id === group && from_port === 3128)
    .map(({ to_port }) => to_port);

  expect(ranges.sort()).toEqual([3128, 3130]);
});

test("user data becomes the same program that is applied over SSH, byte for byte", () => {
  const { user_data_base64: expression } = cloud().at(BASTION);
  const [, encoded = ""] = /^\$\{base64gzip\(base64decode\("([A-Za-z0-9+/=]+)"\)\)\}$/.exec(expression) ?? [];
  const userData = Buffer.from(encoded, "base64").toString();
  const platform = awsPlatform();
  const [machine] = platform.machines.all;
  const written = load(userData) as { write_files: { path: string; content: string }[] };

  expect(written.write_files.map(({ path }) => path)).toEqual(["/var/lib/bastide/role.sh"]);
  expect(written.write_files[0]?.content).toBe(machine && renderScript(documentOf(platform, machine)));
});

test("later user data neither stops nor replaces a machine", () => {
  expect(cloud().at(BASTION).lifecycle.ignore_changes).toEqual(["user_data_base64"]);
  expect(cloud().at(BASTION)).not.toHaveProperty("user_data_replace_on_change");
});

test("a role that is too long for user data is left to Systems Manager alone", () => {
  const noise = Array.from({ length: 3000 }, (_, index) => createHash("md5").update(String(index)).digest("hex"));
  expect(fittingUserData(`#cloud-config\n# ${noise.join("")}`)).toBe(
    "#cloud-config\nlocale: C.UTF-8\nssh_pwauth: false\n",
  );
  expect(fittingUserData("#cloud-config\n")).toBe("#cloud-config\n");
});

test("a role that barely fits as Node compresses it is left out, for Terraform compresses it otherwise", () => {
  // Half of each byte is noise, so 32 KiB of it take 16 KiB and a little.
  const noise = Array.from({ length: 992 }, (_, index) => createHash("md5").update(String(index)).digest("hex")).join(
    "",
  );
  const role = `#cloud-config\n# ${noise.slice(0, 29_000)}`;
  const { length } = gzipSync(role);

  expect(length).toBeGreaterThan(15 * 1024);
  expect(length).toBeLessThanOrEqual(16 * 1024);
  expect(fittingUserData(role)).not.toContain(noise.slice(0, 100));
});

describe("a change of a role", () => {
  const stack = () => cloud(withStores);

  test("lies in a bucket as the program that is applied over SSH, byte for byte", () => {
    const platform = awsPlatform(withStores);
    const machine = platform.machines.all.find(({ name }) => name === "s3-1");
    const { content_base64, key, bucket } = stack().at("aws_s3_object.program_s3-1");

    expect(Buffer.from(content_base64, "base64").toString()).toBe(
      machine && renderScript(documentOf(platform, machine)),
    );
    expect(key).toMatch(/^s3-store\/s3-1\/[0-9a-f]{16}\.sh$/);
    expect(bucket).toBe(ref("aws_s3_bucket.machine_programs.id"));
  });

  test("is run by Systems Manager, and a deployment waits until it has succeeded", () => {
    const { key } = stack().at("aws_s3_object.program_s3-1");
    const { name, parameters, targets, wait_for_success_timeout_seconds } = stack().at("aws_ssm_association.role_s3-1");

    expect(name).toBe("AWS-RunRemoteScript");
    expect(targets).toEqual([{ key: "InstanceIds", values: [ref("aws_instance.s3-1.id")] }]);
    expect(parameters).toEqual({
      sourceType: "S3",
      sourceInfo: JSON.stringify({
        path: `https://s3.eu-central-1.amazonaws.com/aws-machine-programs-123456789012/${key}`,
      }),
      commandLine: `${key.split("/").at(-1)} apply`,
    });
    expect(wait_for_success_timeout_seconds).toBeGreaterThan(0);
  });

  test("makes the association anew, for the provider waits for nothing that is changed in place", () => {
    expect(stack().at("aws_ssm_association.role_s3-1").lifecycle).toEqual({
      replace_triggered_by: ["aws_s3_object.program_s3-1"],
    });
  });

  test("reaches machines of one role one after the other, and no other role waits", () => {
    expect(stack().at("aws_ssm_association.role_s3-2").depends_on).toEqual([
      "aws_s3_object.program_s3-2",
      "aws_ssm_association.role_s3-1",
    ]);
    expect(stack().at("aws_ssm_association.role_bastion-1").depends_on).toEqual(["aws_s3_object.program_bastion-1"]);
  });
});

describe("a machine that keeps data", () => {
  const stack = () => cloud(withStores);

  test("reads the secrets that its role names, its programs, and nothing else", () => {
    const { Statement } = stack().policyOf("aws_iam_role_policy.machine_s3-store", "policy");
    const secret = (name: string) =>
      `arn:aws:secretsmanager:eu-central-1:123456789012:secret:aws-machines/${name}-??????`;

    expect(Statement).toEqual([
      {
        Effect: "Allow",
        Action: "s3:GetObject",
        Resource: ["arn:aws:s3:::aws-machine-programs-123456789012/s3-store/*"],
      },
      {
        Effect: "Allow",
        Action: "s3:ListBucket",
        Resource: ["arn:aws:s3:::aws-machine-programs-123456789012"],
        Condition: { StringLike: { "s3:prefix": ["s3-store/*"] } },
      },
      {
        Effect: "Allow",
        Action: "secretsmanager:GetSecretValue",
        Resource: ["s3-tls", "store-1-images-1", "store-1-root", "store-2-images-2", "store-2-root"].map(secret),
      },
    ]);
    const bastion = stack().policyOf("aws_iam_role_policy.machine_bastion", "policy");
    expect(JSON.stringify(bastion)).not.toContain("secretsmanager");
  });

  test("has a snapshot of its disks every night, and one that keeps none has not", () => {
    const { policy_details } = stack().at("aws_dlm_lifecycle_policy.machine_snapshots");

    expect(policy_details).toMatchObject({
      resource_types: ["INSTANCE"],
      target_tags: { "bastide-snapshots": "aws" },
      schedule: [{ create_rule: { interval: 24 }, retain_rule: { count: 14 } }],
    });
    expect(stack().at("aws_instance.s3-1").tags).toMatchObject({ "bastide-snapshots": "aws" });
    expect(stack().at(BASTION).tags).not.toHaveProperty("bastide-snapshots");
    expect(cloud().addresses.filter((address) => address.startsWith("aws_dlm_"))).toEqual([]);
  });

  test("is known in the VPC by the name that the model gives it", () => {
    expect(stack().at("aws_route53_zone.machines")).toMatchObject({ name: "machines.acme.example" });
    expect(stack().at("aws_route53_record.name_s3-1")).toMatchObject({
      zone_id: ref("aws_route53_zone.machines.zone_id"),
      name: "s3-1.machines.acme.example",
      type: "A",
      records: [ref("aws_instance.s3-1.private_ip")],
    });
  });
});

test("a machine may use Session Manager and nothing else", () => {
  const stack = cloud();
  const attachments = Object.values(stack.all("aws_iam_role_policy_attachment"));

  expect(stack.at(BASTION).iam_instance_profile).toBe(ref("aws_iam_instance_profile.machine_bastion.name"));
  expect(stack.at("aws_iam_instance_profile.machine_bastion").role).toBe(ref("aws_iam_role.machine_bastion.name"));
  expect(
    attachments
      .filter(({ role }) => role === ref("aws_iam_role.machine_bastion.name"))
      .map(({ policy_arn }) => policy_arn),
  ).toEqual(["arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"]);
});

test("a machine's disk is encrypted and of the size that the environment names", () => {
  const stack = cloud((draft) => (draft.machines["bastion-1"].rootDisk = "41Gi"));

  expect(stack.at(BASTION).root_block_device).toMatchObject({ volume_type: "gp3", volume_size: 41, encrypted: true });
});

test("a kept machine is protected in Terraform and in AWS", () => {
  expect(cloud().at(BASTION)).toMatchObject({
    disable_api_termination: true,
    root_block_device: { delete_on_termination: false },
    lifecycle: { prevent_destroy: true, ignore_changes: ["user_data_base64"] },
  });
});

test("a disposable machine can be destroyed", () => {
  const machine = cloud((draft) => (draft.removal = "destroy")).at(BASTION);

  expect(machine.disable_api_termination).toBe(false);
  expect(machine.root_block_device.delete_on_termination).toBe(true);
  expect(machine.lifecycle).not.toHaveProperty("prevent_destroy");
});

test("a renamed machine is moved, and nothing of it changes but its name", () => {
  const before = cloud();
  const after = cloud((draft) => {
    draft.machines = { "jump-1": { ...draft.machines["bastion-1"], formerly: "bastion-1" } };
  });

  expect(after.moved).toEqual([{ from: "aws_instance.bastion-1", to: "aws_instance.jump-1" }]);
  expect(after.at("aws_instance.jump-1")).toEqual({
    ...before.at(BASTION),
    tags: { Name: "aws-jump-1", role: "bastion" },
    // Its program is for another name, and is not looked at any more.
    user_data_base64: after.at("aws_instance.jump-1").user_data_base64,
  });
  // Its name in the VPC and its program, which says its name, are others and hold nothing.
  const others = (addresses: string[]) => addresses.filter((address) => !/(bastion|jump)-1$/.test(address));
  expect(others(after.addresses)).toEqual(others(before.addresses));
});

test("machines of one role share its rights", () => {
  const stack = cloud((draft) => (draft.machines["bastion-2"] = { ...draft.machines["bastion-1"], zone: "c" }));

  expect(stack.at("aws_instance.bastion-2").iam_instance_profile).toBe(stack.at(BASTION).iam_instance_profile);
  expect(Object.keys(stack.all("aws_instance"))).toHaveLength(2);
});

test.each(["bastion", "runner"])("a %s reaches the API server of the cluster", (role) => {
  const stack = cloud((draft) => (draft.machines["bastion-1"].role = role));

  expect(stack.at(`aws_vpc_security_group_ingress_rule.api_from_${role}`)).toMatchObject({
    security_group_id: ref("aws_security_group.eks_api.id"),
    referenced_security_group_id: ref(`aws_security_group.machine_${role}.id`),
    ip_protocol: "tcp",
    from_port: 443,
    to_port: 443,
  });
  expect(stack.at("aws_eks_cluster.main").vpc_config.security_group_ids).toEqual([
    ref("aws_security_group.eks_api.id"),
  ]);
});

test("a machine of another role does not reach the API server", () => {
  const stack = cloud((draft) => (draft.machines["bastion-1"].role = "plain"));

  const machines = stack.addresses.filter((address) => address.startsWith("aws_security_group.machine_"));
  expect(machines).toEqual(["aws_security_group.machine_plain"]);
  for (const { security_group_id } of Object.values(stack.all("aws_vpc_security_group_ingress_rule"))) {
    expect(security_group_id).not.toBe(ref("aws_security_group.eks_api.id"));
  }
});

test("a machine whose name begins with a digit has an address that Terraform takes", () => {
  const stack = cloud((draft) => {
    draft.machines = { "1st": { ...draft.machines["bastion-1"], formerly: "0th" } };
  });

  expect(stack.at("aws_instance._1st").tags.Name).toBe("aws-1st");
  expect(stack.moved).toEqual([{ from: "aws_instance._0th", to: "aws_instance._1st" }]);
});
