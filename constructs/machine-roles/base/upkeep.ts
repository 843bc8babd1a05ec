import type { Base } from "../../../platform/base";
import type { ByteSize } from "../../../platform/shared/quantities";
import type { RolePart } from "../compose";
import { plainFile } from "../role-document";

/** The right time, security updates, what happened, and for how long that is kept. */
export function upkeep({ timeServers, rebootWindow, journal, authorities, logs }: Base, place: number): RolePart {
  return {
    packages: ["auditd", "ca-certificates", "chrony", "iproute2", "prometheus-node-exporter", "unattended-upgrades"],
    files: [
      plainFile(TIME, timeConfiguration(timeServers)),
      plainFile("/etc/apt/apt.conf.d/52bastide-upgrades", UPGRADES),
      plainFile(UPGRADE_TIMER, upgradeTimer(startOf(rebootWindow, place))),
      plainFile(JOURNAL, journalSettings(journal, logs !== undefined)),
      plainFile(AUDIT, AUDIT_RULES, { mode: "0640" }),
      ...authorities.map(({ name, pem }) => plainFile(authorityFile(name), pem)),
    ],
    units: [
      { name: "chrony.service", onChange: "restart", watches: [TIME] },
      { name: "apt-daily-upgrade.timer", onChange: "restart", watches: [UPGRADE_TIMER] },
      { name: "systemd-journald.service", onChange: "restart", watches: [JOURNAL] },
      { name: "auditd.service", onChange: "restart", watches: [] },
      { name: "prometheus-node-exporter.service", onChange: "restart", watches: [] },
    ],
    commands: [
      {
        purpose: "load the rules of the audit",
        unless: "augenrules --check | grep -q 'No change'",
        // Where the host's kernel is another's, as in a container, it takes no rules.
        run: "augenrules --load || systemd-detect-virt --quiet --container",
      },
      {
        purpose: "trust the company's authorities",
        unless: trusted(authorities.map(({ name }) => name)),
        run: "update-ca-certificates --fresh",
      },
    ],
    health: [{ purpose: "the node exporter answers", check: 'ss -Htln "sport = :9100" | grep -q .' }],
  };
}

const TIME = "/etc/chrony/chrony.conf";

function timeConfiguration(servers: readonly string[]): string {
  const sources =
    servers.length > 0 ? servers.map((name) => `server ${name} iburst`) : ["pool 2.debian.pool.ntp.org iburst"];
  return `${[
    ...sources,
    "driftfile /var/lib/chrony/chrony.drift",
    "ntsdumpdir /var/lib/chrony",
    // Once at the start the clock may jump, later it is only bent.
    "makestep 1 3",
    "rtcsync",
    "leapsectz right/UTC",
    // Nobody asks this machine for the time.
    "port 0",
    "cmdport 0",
  ].join("\n")}\n`;
}

/** Security updates alone; what they ask for is done in the same window. Source: unattended-upgrades, its README. */
const UPGRADES = `#clear Unattended-Upgrade::Origins-Pattern;
Unattended-Upgrade::Origins-Pattern {
  "origin=Debian,codename=\${distro_codename}-security,label=Debian-Security";
  "origin=Ubuntu,archive=\${distro_codename}-security";
};
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
Unattended-Upgrade::Remove-Unused-Kernel-Packages "true";
Unattended-Upgrade::Automatic-Reboot "true";
Unattended-Upgrade::Automatic-Reboot-WithUsers "true";
Unattended-Upgrade::Automatic-Reboot-Time "now";
`;

const UPGRADE_TIMER = "/etc/systemd/system/apt-daily-upgrade.timer.d/bastide.conf";

/** A start that was missed is left out: after a loss of power all machines would make up for theirs, and restart, at once. */
function upgradeTimer(start: string): string {
  return `[Timer]
OnCalendar=
OnCalendar=*-*-* ${start}
RandomizedDelaySec=0
Persistent=false
`;
}

/** When the machine at that place in the list begins. */
function startOf({ from, everyMinutes }: Base["rebootWindow"], place: number): string {
  const [hours = 0, minutes = 0] = from.split(":").map(Number);
  const start = (hours * 60 + minutes + place * everyMinutes) % (24 * 60);
  return [Math.floor(start / 60), start % 60].map((part) => String(part).padStart(2, "0")).join(":");
}

const JOURNAL = "/etc/systemd/journald.conf.d/bastide.conf";

/** Where the journal itself is shipped, nobody reads the socket that Debian hands it on to, and journald would warn of that. */
function journalSettings(most: ByteSize, shipped: boolean): string {
  const settings = ["Storage=persistent", `SystemMaxUse=${most.bytes}`, "MaxRetentionSec=90day"];
  return `${["[Journal]", ...settings, ...(shipped ? ["ForwardToSyslog=no"] : [])].join("\n")}\n`;
}

const AUDIT = "/etc/audit/rules.d/50-bastide.rules";

/** Who changed who may do what, and what people did as root. */
const AUDIT_RULES = `-w /etc/passwd -p wa -k identity
-w /etc/group -p wa -k identity
-w /etc/shadow -p wa -k identity
-w /etc/sudoers -p wa -k rights
-w /etc/sudoers.d -p wa -k rights
-w /etc/ssh -p wa -k sign-in
-w /etc/bastide -p wa -k secrets
-w /var/lib/bastide -p wa -k bastide
-a always,exit -F arch=b64 -S execve -F euid=0 -F auid>=1000 -F auid!=unset -k root-command
`;

/** Where a machine has the certificate of one of the company's authorities. */
export function authorityFile(name: string): string {
  return `/usr/local/share/ca-certificates/bastide-${name}.crt`;
}

/**
 * Whether all of them are in the system's bundle, and no link leads to one that is gone. The whole of each counts: one that was renewed under
 * its old serial number begins with the same bytes.
 */
function trusted(names: readonly string[]): string {
  const bundle = "/etc/ssl/certs/ca-certificates.crt";
  return [
    ...names.map((name) => `tr -d '\\n' <${bundle} | grep -qF -e "$(tr -d '\\n' <${authorityFile(name)})" &&`),
    "! find /etc/ssl/certs -xtype l -name 'bastide-*' | grep -q .",
  ].join("\n");
}
