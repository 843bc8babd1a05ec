import { specialFault } from "../shared/addresses";
import type { Report } from "../shared/problems";
import type { Network, Vpc } from "./resolve";

export function checkNetwork(network: Network, report: Report): void {
  if (network.kind === "vpc") checkVpc(network, report);
  else checkBlocks(network.blocks, report);
}

function checkBlocks(blocks: Network["blocks"], report: Report): void {
  blocks.forEach((block, index) => {
    const earlier = blocks.slice(0, index).find((other) => other.overlaps(block));
    if (earlier) {
      report.refuse(
        ["network", "blocks", index],
        block,
        `it overlaps ${earlier}`,
        "give each network a block of its own",
      );
    }
  });
}

/** AWS allows /16 to /28. Source: VPC user guide, "VPC CIDR blocks". */
const VPC_PREFIX = { least: 16, most: 28 };

/** China and GovCloud have accounts, policies and addresses of their own. */
const OTHER_PARTITION = /^(cn|us-gov|us-iso)/;

/** The beginning of ids, so of no name. Source: EC2 API reference, CreateSecurityGroup. */
const GROUP_IDS = "sg-";

function checkVpc(vpc: Vpc, report: Report): void {
  const { name, block, region } = vpc;
  if (`${name}-`.startsWith(GROUP_IDS)) {
    const rule = `names of security groups begin with it, and AWS takes none that begins with ${GROUP_IDS}`;
    report.refuse(["name"], name, rule, "choose another name, like sgp");
  }
  if (OTHER_PARTITION.test(region)) {
    const rule = "Bastide names things as the regions of the common AWS do, and this one belongs to another";
    report.refuse(["network", "region"], region, rule, "use one like eu-central-1");
  }
  const special = specialFault(block);
  if (special !== undefined) report.refuse(["network", "block"], block, special, "use one like 10.20.0.0/16");
  if (block.prefix < VPC_PREFIX.least || block.prefix > VPC_PREFIX.most) {
    report.refuse(["network", "block"], block, "AWS takes a VPC between /16 and /28", "use a /16");
  }
  vpc.zones.forEach((zone, index) => {
    if (vpc.zones.findIndex((other) => other.letter === zone.letter) < index) {
      report.refuse(["network", "zones", index], zone.letter, "the zone is listed already", "list each zone once");
    }
  });
  for (const [subnets, prefix] of [
    ["privateSubnet", "privatePrefix"],
    ["publicSubnet", "publicPrefix"],
  ] as const) {
    if (vpc.zones.some((zone) => zone[subnets] === undefined)) {
      report.refuse(
        ["network", prefix],
        vpc[prefix],
        `half of ${block} has no room for ${vpc.zones.length} subnets of /${vpc[prefix]}`,
        "use a longer prefix (smaller subnets), fewer zones or a larger block",
      );
    }
  }
}
