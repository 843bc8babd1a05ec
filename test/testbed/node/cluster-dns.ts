import { nodeName } from "./namespaces";
import { dnsImage } from "./programs";

/** The address of cluster DNS: the tenth of the Services, as kubeadm has it. */
export const dnsAddress = "10.96.0.10";

const name = "coredns";
const namespace = "kube-system";
const labels = { "k8s-app": "kube-dns" };
/** Not 53, which only root may listen on; the Service translates. */
const port = 1053;

const corefile = `.:${port} {
  errors
  health :8080
  ready :8181
  cache 5
  kubernetes cluster.local in-addr.arpa ip6.arpa
}
`;

/** CoreDNS as a cluster has it, but for names outside the cluster, which it does not know. */
export const clusterDns: readonly object[] = [
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "system:coredns" },
    rules: [
      { apiGroups: [""], resources: ["services", "pods", "namespaces"], verbs: ["list", "watch"] },
      { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["list", "watch"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRoleBinding",
    metadata: { name: "system:coredns" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: "system:coredns" },
    subjects: [{ kind: "ServiceAccount", name, namespace }],
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace }, data: { Corefile: corefile } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          serviceAccountName: name,
          priorityClassName: "system-cluster-critical",
          // A fake node would make it Ready without running it.
          nodeSelector: { "kubernetes.io/hostname": nodeName },
          dnsPolicy: "Default",
          containers: [
            {
              name,
              image: dnsImage,
              args: ["-conf", "/etc/coredns/Corefile"],
              imagePullPolicy: "IfNotPresent",
              resources: { requests: { cpu: "10m", memory: "30Mi" }, limits: { memory: "170Mi" } },
              ports: [{ containerPort: port, name: "dns", protocol: "UDP" }],
              readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
              securityContext: {
                allowPrivilegeEscalation: false,
                readOnlyRootFilesystem: true,
                runAsNonRoot: true,
                runAsUser: 65532,
                capabilities: { drop: ["ALL"] },
              },
              volumeMounts: [{ name: "config", mountPath: "/etc/coredns" }],
            },
          ],
          volumes: [{ name: "config", configMap: { name } }],
        },
      },
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "kube-dns", namespace, labels },
    spec: {
      clusterIP: dnsAddress,
      selector: labels,
      ports: ["UDP", "TCP"].map((protocol) => ({
        name: `dns-${protocol.toLowerCase()}`,
        protocol,
        port: 53,
        targetPort: port,
      })),
    },
  },
];
