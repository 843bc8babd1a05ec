import { type HaproxyService, loadBalancerOf } from "../../../platform/services";
import { awsPlatform, cloud, withBalancers } from "../../support/aws-stacks";
import type { Draft } from "../../support/environments";
import { platformOf } from "../../support/kubernetes";
import { ref } from "../../support/terraform";

const everybody = (draft: Draft) => withBalancers(draft, { openTo: ["0.0.0.0/0"] });

describe("a load balancer", () => {
  const of = (platform: ReturnType<typeof awsPlatform>) => {
    const service = platform.services.all.find((one): one is HaproxyService => one.kind === "haproxy");
    return service && loadBalancerOf(service, platform.network.blocks);
  };

  test("of machines outside AWS is the address that they share", () =>
    expect(of(platformOf("onprem"))).toEqual({
      kind: "addresses",
      name: "front",
      ports: [80, 443, 6443],
      addresses: ["10.10.1.10"],
    }));

  test("without such an address is each of them", () => {
    const platform = platformOf("onprem", ({ services }) => delete services.front.virtualAddress);
    expect(of(platform)).toMatchObject({ addresses: ["10.10.1.11", "10.10.1.12"] });
  });

  test("of machines in AWS is one of AWS's, for those alone who may connect", () => {
    expect(of(awsPlatform(withBalancers))).toEqual({
      kind: "network",
      name: "front",
      ports: [80, 443],
      reach: "internal",
    });
    expect(of(awsPlatform(everybody))).toMatchObject({ reach: "public" });
  });

  test.each([
    ["an office behind a VPN", ["10.0.0.0/8"], "internal"],
    ["another VPC", ["10.20.0.0/24", "172.20.0.0/16"], "internal"],
    ["an office's public address", ["203.0.113.0/24"], "public"],
    ["everybody, whoever else is named", ["10.0.0.0/8", "0.0.0.0/0"], "public"],
  ])("of machines in AWS, open to %s", (_, openTo, reach) => {
    expect(of(awsPlatform((draft) => withBalancers(draft, { openTo })))).toMatchObject({ reach });
  });
});

test("an environment without HAProxy in AWS has no load balancer there", () =>
  expect(cloud().has("aws_lb")).toBe(false));

describe("the network load balancer before two machines", () => {
  test("stands in the private subnets of all zones where only the VPC may connect, and in the public ones otherwise", () => {
    const subnets = (kind: string) => ["a", "b", "c"].map((zone) => ref(`aws_subnet.${kind}_${zone}.id`));
    expect(cloud(withBalancers).at("aws_lb.front")).toMatchObject({ internal: true, subnets: subnets("private") });
    expect(cloud(everybody).at("aws_lb.front")).toMatchObject({
      load_balancer_type: "network",
      internal: false,
      subnets: subnets("public"),
      enable_cross_zone_load_balancing: true,
    });
  });

  test("passes each port on to both, with the client's address, and asks HAProxy itself whether it works", () => {
    const stack = cloud(everybody);

    for (const port of [80, 443]) {
      expect(stack.at(`aws_lb_listener.front_${port}`)).toMatchObject({
        load_balancer_arn: ref("aws_lb.front.arn"),
        port,
        protocol: "TCP",
        default_action: [{ type: "forward", target_group_arn: ref(`aws_lb_target_group.front_${port}.arn`) }],
      });
      expect(stack.at(`aws_lb_target_group.front_${port}`)).toMatchObject({
        port,
        protocol: "TCP",
        target_type: "instance",
        preserve_client_ip: "true",
        health_check: { protocol: "TCP", port: "8404" },
      });
    }
    const targets = Object.values(stack.all("aws_lb_target_group_attachment"));
    expect(targets.map(({ target_id, port }) => `${port} ${target_id}`).sort()).toEqual(
      ["443", "80"].flatMap((port) => ["lb-1", "lb-2"].map((name) => `${port} ${ref(`aws_instance.${name}.id`)}`)),
    );
  });

  test("is asked on a port that the machines open to the VPC, whoever else may connect", () => {
    const stack = cloud((draft) => withBalancers(draft, { openTo: ["203.0.113.0/24"] }));
    const group = ref("aws_security_group.machine_haproxy.id");
    const open = Object.values(stack.all("aws_vpc_security_group_ingress_rule")).filter(
      ({ security_group_id, from_port }) => security_group_id === group && from_port === 8404,
    );

    expect(open.map(({ cidr_ipv4 }) => cidr_ipv4)).toEqual(["10.20.0.0/16"]);
  });

  test("is made when the internet can be reached, where it is public", () => {
    expect(cloud(everybody).at("aws_lb.front").depends_on).toEqual(["aws_internet_gateway.main"]);
    expect(cloud(withBalancers).at("aws_lb.front").depends_on).toBeUndefined();
  });

  test("cannot be deleted or made anew by accident, and its name is told", () => {
    const stack = cloud(everybody);

    expect(stack.at("aws_lb.front").lifecycle).toEqual({ prevent_destroy: true });

    expect(stack.at("aws_lb.front").enable_deletion_protection).toBe(true);
    expect(stack.json.output.load_balancer_front.value).toBe(ref("aws_lb.front.dns_name"));
    const disposable = cloud((draft) => {
      everybody(draft);
      draft.removal = "destroy";
    });
    expect(disposable.at("aws_lb.front").enable_deletion_protection).toBe(false);
  });
});
