import { gzipSync } from "node:zlib";

/** What EC2 takes, as it is before base64. Source: EC2 user guide, "Run commands when you launch an EC2 instance". */
const MOST_USER_DATA = 16 * 1024;

/** Terraform compresses by another library than this one, whose result may be a little longer: room for it, in bytes. */
const ROOM = 1024;

/** Where a role is too long to come along, a machine starts without one, and gets it when Systems Manager has found it. */
const WITHOUT_ROLE = "#cloud-config\nlocale: C.UTF-8\nssh_pwauth: false\n";

/** The user data of a machine: its role, if EC2 takes so much. */
export function fittingUserData(userData: string): string {
  return gzipSync(userData).length <= MOST_USER_DATA - ROOM ? userData : WITHOUT_ROLE;
}
