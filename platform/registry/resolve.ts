/** Where the company's own images are. */
export interface Registry {
  readonly host: string;
  readonly project: string;
  readonly pullSecret?: string;
}
