import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RGW_PORT } from "../../../../platform/storage/ceph/s3";
import { eventually } from "../eventually";
import { type Ended, kill, NetSpace, SPACE_ADDRESS } from "./net-space";

export interface SmallCephOptions {
  /** Hosts as CRUSH knows them: each has a monitor and one OSD, on a sparse file. */
  readonly hosts: number;
  /** @default none */
  readonly parts?: readonly ("filesystem" | "objects")[];
}

/** Of the first host's monitor, in the older of the two protocols; each further host has the next. */
export const MON_PORT = 6789;
/** Of a pool: so many that any two of three hosts hold both copies of one of them, but for one pool in 400 000. */
const PLACEMENT_GROUPS = "32";
/** Of each OSD's file, of which only what is written takes room. */
const OSD_BYTES = 4 * 2 ** 30;

/**
 * A real Ceph, small and on this machine alone: every daemon a process of its own in a network namespace, no systemd and
 * no containers. Losing a host is killing its processes.
 */
export class SmallCeph {
  static async start({ hosts, parts = [] }: SmallCephOptions): Promise<SmallCeph> {
    const ceph = new SmallCeph(await NetSpace.open(), mkdtempSync(join(tmpdir(), "bc-")), hosts);
    try {
      await ceph.#startMonitors();
      await Promise.all([ceph.#startOsds(), ceph.#startManager()]);
      await Promise.all([
        parts.includes("filesystem") && ceph.#startFilesystem(),
        parts.includes("objects") && ceph.#startGateway(),
      ]);
      return ceph;
    } catch (error) {
      await ceph.stop();
      throw error;
    }
  }

  readonly #monitors: ChildProcess[] = [];
  readonly #osds: ChildProcess[] = [];

  private constructor(
    readonly space: NetSpace,
    readonly folder: string,
    private readonly hosts: number,
  ) {}

  /** Runs `ceph`, `rados`, `radosgw-admin` and the like as the administrator. */
  run(program: string, ...args: string[]): Promise<string> {
    return this.space.run(this.#command(program, args));
  }

  /** The same for what may hang: it is given up after `seconds`. */
  attempt(seconds: number, program: string, ...args: string[]): Promise<Ended> {
    return this.space.attempt(this.#command(program, args), seconds);
  }

  /** A line of shell in which `ceph` and its like know where they are, as an administrator types it. */
  shell(line: string, seconds = 300): Promise<Ended> {
    return this.space.attempt(["env", `CEPH_CONF=${join(this.folder, "ceph.conf")}`, "sh", "-c", line], seconds);
  }

  /** A pool whose copies each lie on a host of their own; what a custom resource of ours becomes. */
  async addPool(name: string, replicas: number): Promise<void> {
    await this.run("ceph", "osd", "pool", "create", name, PLACEMENT_GROUPS);
    await this.run("ceph", "osd", "pool", "set", name, "size", String(replicas));
  }

  /** Mounts the file system for whoever runs in the space. */
  async mount(): Promise<string> {
    const place = join(this.folder, "mount");
    mkdirSync(place);
    this.space.start(this.#command("ceph-fuse", ["-f", "--client_mountpoint=/", place]));
    await eventually(async () => {
      await this.space.run(["grep", "-q", ` ${place} .* fuse`, "/proc/self/mountinfo"]);
    });
    return place;
  }

  async killOsd(host: number): Promise<void> {
    await kill(this.#at(this.#osds, host));
  }

  async killMonitor(host: number): Promise<void> {
    await kill(this.#at(this.#monitors, host));
  }

  /** Waits until Ceph has noticed that exactly so many OSDs are up. */
  async knowsOfOsds(count: number): Promise<void> {
    await eventually(async () => {
      const { num_up_osds: up } = JSON.parse(await this.run("ceph", "osd", "stat", "--format", "json"));
      if (up !== count) throw new Error(`${up} OSDs are up, and not ${count}`);
    });
  }

  async stop(): Promise<void> {
    await this.space.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #at(daemons: readonly ChildProcess[], host: number): ChildProcess {
    const daemon = daemons[host];
    if (daemon === undefined) throw new Error(`there is no host ${host}`);
    return daemon;
  }

  #command(program: string, args: readonly string[]): string[] {
    return [program, "-c", join(this.folder, "ceph.conf"), ...args];
  }

  #daemon(program: string, ...args: string[]): ChildProcess {
    return this.space.start(this.#command(program, ["-f", ...args]));
  }

  async #startMonitors(): Promise<void> {
    const { folder, hosts } = this;
    const fsid = randomUUID();
    const names = Array.from({ length: hosts }, (_, host) => monitorName(host));
    writeFileSync(join(folder, "ceph.conf"), configuration(folder, fsid, names));
    const keys = join(folder, "keyring");
    const key = (await this.space.run(["ceph-authtool", "--gen-print-key"])).trim();
    writeFileSync(keys, keyring(hosts, key), { mode: 0o600 });
    const map = join(folder, "monmap");
    const members = names.flatMap((name, host) => ["--addv", name, addressOf(host)]);
    await this.space.run(["monmaptool", "--create", "--fsid", fsid, ...members, map]);
    await Promise.all(
      names.map(async (name) => {
        mkdirSync(join(folder, "mon", name), { recursive: true });
        await this.run("ceph-mon", "-i", name, "--mkfs", "--monmap", map, "--keyring", keys);
      }),
    );
    for (const name of names) this.#monitors.push(this.#daemon("ceph-mon", "-i", name));
    await eventually(async () => {
      const { quorum } = JSON.parse(await this.run("ceph", "quorum_status", "--connect-timeout", "5"));
      if (quorum.length < hosts) throw new Error(`${quorum.length} of ${hosts} monitors are in the quorum`);
    });
  }

  async #startManager(): Promise<void> {
    mkdirSync(join(this.folder, "mgr"));
    this.#daemon("ceph-mgr", "-i", "x");
  }

  async #startOsds(): Promise<void> {
    await Promise.all(
      Array.from({ length: this.hosts }, async (_, host) => {
        const uuid = randomUUID();
        mkdirSync(join(this.folder, "osd", String(host)), { recursive: true });
        await this.run("ceph", "osd", "new", uuid, String(host));
        await this.run("ceph-osd", "-i", String(host), "--mkfs", "--osd-uuid", uuid);
        this.#osds[host] = this.#daemon("ceph-osd", "-i", String(host));
      }),
    );
    await this.knowsOfOsds(this.hosts);
  }

  async #startFilesystem(): Promise<void> {
    mkdirSync(join(this.folder, "mds"));
    // It waits for something to do.
    this.#daemon("ceph-mds", "-i", "m");
    const pools = ["files-metadata", "files-data"];
    await Promise.all(pools.map((pool) => this.addPool(pool, 3)));
    await this.run("ceph", "fs", "new", "files", ...pools);
    await eventually(async () => {
      const said = await this.run("ceph", "mds", "stat");
      if (!said.includes("up:active")) throw new Error(`the metadata server is not active: ${said}`);
    });
  }

  async #startGateway(): Promise<void> {
    mkdirSync(join(this.folder, "rgw"));
    this.#daemon("radosgw", "-n", "client.rgw");
    const address = `http://${SPACE_ADDRESS}:${RGW_PORT}`;
    const ask = `fetch(${JSON.stringify(address)}).then(() => process.exit(0), () => process.exit(1))`;
    await eventually(async () => void (await this.space.run([process.execPath, "-e", ask], 30)));
  }
}

const monitorName = (host: number): string => String.fromCharCode("a".charCodeAt(0) + host);

const addressOf = (host: number): string =>
  `[v2:${SPACE_ADDRESS}:${MON_PORT + 10 + host},v1:${SPACE_ADDRESS}:${MON_PORT + host}]`;

/** One keyring, and one key, for everybody: what is tried here is not who may do what. */
function keyring(hosts: number, key: string): string {
  const osds = Array.from({ length: hosts }, (_, host) => `osd.${host}`);
  const caps = ["mon", "osd", "mds", "mgr"].map((daemon) => `caps ${daemon} = "allow *"\n`).join("");
  return ["mon.", "client.admin", "client.rgw", "mgr.x", "mds.m", ...osds]
    .map((name) => `[${name}]\nkey = ${key}\n${caps}`)
    .join("");
}

function configuration(folder: string, fsid: string, monitors: readonly string[]): string {
  const osds = monitors.map((_, host) => `[osd.${host}]\ncrush location = root=default host=h${host}\n`);
  return `[global]
fsid = ${fsid}
mon host = ${monitors.map((_, host) => addressOf(host)).join(" ")}
keyring = ${folder}/keyring
run dir = ${folder}
admin socket = ${folder}/$name.asok
pid file =
log file = ${folder}/$name.log
crash dir = ${folder}
public addr = ${SPACE_ADDRESS}
cluster addr = ${SPACE_ADDRESS}
auth allow insecure global id reclaim = false
osd pool default size = 3
osd pool default pg num = 8
osd pool default pg autoscale mode = off
mon max pg per osd = 1000
mon data = ${folder}/mon/$id
mgr data = ${folder}/mgr
mds data = ${folder}/mds
osd data = ${folder}/osd/$id
rgw data = ${folder}/rgw
osd journal =
bluestore block size = ${OSD_BYTES}
bluestore block create = true
# The loss of a monitor is noticed, and made up for, sooner.
mon lease = 2
mon election timeout = 2
# Nobody else asks for anything meanwhile: no second of waiting for more changes, or for the next sign of life.
paxos propose interval = 0.05
mds beacon interval = 1
# One host that tells of the death of another must be enough where only one is left.
mon osd min down reporters = 1
osd heartbeat grace = 6
osd heartbeat interval = 2
# Small, as everything here.
osd memory target = 939524096
[client.rgw]
rgw frontends = beast endpoint=${SPACE_ADDRESS}:${RGW_PORT} tcp_nodelay=1
${osds.join("")}`;
}
