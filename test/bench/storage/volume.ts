/** A volume, where it is mounted, and what it must be. */
export interface Volume {
  /** What the table calls it. */
  readonly label: string;
  readonly directory: string;
  readonly type: string;
}
