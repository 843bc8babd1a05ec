import { type TerraformStack, Testing } from "cdktf";
import { withoutStackTraces } from "../../assembly/stack-traces";

/** Attributes of a resource as they stand in the Terraform JSON. */
// biome-ignore lint/suspicious/noExplicitAny: tests look into parts whose shape the provider decides
export type Attributes = Record<string, any>;

/** A reference to an attribute, as Terraform reads it: `aws_vpc.main.id`. */
export function ref(attribute: string): string {
  return `\${${attribute}}`;
}

export interface Move {
  readonly from: string;
  readonly to: string;
}

/** Blocks of `constructs/terraform/shared/kept.ts`. */
const GUARD = /^terraform_data\.(kept|disposable)\b/;

type Resources = Record<string, Record<string, Attributes>>;

/** What a stack becomes, with the checks that a deployment runs: unresolved references and validations throw here. */
export class Synthesized {
  static of(make: () => TerraformStack): Synthesized {
    return withoutStackTraces(() => {
      const stack = make();
      stack.prepareStack();
      return new Synthesized(JSON.parse(Testing.synth(stack, true)));
    });
  }

  readonly #resources: Resources;
  readonly terraform: Attributes;
  readonly providers: Record<string, Attributes[]>;
  /** Without those of the guard of what is kept. */
  readonly moved: Move[];
  /** Those of the guard of what is kept. */
  readonly movedGuards: Move[];

  private constructor(readonly json: Attributes) {
    this.#resources = json.resource ?? {};
    this.terraform = json.terraform;
    this.providers = json.provider ?? {};
    const moves: Move[] = json.moved ?? [];
    this.moved = moves.filter(({ to }) => !GUARD.test(to));
    this.movedGuards = moves.filter(({ to }) => GUARD.test(to));
  }

  /** `aws_subnet.private_a` and so on, sorted; without the guard of what is kept. */
  get addresses(): string[] {
    return Object.entries(this.#resources)
      .flatMap(([type, named]) => Object.keys(named).map((name) => `${type}.${name}`))
      .filter((address) => !GUARD.test(address))
      .sort();
  }

  /** All resources of a type by name; none is a mistake of the test. */
  all(type: string): Record<string, Attributes> {
    const found = this.#resources[type];
    if (found === undefined)
      throw new Error(`no ${type} in the stack, which has ${Object.keys(this.#resources).join(", ")}`);
    return found;
  }

  has(type: string): boolean {
    return type in this.#resources;
  }

  /** The resource at an address. */
  at(address: string): Attributes {
    const [type = "", name = ""] = address.split(".");
    const found = this.all(type)[name];
    if (found === undefined)
      throw new Error(`no ${address} in the stack, which has ${Object.keys(this.all(type)).join(", ")}`);
    return found;
  }

  /** A policy document that stands as text in an attribute. */
  policyOf(address: string, attribute: string): { Statement: Attributes[] } {
    return JSON.parse(this.at(address)[attribute]);
  }
}
