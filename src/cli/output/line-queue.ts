// Lines that wait to be written, taken out again in pieces of limited size.

/** Text waiting for a slow reader, in characters, before hits are dropped and counted. */
const MOST_WAITING = 32 * 1024 * 1024;

export class LineQueue {
  readonly #most: number;
  #lines: string[] = [];
  /** Index of the first line not yet taken. */
  #next = 0;
  #length = 0;
  #dropped = 0;

  /** `most`: characters that may wait. */
  constructor(most = MOST_WAITING) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#next === this.#lines.length;
  }

  /** Lines that found too much waiting before them. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Adds a line (without its newline), unless too much is waiting. */
  offer(line: string): void {
    if (this.#length <= this.#most) this.add(line);
    else this.#dropped++;
  }

  /** Adds a line whatever is waiting. */
  add(line: string): void {
    this.#lines.push(line);
    this.#length += line.length + 1;
  }

  /** Takes the first lines, at least one, as text of about `limit` characters at most. There must be one. */
  take(limit: number): string {
    const from = this.#next;
    let length = 0;
    for (; this.#next < this.#lines.length; this.#next++) {
      length += (this.#lines[this.#next]?.length ?? 0) + 1;
      if (this.#next > from && length > limit) break;
    }
    const text = `${this.#lines.slice(from, this.#next).join('\n')}\n`;
    this.#length -= text.length;
    if (this.isEmpty) this.clear();
    return text;
  }

  clear(): void {
    this.#lines = [];
    this.#next = 0;
    this.#length = 0;
  }
}
