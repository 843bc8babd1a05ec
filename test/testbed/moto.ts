import { join } from "node:path";
import { answers } from "./answers";
import { startDaemon, waitUntil } from "./daemons";

/** Starts moto, the simulated AWS, on 127.0.0.1, and waits until it answers. Its data is gone when it ends. */
export async function startMoto(testbed: string, programs: string, port: number): Promise<void> {
  const moto = startDaemon(testbed, {
    name: "moto",
    command: [join(programs, "bin", "python"), join(__dirname, "moto-server.py"), "--host=127.0.0.1", `--port=${port}`],
    env: {
      // Policies that AWS itself owns (AmazonEKSClusterPolicy and its like) can be attached to roles.
      MOTO_IAM_LOAD_MANAGED_POLICIES: "true",
      // Hundreds of images that nobody asks for, each with a snapshot; those that are asked for exist anyway.
      MOTO_EC2_LOAD_DEFAULT_AMIS: "false",
    },
  });
  await waitUntil("waiting for moto", testbed, [moto], () => answers(`http://127.0.0.1:${port}/moto-api/`));
}
