import { Cidr } from "../shared/addresses";
import { slug } from "../shared/names";
import type { Report } from "../shared/problems";
import { ByteSize } from "../shared/quantities";
import type { EksCluster } from "./resolve";

/** What EKS itself refuses, told before anything is made. */
export function checkEksLimits(cluster: EksCluster, report: Report): void {
  checkServiceBlock(cluster, report);
  checkApiOpenTo(cluster, report);
  checkAdmins(cluster, report);
  checkDisks(cluster, report);
}

/** Source: EKS API reference, KubernetesNetworkConfigRequest. */
const SERVICE_BLOCKS = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"].flatMap((text) => Cidr.parse(text) ?? []);
const SERVICE_PREFIX = { least: 12, most: 24 };

function checkServiceBlock({ serviceBlock }: EksCluster, report: Report): void {
  const { least, most } = SERVICE_PREFIX;
  const inside = SERVICE_BLOCKS.some((block) => block.covers(serviceBlock));
  if (inside && least <= serviceBlock.prefix && serviceBlock.prefix <= most) return;
  const rule = `EKS takes a block between /${most} and /${least} within ${SERVICE_BLOCKS.join(", ")}`;
  report.refuse(["cluster", "serviceBlock"], serviceBlock, rule, "leave it out, or use one like 10.96.0.0/16");
}

/** Source: EKS user guide, "View and manage service quotas": public endpoint access CIDR ranges per cluster. */
const MOST_OPEN_BLOCKS = 40;

function checkApiOpenTo({ apiOpenTo }: EksCluster, report: Report): void {
  const path = ["cluster", "apiOpenTo"];
  if (apiOpenTo.length > MOST_OPEN_BLOCKS) {
    report.refuse(path, apiOpenTo.length, `EKS takes at most ${MOST_OPEN_BLOCKS} blocks`, "join neighbouring blocks");
  }
  for (const [index, block] of apiOpenTo.entries()) {
    if (block.prefix === 0) {
      const cure = "list the office's addresses, or leave it empty and work from the bastion";
      report.refuse([...path, index], block, "it opens the API server to the whole internet", cure);
    }
    if (SERVICE_BLOCKS.some((privateBlock) => privateBlock.covers(block))) {
      const cure = "remove it: the private endpoint serves the VPC anyway";
      report.refuse([...path, index], block, "nobody comes from a private block over the internet", cure);
    }
  }
}

function checkAdmins({ admins }: EksCluster, report: Report): void {
  for (const [index, admin] of admins.entries()) {
    const other = admins.slice(0, index).find((earlier) => slug(earlier) === slug(admin));
    if (other === undefined) continue;
    const rule = other === admin ? "it is listed already" : `it differs from ${other} in punctuation only`;
    report.refuse(
      ["cluster", "admins", index],
      admin,
      rule,
      "list each principal once, under names that differ in letters",
    );
  }
}

/** Size of the image that EKS nodes start from; EC2 refuses a smaller disk. Source: amazon-eks-ami, AL2023. */
const NODE_IMAGE = ByteSize.gibibytes(20);

/** Source: EBS user guide, volumes of type gp3. */
const LARGEST_DISK = ByteSize.gibibytes(16 * 1024);

function checkDisks({ nodeGroups }: EksCluster, report: Report): void {
  for (const { name, disk } of nodeGroups) {
    if (disk.bytes > LARGEST_DISK.bytes) {
      const rule = `an EBS volume has at most ${LARGEST_DISK}`;
      report.refuse(["cluster", "pools", name, "disk"], disk, rule, "use less, and claim volumes for data");
    }
    if (disk.bytes >= NODE_IMAGE.bytes) continue;
    const rule = `the image of EKS nodes alone takes ${NODE_IMAGE}`;
    report.refuse(["cluster", "pools", name, "disk"], disk, rule, "leave it out, or use 50Gi");
  }
}
