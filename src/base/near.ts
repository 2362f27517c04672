// Finds the names a person may have meant: small edit distance first, then names that contain what was typed.

/** Edits (insert, delete, replace, swap of neighbours) from `a` to `b`, or `limit + 1` where it takes more. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let best = Math.min(replace, (last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      row.push(best);
    }
    if (Math.min(...row) > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? limit + 1;
}

/** Up to `most` of `names` that are near `wanted`, nearest first; without regard to case. */
export function nearNames(wanted: string, names: Iterable<string>, most = 5): string[] {
  const lower = wanted.toLowerCase();
  const limit = Math.max(1, Math.min(3, Math.floor(wanted.length / 3)));
  const found = new Map<string, number>();
  for (const name of names) {
    const candidate = name.toLowerCase();
    const distance = editDistance(lower, candidate, limit);
    if (distance <= limit) found.set(name, distance);
    else if (lower.length >= 3 && candidate.includes(lower)) found.set(name, limit + 1 + candidate.length / 1000);
  }
  return [...found]
    .sort(([nameA, a], [nameB, b]) => a - b || (nameA < nameB ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
}
