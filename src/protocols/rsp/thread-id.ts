// Thread ids: `TID` or, with the multiprocess extension, `pPID.TID`, in hex. -1 stands for all, 0 for any one.
import { numberOfHex } from './hex.js';

/** One of several, or a number above 0. */
export type IdPart = 'all' | 'any' | number;

/** Whom a packet means. `pid` null: it does not say. */
export interface ThreadSelector {
  readonly pid: IdPart | null;
  readonly tid: IdPart;
}

/** Null where it is none. */
export function parseThreadId(text: string): ThreadSelector | null {
  if (!text.startsWith('p')) {
    const tid = parsePart(text);
    return tid === null ? null : { pid: null, tid };
  }
  const [first, second, ...rest] = text.slice(1).split('.');
  const pid = parsePart(first ?? '');
  // `pPID` alone: all threads of it.
  const tid = second === undefined ? 'all' : parsePart(second);
  return pid === null || tid === null || rest.length > 0 ? null : { pid, tid };
}

function parsePart(text: string): IdPart | null {
  if (text === '-1') return 'all';
  const number = numberOfHex(text);
  return number === 0 ? 'any' : number;
}

/** As the other side wants it: with its process where `multiprocess` was agreed on. */
export function formatThreadId({ pid, tid }: { readonly pid: number; readonly tid: number }, multiprocess: boolean): string {
  return multiprocess ? `p${pid.toString(16)}.${tid.toString(16)}` : tid.toString(16);
}

/** Whether the selector means this thread, `any` taken for all. */
export function selects({ pid, tid }: ThreadSelector, thread: { readonly pid: number; readonly tid: number }): boolean {
  const fits = (part: IdPart | null, id: number): boolean => typeof part !== 'number' || part === id;
  return fits(pid, thread.pid) && fits(tid, thread.tid);
}
