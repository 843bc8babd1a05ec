/** Calls per second and how many may come at once after a quiet time. A rate of 0 means no limit. */
export interface Rate {
  readonly perSecond: number;
  readonly burst: number;
}

/**
 * Token buckets by key, bounded in number: the longest unused key is forgotten first, and a forgotten key starts full. So a
 * flood of invented keys costs memory up to the bound and nothing else.
 */
export class TokenBuckets {
  private readonly buckets = new Map<string, { tokens: number; at: number }>();

  constructor(
    private readonly rate: Rate,
    private readonly maximum = 50_000,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /**
   * Takes tokens. Returns 0 if it could, else the seconds after which it could. More tokens than the burst are given
   * to a full bucket only, which then goes into debt: a batch larger than the burst is slowed down, not impossible.
   */
  take(key: string, tokens = 1): number {
    const { perSecond, burst } = this.rate;
    if (perSecond === 0) {
      return 0;
    }
    const now = this.clock();
    const known = this.buckets.get(key);
    const level = known === undefined ? burst : Math.min(burst, known.tokens + ((now - known.at) / 1_000) * perSecond);
    const needed = Math.min(tokens, burst);
    this.buckets.delete(key);
    if (level < needed) {
      this.buckets.set(key, { tokens: level, at: now });
      return Math.ceil((needed - level) / perSecond);
    }
    this.buckets.set(key, { tokens: level - tokens, at: now });
    if (this.buckets.size > this.maximum) {
      const [oldest] = this.buckets.keys();
      this.buckets.delete(oldest ?? "");
    }
    return 0;
  }
}

/** The key of an address: an IPv6 client has a /64 to itself, so the last half says nothing. */
export function addressKey(ip: string): string {
  return ip.includes(":") && !ip.startsWith("::ffff:") ? expandIpv6(ip).slice(0, 4).join(":") : ip;
}

function expandIpv6(ip: string): string[] {
  const [head = "", tail] = ip.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - left.length - right.length);
  return [...left, ...new Array<string>(zeros).fill("0"), ...right];
}
