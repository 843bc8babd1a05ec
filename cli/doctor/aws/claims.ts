import type { Ask } from "../ask";
import type { Finding, Unchecked } from "../finding";
import { inFolder, type StackFile } from "../stack-file";
import type { StateReading } from "../state";
import { namedKinds } from "./named-kinds";
import { textOf } from "./references";
import { type AwsResource, keyOf, partsOf } from "./resource-id";

export interface SearchProps {
  readonly environment: string;
  readonly region: string;
  /** The environment's stacks in AWS, each with its state. */
  readonly states: readonly StateReading[];
  readonly ask: Ask;
  readonly terraform: string;
}

/** An address of a stack. */
export interface Home {
  readonly stack: StackFile;
  readonly address: string;
}

/** How it is known whose a resource is. */
const GROUNDS = {
  tag: "It carries the environment's tags, but the state was not written any more after it was made.",
  name: "It has the name that the environment gives it, but neither a state nor its tags say whose it is. If it is somebody else's, do not import it: give yours another name.",
  join: "It joins two resources of the environment, but the state was not written any more after it was made.",
};

const IMPORT =
  "The next deploy would make it a second time or be refused. The import makes it known; nothing in AWS changes.";

/** What a search has found so far, and which addresses have their resource, so that nothing is given out twice. */
export class Claims {
  readonly findings: Finding[] = [];
  readonly unchecked: Unchecked[] = [];
  readonly #ids: ReadonlyMap<StackFile, Map<string, string>>;
  readonly #groups: string[] = [];

  constructor(readonly props: SearchProps) {
    this.#ids = new Map(
      props.states.map(({ stack, resources }) => [
        stack,
        new Map(resources.map(({ address, attributes }) => [address, String(attributes.id)])),
      ]),
    );
  }

  /** Ids by address: of what the stack's state knows, and of what will be imported. */
  idsOf(stack: StackFile): ReadonlyMap<string, string> {
    return this.#ids.get(stack) ?? new Map();
  }

  /** Addresses of these Terraform types that have no resource yet. */
  vacant(types: readonly string[]): Home[] {
    return this.props.states.flatMap(({ stack }) =>
      [...stack.resources.keys()]
        .filter((address) => types.includes(typeOf(address)) && !this.idsOf(stack).has(address))
        .map((address) => ({ stack, address })),
    );
  }

  /** Whether a state knows a resource, or a claim has given it an address under the name by which it is imported. */
  isTaken({ service, type, id }: AwsResource, types: readonly string[], importId: string): boolean {
    const inState = this.props.states.some(({ resources }) =>
      resources.some(({ attributes: { id: known, arn } }) =>
        service === "ec2"
          ? known === id
          : typeof arn === "string" && keyOf(partsOf(arn)) === keyOf({ service, type, id }),
      ),
    );
    const claimed = [...this.#ids.values()].some((ids) =>
      [...ids].some(([address, claimed]) => types.includes(typeOf(address)) && claimed === importId),
    );
    return inState || claimed;
  }

  /** Whether a state knows this id, or a claim has given it an address. */
  isKnownId(id: string): boolean {
    return [...this.#ids.values()].some((ids) => [...ids.values()].includes(id));
  }

  /** Security groups that have got their address in this search. */
  groups(): readonly string[] {
    return this.#groups;
  }

  /** The parts of the name that a resource of this address has, if its kind is named by us. */
  nameAt({ stack, address }: Home): string[] | undefined {
    const attributes = stack.resources.get(address) ?? {};
    const parts = namedKinds[typeOf(address)]?.name.map((part) => textOf(stack, this.idsOf(stack), attributes, part));
    return parts?.every((part) => part !== undefined) ? parts : undefined;
  }

  /** Gives a resource to an address. */
  claim({ stack, address }: Home, importId: string, where: string, ground: keyof typeof GROUNDS): void {
    this.#ids.get(stack)?.set(address, importId);
    if (typeOf(address) === "aws_security_group") this.#groups.push(importId);
    this.findings.push({
      kind: "resource",
      where,
      found: `in no state; is ${address} of ${stack.name}`,
      why: `${GROUNDS[ground]} ${IMPORT}`,
      commands: inFolder(stack, this.props.terraform, "import", address, importId),
      imports: stack.name,
    });
  }
}

/** The Terraform type in an address. */
export function typeOf(address: string): string {
  return address.slice(0, address.indexOf("."));
}
