import { gzipSync } from "node:zlib";

/** What EC2 takes, as it is before base64. Source: EC2 user guide, "Run commands when you launch an EC2 instance". */
const MOST_USER_DATA = 16 * 1024;

/** Why a machine cannot be given that user data; none if it can. */
export function userDataFaults(machine: string, userData: string): string[] {
  const size = gzipSync(userData).length;
  if (size <= MOST_USER_DATA) return [];
  return [
    `the user data of ${machine} has ${size} bytes, compressed, and EC2 takes ${MOST_USER_DATA}: describe less on it`,
  ];
}
