import { S3Object } from "@cdktf/provider-aws/lib/s3-object";
import { SsmAssociation } from "@cdktf/provider-aws/lib/ssm-association";
import { dependable, type ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Ec2Machine, MachineRole } from "../../../platform/machines";
import type { Vpc } from "../../../platform/network";
import { Duration } from "../../../platform/shared/quantities";
import { programDigest, type RoleDocument, renderScript } from "../../machine-roles";
import { addressName } from "../shared/address-name";
import { Bucket } from "../storage/bucket";

export interface MachineProgramsProps {
  /** Name of the bucket. */
  readonly bucket: string;
  readonly vpc: Vpc;
}

/** A program and the machine that it is for. */
export interface Delivery {
  readonly machine: Ec2Machine;
  readonly instanceId: string;
  readonly document: RoleDocument;
}

/** How long a machine may take to start and to be brought to its state, before a deployment says that it failed: in seconds. */
const PATIENCE = 1200;

/**
 * Brings every change of a role to a machine that runs: its program lies in a bucket that the machine may read, and Systems Manager
 * runs it when it is new. The same program comes with the machine's user data, if that has room for it; otherwise this is
 * its first application, too. What holds values is not in it, so the bucket holds no secret.
 */
export class MachinePrograms extends Construct {
  readonly #bucket: string;
  readonly #region: string;
  readonly #bucketId: string;
  readonly #latest = new Map<MachineRole, ITerraformDependable>();

  constructor(scope: Construct, id: string, { bucket, vpc }: MachineProgramsProps) {
    super(scope, id);
    this.#bucket = bucket;
    this.#region = vpc.region;
    const made = new Bucket(this, "machine_programs", {
      bucket: {
        key: "machine_programs",
        name: bucket,
        ownName: undefined,
        purpose: "what machines must be like",
        keepVersions: Duration.days(30),
        // Made of the environment, and made again from it.
        removal: "destroy",
      },
    });
    this.#bucketId = made.id;
  }

  /** Machines of one role take a change one after the other, and a failure keeps it from the next. */
  deliver({ machine, instanceId, document }: Delivery): void {
    const name = addressName(machine.name);
    const digest = programDigest(document);
    const program = new S3Object(this, `program_${machine.name}`, {
      bucket: this.#bucketId,
      key: programKey(machine, digest),
      contentBase64: Buffer.from(renderScript(document)).toString("base64"),
      contentType: "text/x-shellscript",
      // A machine that is behind finds the former one until it has taken the new one.
      lifecycle: { createBeforeDestroy: true },
    });
    program.overrideLogicalId(`program_${name}`);
    const before = this.#latest.get(machine.role);
    const path = `https://s3.${this.#region}.amazonaws.com/${this.#bucket}/${programKey(machine, digest)}`;
    const association = new SsmAssociation(this, `role_${machine.name}`, {
      name: "AWS-RunRemoteScript",
      associationName: `${this.#bucket}-${machine.name}`,
      targets: [{ key: "InstanceIds", values: [instanceId] }],
      parameters: {
        sourceType: "S3",
        sourceInfo: JSON.stringify({ path }),
        commandLine: `${digest}.sh apply`,
      },
      waitForSuccessTimeoutSeconds: PATIENCE,
      // The provider waits for a new association alone: one that is changed in place would be run on all machines at once, and
      // nobody would see it fail. One that failed while it was made is made again by the next deployment. Terraform takes an
      // address here, and no expression, which a resource itself would become.
      lifecycle: { replaceTriggeredBy: [dependable(program)] },
      dependsOn: [program, ...(before === undefined ? [] : [before])],
    });
    association.overrideLogicalId(`role_${name}`);
    this.#latest.set(machine.role, association);
  }
}

/** Where a machine's program lies: below its role, whose machines may read nothing else. */
function programKey({ name, role }: Ec2Machine, digest: string): string {
  return `${role}/${name}/${digest}.sh`;
}
