// Sets rows of text in columns that fit a width; what is too long for its column goes on below.

/** Text of each column of one row. */
export type Row = readonly string[];

/** Shares of the width between columns. */
export interface Widths {
  readonly total: number;
  /** No column is narrower, however many there are: then the table is wider than it should be. */
  readonly least: number;
}

const GAP = ' | ';

/** `rows` below `head`, columns as wide as they need and the width allows. */
export function setColumns(head: Row, rows: readonly Row[], { total, least }: Widths): string[] {
  const widths = columnWidths([head, ...rows], head.length, { total, least });
  const rule = widths.map((width) => '-'.repeat(width)).join('-+-');
  return [...setRow(head, widths), rule, ...rows.flatMap((row) => setRow(row, widths))];
}

/** The widest give way first until all fit. */
function columnWidths(rows: readonly Row[], count: number, { total, least }: Widths): number[] {
  const widths = Array.from({ length: count }, (_, at) => Math.max(least, ...rows.map((row) => row[at]?.length ?? 0)));
  const room = total - GAP.length * (count - 1);
  for (let sum = widths.reduce((a, b) => a + b, 0); sum > room; sum--) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= least) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function setRow(row: Row, widths: readonly number[]): string[] {
  const cells = widths.map((width, at) => wrap(row[at] ?? '', width));
  const height = Math.max(1, ...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, at) => (cell[line] ?? '').padEnd(widths[at] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

/** Breaks between words; within one only where it is longer than the width. */
function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`;
    if (joined.length <= width) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(line);
    line = word;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = line.slice(width);
    }
  }
  if (line !== '') lines.push(line);
  return lines;
}
