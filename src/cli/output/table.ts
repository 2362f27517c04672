// Columns of text for people, and a table on a terminal that is drawn again in place.

export type Alignment = 'left' | 'right';

/** Rows as aligned lines, two blanks between columns. The last column is not padded. */
export function tableLines(rows: readonly (readonly string[])[], alignments: readonly Alignment[]): string[] {
  const widths = alignments.map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => {
        if (alignments[column] === 'right') return cell.padStart(widths[column] ?? 0);
        return column === row.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
      })
      .join('  '),
  );
}

/** Redraws a block of lines on a terminal, over the one drawn before. */
export class LiveBlock {
  #drawn = 0;
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  draw(lines: readonly string[]): void {
    const rows = Math.max(1, (this.#stream.rows ?? 24) - 1);
    const columns = this.#stream.columns ?? 80;
    const shown = lines.slice(0, rows).map((line) => line.slice(0, columns - 1));
    const up = this.#drawn > 0 ? `\u001b[${this.#drawn}A` : '';
    this.#stream.write(`${up}\r${shown.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[0J`);
    this.#drawn = shown.length;
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#drawn > 0) this.#stream.write(`\u001b[${this.#drawn}A\r\u001b[0J`);
    this.#drawn = 0;
  }
}
