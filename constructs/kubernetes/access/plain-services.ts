import type { Construct } from "constructs";
import { ofTeams } from "../labels";
import { AdmissionPolicy } from "./admission-policy";

/**
 * Refuses Services of teams that would draw traffic which is not theirs. Node ports and load balancers are closed by the namespace's
 * quota, addresses in `status` and endpoints by hand by the rights.
 */
export function addPlainServices(scope: Construct): void {
  new AdmissionPolicy(scope, "plain-services", {
    name: "bastide-plain-services",
    judged: { apiGroup: "", resources: ["services"] },
    namespaces: ofTeams,
    rules: [
      {
        // CVE-2020-8554: every node would send what goes to these addresses, whoever's they are, to this Service.
        expression: "!has(object.spec.externalIPs) || size(object.spec.externalIPs) == 0",
        message:
          "spec.externalIPs would draw the whole cluster's traffic to these addresses: leave it out; the way in is a route of the shared gateway",
      },
      {
        // CVE-2021-25740: the gateway's proxy, which may reach every application, would go there for whoever asks.
        expression: "!has(object.spec.type) || object.spec.type != 'ExternalName'",
        message:
          "spec.type ExternalName would lead whoever calls this Service, the gateway among them, to any name: call that name itself, and have the platform team add its address to reaches of the application",
      },
    ],
  });
}
