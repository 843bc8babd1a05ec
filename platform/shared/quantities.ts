/** An amount of memory or disk. Written `512Mi`, `50Gi`, `2Ti`, as Kubernetes does. */
export class ByteSize {
  private constructor(readonly bytes: number) {}

  static readonly zero = new ByteSize(0);

  /** @returns nothing where `text` is no size */
  static parse(text: string): ByteSize | undefined {
    const match = /^(\d+)(Mi|Gi|Ti)$/.exec(text);
    if (!match) return undefined;
    const bytes = Number(match[1]) * BYTES[match[2] as BinaryUnit];
    return Number.isSafeInteger(bytes) && bytes > 0 ? new ByteSize(bytes) : undefined;
  }

  static mebibytes(count: number): ByteSize {
    return new ByteSize(count * BYTES.Mi);
  }

  static gibibytes(count: number): ByteSize {
    return new ByteSize(count * BYTES.Gi);
  }

  plus(other: ByteSize): ByteSize {
    return new ByteSize(this.bytes + other.bytes);
  }

  /** Never below zero. */
  minus(other: ByteSize): ByteSize {
    return new ByteSize(Math.max(0, this.bytes - other.bytes));
  }

  times(factor: number): ByteSize {
    return new ByteSize(Math.round(this.bytes * factor));
  }

  /** Whole gibibytes, rounded up: what AWS takes as a disk's size. */
  get wholeGibibytes(): number {
    return Math.ceil(this.bytes / BYTES.Gi);
  }

  /** The shortest exact form that Kubernetes reads. */
  toString(): string {
    for (const unit of ["Ti", "Gi", "Mi"] as const) {
      if (this.bytes > 0 && this.bytes % BYTES[unit] === 0) return `${this.bytes / BYTES[unit]}${unit}`;
    }
    return String(this.bytes);
  }

  toJSON(): string {
    return this.toString();
  }
}

type BinaryUnit = "Mi" | "Gi" | "Ti";
const BYTES: Record<BinaryUnit, number> = { Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40 };

/** An amount of processor time. Written `250m` or `2`, as Kubernetes does. */
export class Cpu {
  private constructor(readonly millicores: number) {}

  static readonly zero = new Cpu(0);

  /** @returns nothing where `text` is no amount of processor time */
  static parse(text: string): Cpu | undefined {
    const match = /^(\d+)(m?)$/.exec(text);
    if (!match) return undefined;
    const millicores = Number(match[1]) * (match[2] === "m" ? 1 : 1000);
    return Number.isSafeInteger(millicores) && millicores > 0 ? new Cpu(millicores) : undefined;
  }

  static cores(count: number): Cpu {
    return new Cpu(Math.round(count * 1000));
  }

  static millicores(count: number): Cpu {
    return new Cpu(count);
  }

  plus(other: Cpu): Cpu {
    return new Cpu(this.millicores + other.millicores);
  }

  /** Never below zero. */
  minus(other: Cpu): Cpu {
    return new Cpu(Math.max(0, this.millicores - other.millicores));
  }

  times(factor: number): Cpu {
    return new Cpu(Math.round(this.millicores * factor));
  }

  toString(): string {
    return this.millicores % 1000 === 0 ? String(this.millicores / 1000) : `${this.millicores}m`;
  }

  toJSON(): string {
    return this.toString();
  }
}

/** A span of time. Written `30s`, `15m`, `12h`, `7d`. */
export class Duration {
  private constructor(
    readonly seconds: number,
    private readonly text: string,
  ) {}

  static days(count: number): Duration {
    return new Duration(count * SECONDS.d, `${count}d`);
  }

  /** @returns nothing where `text` is no duration */
  static parse(text: string): Duration | undefined {
    const match = /^([1-9]\d*)(s|m|h|d)$/.exec(text);
    if (!match) return undefined;
    const seconds = Number(match[1]) * SECONDS[match[2] as TimeUnit];
    return Number.isSafeInteger(seconds) ? new Duration(seconds, text) : undefined;
  }

  toString(): string {
    return this.text;
  }

  toJSON(): string {
    return this.text;
  }
}

type TimeUnit = "s" | "m" | "h" | "d";
const SECONDS: Record<TimeUnit, number> = { s: 1, m: 60, h: 3600, d: 86_400 };
