import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

/**
 * Tells the process that has this pid now from any that has it later, so that a recorded pid is never mistaken after a
 * reboot or a wrap-around. Undefined if no process has it (or only a dead one that its parent has not fetched yet). One whose first
 * thread has ended is not dead before the others have: until then they hold its files, and its sockets take connections.
 */
export function identityOf(pid: number): string | undefined {
  return existsSync("/proc/self/stat") ? identityFromProc(pid) : identityFromPs(pid);
}

function identityFromProc(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return undefined;
  }
  // The second field, the program's name, may hold spaces and brackets: count from its end. See proc_pid_stat(5).
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state, threads, startTime] = [fields[0], Number(fields[17]), fields[19]];
  if (state === "X" || (state === "Z" && threads <= 1)) return undefined;
  return `${readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim()}/${startTime}`;
}

function identityFromPs(pid: number): string | undefined {
  try {
    const [state, ...started] = execFileSync("ps", ["-o", "state=,lstart=", "-p", String(pid)], {
      encoding: "utf8",
      env: { ...process.env, LC_ALL: "C" },
    })
      .trim()
      .split(/\s+/);
    return state?.startsWith("Z") ? undefined : started.join(" ");
  } catch {
    return undefined;
  }
}
