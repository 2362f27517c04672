// Columns of text for people, and a table on a terminal that is drawn again in place.
import { terminalSize } from '../../linux/terminal.js';
import type { LineSink } from './sink.js';

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

/**
 * Redraws a block of lines on a terminal, over the one drawn before. Where the target writes to the same terminal after the first drawing, nobody
 * knows where that block is: then it is left there, and nothing is drawn any more.
 */
export class LiveBlock {
  readonly #sink: LineSink;
  #drawn = 0;
  #lost = false;

  constructor(sink: LineSink) {
    this.#sink = sink;
  }

  /** Shows `lines`, as many and as much of each as the terminal has room for. */
  draw(lines: readonly string[]): void {
    if (!this.#inPlace()) return;
    const { rows, columns } = terminalSize(this.#sink.fd) ?? { rows: 24, columns: 80 };
    const shown = lines.slice(0, Math.max(1, rows - 1)).map((line) => line.slice(0, columns - 1));
    const start = this.#drawn > 0 ? `\u001b[${this.#drawn}A\r` : this.#sink.lineStart.needed();
    if (this.#sink.draw(`${start}${shown.map((line) => `\u001b[2K${line}\n`).join('')}\u001b[0J`)) this.#drawn = shown.length;
  }

  /** Takes the block away. */
  clear(): void {
    if (this.#drawn > 0 && this.#inPlace() && this.#sink.draw(`\u001b[${this.#drawn}A\r\u001b[0J`)) this.#drawn = 0;
  }

  #inPlace(): boolean {
    this.#lost ||= this.#drawn > 0 && this.#sink.lineStart.disturbed;
    return !this.#lost;
  }
}
