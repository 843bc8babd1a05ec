import type { LogShipping } from "../../../platform/base";
import type { RolePart } from "../compose";
import { certificateRefs, endOf, plainFile, type RoleFile, secretMark } from "../role-document";
import { authorityFile } from "./upkeep";

const SETTINGS = "/etc/rsyslog.conf";
const CERTIFICATE = "/etc/bastide/logs.crt";
const KEY = "/etc/bastide/logs.key";

/**
 * Everything in the journal goes to one receiver, too. rsyslog does nothing else: it reads the journal, which already has what
 * programs write, and neither its own socket nor Debian's rules, which would write every line to the disk a second time.
 */
export function logs(shipping: LogShipping | undefined): RolePart {
  if (shipping === undefined) return {};
  const certificate = certificateFiles(shipping);
  const settings = plainFile(SETTINGS, configuration(shipping), { validate: 'rsyslogd -N1 -f "$candidate"' });
  const files = [...certificate, settings];
  return {
    packages: ["rsyslog", "rsyslog-gnutls"],
    files,
    // An authority that is renewed under its name is read when rsyslog starts.
    units: [
      {
        name: "rsyslog.service",
        onChange: "restart",
        watches: [...files.map(({ path }) => path), authorityFile(shipping.authority)],
      },
    ],
    uninstall: [endOf("rsyslog.service")],
  };
}

function certificateFiles({ certificate }: LogShipping): RoleFile[] {
  if (certificate === undefined) return [];
  const { chain, key } = certificateRefs(certificate);
  return [
    plainFile(CERTIFICATE, `${secretMark(chain)}\n`, { secretRefs: [chain] }),
    plainFile(KEY, `${secretMark(key)}\n`, { mode: "0600", secretRefs: [key] }),
  ];
}

/** Source of the parameters: rsyslog 8.2302's documentation of imjournal, omfwd, queues and the gtls driver. */
function configuration({ to, authority, certificate, buffer }: LogShipping): string {
  const proof = certificate
    ? `\n  defaultNetstreamDriverCertFile="${CERTIFICATE}"\n  defaultNetstreamDriverKeyFile="${KEY}"`
    : "";
  return `# Written by Bastide; a change made here is undone by the next application.
global(
  workDirectory="/var/spool/rsyslog"
  defaultNetstreamDriverCAFile="${authorityFile(authority)}"${proof}
)

# Its place in the journal is kept, so nothing is sent twice or left out after a restart. A limit would drop what is written fast.
module(load="imjournal" StateFile="journal" Ratelimit.Interval="0")

action(
  type="omfwd" protocol="tcp" target="${to.host}" port="${to.port}"
  template="RSYSLOG_SyslogProtocol23Format" TCP_Framing="octet-counted"
  streamDriver="gtls" streamDriverMode="1"
  streamDriverAuthMode="x509/name" streamDriverPermittedPeers="${to.host}"
  # A receiver that is away is asked again for ever; meanwhile, and over a restart, the disk keeps what it has not taken.
  action.resumeRetryCount="-1" action.resumeInterval="5" action.resumeIntervalMax="60"
  queue.type="LinkedList" queue.filename="to-receiver" queue.maxDiskSpace="${buffer.bytes}" queue.saveOnShutdown="on"
)
`;
}
