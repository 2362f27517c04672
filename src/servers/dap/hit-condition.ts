// How often a breakpoint must be reached before it stops: `3`, `>= 3`, `> 2`, `== 3`, `% 10`.

/** Whether the hit with this number (from 1 on) counts. */
export type HitCondition = (hits: number) => boolean;

/** A number alone means: from that one on. Null where `text` is no such condition. */
export function hitCondition(text: string): HitCondition | null {
  const parts = /^\s*(>=|>|==|=|<=|<|%)?\s*(\d{1,15})\s*$/.exec(text);
  if (parts === null) return null;
  const number = Number(parts[2]);
  switch (parts[1] ?? '>=') {
    case '>=':
      return (hits) => hits >= number;
    case '>':
      return (hits) => hits > number;
    case '<=':
      return (hits) => hits <= number;
    case '<':
      return (hits) => hits < number;
    case '%':
      return number === 0 ? null : (hits) => hits % number === 0;
    default:
      return (hits) => hits === number;
  }
}
