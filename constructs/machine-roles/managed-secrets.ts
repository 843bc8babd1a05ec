/** Where a machine fetches its secrets itself, with the rights of its role in AWS. */
export interface ManagedSecrets {
  readonly region: string;
  /** What their names in Secrets Manager begin with. */
  readonly prefix: string;
}
