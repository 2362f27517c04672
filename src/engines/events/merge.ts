// Brings the records of several CPUs' rings into one order of time.
import type { RecordBuffer } from '../../linux/perf-ring.js';
import { recordSize, recordTime } from './layout.js';

/** Receives each record: its words, where it starts in them, and the CPU that wrote it. */
export type RecordVisitor = (words: Uint32Array, at: number, cpu: number) => void;

/** One CPU's records that have been copied out of its ring. */
export interface CpuRecords {
  readonly cpu: number;
  readonly buffer: RecordBuffer;
}

interface Cursor {
  readonly source: CpuRecords;
  /** Byte position of the next record. */
  position: number;
  /** Its time; Infinity when there is none. */
  time: number;
}

function nextTime(source: CpuRecords, position: number): number {
  return position < source.buffer.length ? recordTime(source.buffer.words, position >> 2) : Number.POSITIVE_INFINITY;
}

/** Visits all records not newer than `horizon` (ns), oldest first, and forgets them. Records of one CPU keep their order whatever their times. */
export function visitInOrder(sources: readonly CpuRecords[], horizon: number, visit: RecordVisitor): void {
  const cursors: Cursor[] = sources.map((source) => ({ source, position: 0, time: nextTime(source, 0) }));
  for (;;) {
    const first = earliest(cursors, null);
    if (first === null || first.time > horizon) break;
    const limit = Math.min(earliest(cursors, first)?.time ?? horizon, horizon);
    visitRun(first, limit, visit);
  }
  for (const { source, position } of cursors) if (position > 0) source.buffer.consume(position);
}

/** Visits one CPU's records as long as no other CPU has an older one. */
function visitRun(cursor: Cursor, limit: number, visit: RecordVisitor): void {
  const { source } = cursor;
  const words = source.buffer.words;
  do {
    visit(words, cursor.position >> 2, source.cpu);
    cursor.position += recordSize(words, cursor.position >> 2);
    cursor.time = nextTime(source, cursor.position);
  } while (cursor.position < source.buffer.length && cursor.time <= limit);
}

function earliest(cursors: readonly Cursor[], except: Cursor | null): Cursor | null {
  let best: Cursor | null = null;
  for (const cursor of cursors) {
    if (cursor !== except && cursor.time < (best?.time ?? Number.POSITIVE_INFINITY)) best = cursor;
  }
  return best;
}
