import { sizeOf } from "./capacity";
import type { FailureDomain } from "./resolve";

/** How often CRUSH draws again for one copy: its tunable `choose_total_tries`, as Ceph has had it since 2014. */
const RETRIES = 50;

/**
 * Above this share of placements without a place for every copy, a pool of a hundred placement groups has one chance in a
 * hundred, or more, that one of them never becomes whole.
 */
export const MOST_GIVEN_UP = 1e-4;

/**
 * Share of placements for which CRUSH finds no place for every copy, on domains of these weights.
 *
 * CRUSH draws domains by weight, and draws again when it meets one that it has or that is away. The first copy takes draw 0, the
 * next begins at draw 1, and so on, each with {@link RETRIES} more: so it succeeds where the first `RETRIES + replicas` draws
 * show that many different domains. Where some are small beside the others they may not, although there is room. With fewer
 * domains than copies it never does. `test/cluster/crush.test.ts` holds this against crushtool.
 *
 * The chance that n draws show fewer than R of N coupons: sum over j < R of (-1)^(R-1-j) C(N-j-1, R-1-j) times the sum, over all
 * sets of j coupons, of the chance that every draw falls into the set.
 *
 * @param lost weight of domains that are in the map and away: draws that fall on them are lost
 */
export function givenUp(weights: readonly number[], replicas: number, lost = 0): number {
  const alive = weights.filter((weight) => weight > 0).sort((one, other) => other - one);
  if (alive.length < replicas) return 1;
  const total = alive.reduce((sum, weight) => sum + weight, lost);
  const draws = RETRIES + replicas;
  const stays = (drawn: number) => ((drawn + lost) / total) ** draws;
  if (alive.length > MOST_COUNTED) return stays(alive.slice(0, replicas - 1).reduce((sum, weight) => sum + weight, 0));
  let share = 0;
  for (let size = 0; size < replicas; size++) {
    const sign = (replicas - 1 - size) % 2 === 0 ? 1 : -1;
    const sets = sumOverSets(alive, size, stays);
    share += sign * choose(alive.length - size - 1, replicas - 1 - size) * sets;
  }
  return Math.max(0, share);
}

/** Beyond this many domains the sets become too many to count, and the largest of them alone tells the size of the sum. */
const MOST_COUNTED = 16;

/** Sum of `of(weight of the set)` over all sets of `size` of the weights. */
function sumOverSets(weights: readonly number[], size: number, of: (weight: number) => number): number {
  const from = (first: number, missing: number, weight: number): number => {
    if (missing === 0) return of(weight);
    let sum = 0;
    for (let index = first; index <= weights.length - missing; index++) {
      sum += from(index + 1, missing - 1, weight + (weights[index] ?? 0));
    }
    return sum;
  };
  return from(0, size, 0);
}

function choose(from: number, count: number): number {
  let ways = 1;
  for (let step = 1; step <= count; step++) ways = (ways * (from - count + step)) / step;
  return ways;
}

/**
 * How many copies of a thing must be there for Ceph to read and write it: its own default for `min_size`, which is half of them,
 * rounded up, and is computed again whenever the number of copies is set. Source: ceph/ceph#20555 and #34342.
 */
export function leastCopies(replicas: number): number {
  return replicas - Math.floor(replicas / 2);
}

/**
 * Whether everything in a pool is read and written while so many of its domains are lost at once, and nothing has been moved yet.
 * With fewer domains than copies Ceph goes on with the copies that there are.
 */
export function serves(domains: number, replicas: number, lost = 0): boolean {
  return Math.min(domains, replicas) - lost >= leastCopies(replicas);
}

/** Whether a pool becomes whole: every copy of every placement finds a domain of its own. */
export function becomesWhole(
  domains: readonly FailureDomain[],
  replicas: number,
  lost: readonly string[] = [],
): boolean {
  const weight = (list: readonly FailureDomain[]) => list.map((domain) => sizeOf(domain).bytes);
  const gone = domains.filter(({ name }) => lost.includes(name));
  const alive = domains.filter(({ name }) => !lost.includes(name));
  const away = weight(gone).reduce((sum, bytes) => sum + bytes, 0);
  return givenUp(weight(alive), replicas, away) <= MOST_GIVEN_UP;
}
