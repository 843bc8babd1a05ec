import { domain } from "../shared/domain";
import { checkNetwork } from "./checks";
import { resolveNetwork } from "./resolve";
import { networkSpec } from "./spec";

export type { ExistingNetwork, Network, Vpc, Zone } from "./resolve";
export { privateSubnetsOf } from "./resolve";

/** Where everything lives: address blocks, zones and the domain. */
export const network = domain({ schema: networkSpec, needs: [], resolve: resolveNetwork, check: checkNetwork });
