import { createHash } from "node:crypto";
import { load } from "js-yaml";
import { documentOf, renderScript } from "../../../constructs/machine-roles";
import { userDataFaults } from "../../../constructs/terraform/machines/user-data";
import { awsPlatform, cloud } from "../../support/aws-stacks";
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

test("fails for user data that EC2 would not take", () => {
  const noise = Array.from({ length: 3000 }, (_, index) => createHash("md5").update(String(index)).digest("hex"));
  expect(userDataFaults("lb-1", noise.join("\n"))).toEqual([
    expect.stringMatching(
      /^the user data of lb-1 has \d+ bytes, compressed, and EC2 takes 16384: describe less on it$/,
    ),
  ]);
  expect(userDataFaults("lb-1", "#cloud-config\n")).toEqual([]);
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

  expect(stack.at(BASTION).root_block_device).toEqual({ volume_type: "gp3", volume_size: 41, encrypted: true });
});

test("a kept machine is protected in Terraform and in AWS", () => {
  expect(cloud().at(BASTION)).toMatchObject({
    disable_api_termination: true,
    lifecycle: { prevent_destroy: true, ignore_changes: ["user_data_base64"] },
  });
});

test("a disposable machine can be destroyed", () => {
  const machine = cloud((draft) => (draft.removal = "destroy")).at(BASTION);

  expect(machine.disable_api_termination).toBe(false);
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
  const others = (addresses: string[]) => addresses.filter((address) => !address.startsWith("aws_instance."));
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
