// What a terminal shows after some output: as much of one as hwbkpt and the fixtures use.

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are driven by them.
const TOKEN = /\u001b\[[0-9;]*[A-Za-z]|[\s\S]/gu;

/** Throws on anything that it does not know, so that a new sequence does not go unseen. */
export class Screen {
  readonly #columns: number;
  readonly #lines: string[][] = [[]];
  #row = 0;
  #column = 0;
  /** The cursor stands behind the last column: the next character begins a new line. */
  #wraps = false;

  constructor(columns: number) {
    this.#columns = columns;
  }

  write(text: string): this {
    for (const [token] of text.matchAll(TOKEN)) this.#token(token);
    return this;
  }

  /** All lines ever shown, without blanks at their ends; empty ones at the end left out. */
  get lines(): string[] {
    const lines = this.#lines.map((line) =>
      Array.from(line, (character) => character ?? ' ')
        .join('')
        .trimEnd(),
    );
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  #token(token: string): void {
    if (token.endsWith('A') && token.startsWith('\u001b')) this.#moveTo(this.#row - Number.parseInt(token.slice(2), 10), this.#column);
    else if (token === '\u001b[2K') this.#lines[this.#row] = [];
    else if (token === '\u001b[0J') this.#eraseBelow();
    else if (token === '\r') this.#moveTo(this.#row, 0);
    else if (token === '\n') this.#moveTo(this.#row + 1, this.#column);
    else if (token < ' ' || token.startsWith('\u001b')) throw new Error(`the screen does not know ${JSON.stringify(token)}`);
    else this.#put(token);
  }

  #put(character: string): void {
    if (this.#wraps) this.#moveTo(this.#row + 1, 0);
    const line = this.#lines[this.#row] ?? [];
    line[this.#column] = character;
    this.#lines[this.#row] = line;
    this.#wraps = this.#column === this.#columns - 1;
    if (!this.#wraps) this.#column++;
  }

  #moveTo(row: number, column: number): void {
    if (row < 0) throw new Error('above the first line');
    while (this.#lines.length <= row) this.#lines.push([]);
    this.#row = row;
    this.#column = column;
    this.#wraps = false;
  }

  #eraseBelow(): void {
    this.#lines.length = this.#row + 1;
    this.#lines[this.#row] = (this.#lines[this.#row] ?? []).slice(0, this.#column);
  }
}
