import type { Construct } from "constructs";
import { withSharedRoutes } from "../labels";
import { AdmissionPolicy } from "./admission-policy";

/**
 * Gives every namespace its own host names at the shared gateway, and no other's. The gateway follows the most specific of all routes of a
 * host, so that without this rule whoever may write routes could take over a part of any application's.
 *
 * The list is text of the policy, not a ConfigMap that it reads: that is lost to the API server once the policy was ever removed and made
 * again (kubernetes/kubernetes#130887).
 *
 * @param hosts host names that routes of each namespace may have
 */
export function addRouteHosts(scope: Construct, hosts: ReadonlyMap<string, readonly string[]>): void {
  const may = "'routes in namespace ' + request.namespace + ' may have ' + variables.allowed";
  const another = "for another one, ask the platform team to give it to an application";
  const empty = "spec.hostnames is empty, so this route would answer for the hosts of all namespaces: state its hosts";
  new AdmissionPolicy(scope, "route-hosts", {
    name: "bastide-route-hosts",
    judged: { apiGroup: "gateway.networking.k8s.io", resources: ["grpcroutes", "httproutes", "tlsroutes"] },
    namespaces: withSharedRoutes,
    variables: {
      owners: mapOf(hosts),
      own: "request.namespace in variables.owners ? variables.owners[request.namespace] : []",
      allowed: "size(variables.own) > 0 ? variables.own.join(', ') : 'no host yet'",
      asked: "has(object.spec.hostnames) ? object.spec.hostnames : []",
      foreign: "variables.asked.filter(host, !(host in variables.own))",
    },
    rules: [
      {
        expression: "size(variables.asked) > 0",
        message: empty,
        messageExpression: `'${empty}; ' + ${may}`,
      },
      {
        expression: "size(variables.foreign) == 0",
        message: `spec.hostnames names a host of another namespace, or of none: use those of your own applications; ${another}`,
        messageExpression: `variables.foreign.map(host, 'host ' + host + ' belongs to ' + ${ownerOf("host")}).join(', ') + ': ' + ${may} + '; ${another}'`,
      },
    ],
  });
}

/** As CEL writes a map of lists. Names of namespaces and hosts hold nothing that it would read otherwise. */
function mapOf(hosts: ReadonlyMap<string, readonly string[]>): string {
  const entries = [...hosts].map(
    ([namespace, names]) => `'${namespace}': [${names.map((name) => `'${name}'`).join(", ")}]`,
  );
  return `{${entries.join(", ")}}`;
}

function ownerOf(host: string): string {
  const owners = `variables.owners.filter(owner, ${host} in variables.owners[owner])`;
  return `(${owners}.map(owner, 'namespace ' + owner) + ['no namespace'])[0]`;
}
