// H, T, qC and the lists of threads.
import { formatThreadId, hexOfText, parseThreadId, type ThreadSelector, utf8 } from '../../../protocols/rsp/index.js';
import type { Packets } from '../packet.js';
import { threadNameOf } from '../procfs.js';
import { OK, RefusedError, UNKNOWN } from '../replies.js';
import type { GdbSession } from '../session.js';
import type { Thread } from '../threads.js';

/** Threads of one answer. */
const BATCH = 200;

export const threads: Packets = {
  H: (session, args) => {
    const [operation, id] = [args.charAt(0), parseThreadId(args.slice(1))];
    if (id === null) throw new RefusedError('EINVAL', 'no thread id');
    if (operation === 'g') session.chosen.general = choice(session, id);
    // Any thread of a process is to gdb, for `c`, all of them.
    else if (operation === 'c') session.chosen.resumed = typeof id.tid === 'number' ? choice(session, id) : null;
    else return UNKNOWN;
    return OK;
  },
  T: (session, args) => {
    const id = parseThreadId(args);
    if (id === null || typeof id.tid !== 'number' || session.threads.get(id.tid) === null)
      throw new RefusedError('ESRCH', 'no such thread');
    return OK;
  },
  qC: (session) => {
    const thread = session.chosen.general ?? session.steering.current;
    return thread === null ? UNKNOWN : `QC${formatThreadId(thread, session.settings.multiprocess)}`;
  },
  qfThreadInfo: async (session) => {
    await session.learnThreads();
    session.listing = session.steering.known();
    return nextThreads(session);
  },
  qsThreadInfo: (session) => nextThreads(session),
  qThreadExtraInfo: (session, args) => {
    const id = parseThreadId(args);
    const thread = typeof id?.tid === 'number' ? session.threads.get(id.tid) : null;
    if (thread === null) throw new RefusedError('ESRCH', 'no such thread');
    return hexOfText(utf8(threadNameOf(thread.pid, thread.tid) ?? ''));
  },
};

/** Null: any thread, or all: then it is the one whose stop was told last. */
function choice(session: GdbSession, { pid, tid }: ThreadSelector): Thread | null {
  if (typeof tid === 'number') {
    const thread = session.threads.get(tid);
    if (thread === null) throw new RefusedError('ESRCH', 'no such thread');
    return thread;
  }
  if (typeof pid !== 'number') return null;
  const { current } = session.steering;
  return current?.pid === pid ? current : (session.threads.of(pid)[0] ?? null);
}

function nextThreads(session: GdbSession): string {
  const batch = session.listing.splice(0, BATCH);
  return batch.length === 0 ? 'l' : `m${batch.map((thread) => formatThreadId(thread, session.settings.multiprocess)).join(',')}`;
}
