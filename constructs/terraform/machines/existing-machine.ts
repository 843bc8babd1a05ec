import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { ExistingMachine as ExistingMachineModel } from "../../../platform/machines";
import { documentDigests, programDigest, type RoleDocument } from "../../machine-roles";
import { addressName } from "../shared/address-name";
import { TerraformData } from "../shared/terraform-data";

export interface ExistingMachineProps {
  readonly machine: ExistingMachineModel;
  readonly document: RoleDocument;
  /** Name of the environment. */
  readonly environment: string;
  /** Folder of the program; without it npm finds it above the stack's folder. */
  readonly program?: string;
  /** What must be done before: of machines that stand in for each other, one works on while another is changed. */
  readonly after: readonly ITerraformDependable[];
}

/**
 * A machine that exists already, as Terraform knows it: the digest of each file of its role, and the command that applies it over
 * SSH when one of them changes. The state holds neither contents nor keys. Taking it out of the environment changes nothing on the
 * machine.
 *
 * The command is told the digest of what was planned, and refuses to apply anything else.
 */
export class ExistingMachine extends Construct {
  readonly resource: TerraformData;

  constructor(scope: Construct, id: string, props: ExistingMachineProps) {
    super(scope, id);
    const { machine, document, environment, program, after } = props;
    const digest = programDigest(document);
    const prefix = program === undefined ? "" : `--prefix ${program} `;
    const options = `--env ${environment} --machine ${machine.name} --planned ${digest}`;
    this.resource = new TerraformData(this, machine.name, {
      input: documentDigests(document),
      triggersReplace: digest,
      provisioners: [{ type: "local-exec", command: `npm ${prefix}run --silent machines -- apply ${options}` }],
      ...(after.length > 0 && { dependsOn: [...after] }),
    });
    this.resource.overrideLogicalId(addressName(machine.name));
    if (machine.formerly !== undefined) this.resource.moveFromId(`terraform_data.${addressName(machine.formerly)}`);
  }
}
