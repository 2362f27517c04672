// dataBreakpointInfo, setDataBreakpoints: memory whose accesses stop the program, or are printed; also while it runs.
import { evaluate, type Item, type ProcessView, typeText, valueTypeOfItem } from '../../../session/inspect/index.js';
import { type Arguments, addressOf, hex } from '../arguments.js';
import type { BreakpointWish, ShownData } from '../breakpoint.js';
import type { Located } from '../breakpoints.js';
import { dataAccessesOf, mostBytesOf } from '../capabilities.js';
import type { Handler } from '../connection.js';
import { BadArgumentError } from '../errors.js';
import { ANNOUNCEMENT } from '../loads.js';
import type { Session } from '../session.js';
import { evaluated, itemNamed, viewOf } from './values.js';

export function dataBreakpointRequests(session: Session): Record<string, Handler> {
  // What was told of each dataId: its watch knows no more than an address.
  const known = new Map<string, ShownData>();
  return {
    dataBreakpointInfo: async (args) => {
      const data = args.flag('asAddress')
        ? byAddress(args, mostBytesOf(session.debuggee.client.capabilities))
        : await byName(session, args);
      if (typeof data === 'string') return { dataId: null, description: data };
      if (data.shown !== null) known.set(data.id, data.shown);
      const slots = await slotsText(session);
      return {
        dataId: data.id,
        description: `${data.text}; ${slots}`,
        accessTypes: dataAccessesOf(session.debuggee.client.capabilities),
        canPersist: data.lasts,
      };
    },
    setDataBreakpoints: async (args) => {
      const wishes = args.objects('breakpoints').map((one) => wishOf(session, one));
      return { breakpoints: await session.debuggee.breakpoints.set('data', wishes, (wish) => locate(wish, known)) };
    },
  };
}

/** Something that can be watched. `id` is the expression to be watched. */
interface Data {
  readonly id: string;
  readonly text: string;
  /** It means the same in the next run. */
  readonly lasts: boolean;
  readonly shown: ShownData | null;
}

function byAddress(args: Arguments, most: number): Data {
  const address = addressOf(args.text('name'), 'name');
  const bytes = args.optionalWhole('bytes', 1, most) ?? 8;
  return { id: `${hex(address)}:${bytes}`, text: `${bytes} bytes at ${hex(address)}`, lasts: false, shown: null };
}

/** Says why not, where it cannot be watched. */
async function byName(session: Session, args: Arguments): Promise<Data | string> {
  const reference = args.optionalWhole('variablesReference');
  const { item, view } =
    reference === null || reference === 0 ? await evaluated(session, args, 'name') : inContainer(session, args, reference);
  if (item.address === null)
    return item.absence === null
      ? `${item.name} is in a register or only computed: debug registers watch memory`
      : `${item.name}: ${item.absence}`;
  const bytes = args.optionalWhole('bytes', 1) ?? item.size;
  const most = mostBytesOf(session.debuggee.client.capabilities);
  if (bytes < 1 || bytes > most) return `${item.name} has ${bytes} bytes, and debug registers cover ${most}: take a member, or an element`;
  const lasts = isGlobal(view, item);
  const sized = bytes !== item.size;
  const id = lasts && !sized ? `${item.expression}` : `${hex(item.address)}:${bytes}`;
  const note = lasts ? '' : ' (of this call, or reached through a pointer as it is now)';
  const type = typeText(item);
  const label = item.expression ?? item.name;
  return {
    id,
    text: `${label}, ${bytes} bytes${type === '' ? '' : ` (${type})`} at ${hex(item.address)}${note}`,
    lasts: lasts && !sized,
    shown: lasts || sized ? null : { label, type: valueTypeOfItem(item) },
  };
}

function inContainer(session: Session, args: Arguments, reference: number): { readonly item: Item; readonly view: ProcessView } {
  const container = session.debuggee.references.containerOf(reference);
  return { item: itemNamed(container, args.text('name')), view: viewOf(container) };
}

/** Whether its expression leads to it without any frame. */
function isGlobal(view: ProcessView, { expression, address, size, bits }: Item): boolean {
  if (expression === null) return false;
  try {
    const again = evaluate(view, expression, null);
    return again.address === address && again.size === size && (again.bits === null) === (bits === null);
  } catch {
    return false;
  }
}

async function slotsText({ debuggee }: Session): Promise<string> {
  const { slots } = debuggee.client.capabilities;
  // What only follows the dynamic linker gives way.
  const used = (await debuggee.client.slots()).filter(({ armed, expression }) => armed && expression !== ANNOUNCEMENT).length;
  return `${Math.max(0, slots - used)} of ${slots} debug registers free; reads alone are not told from writes: read means read or write`;
}

/**
 * What is not in the protocol for data breakpoints is in what it has: a condition that is `log`, or begins with `log if `, prints instead of
 * stopping; so does a `logMessage`, where a client sends one, and the argument `logDataBreakpoints` of launch and attach.
 */
function wishOf(session: Session, args: Arguments): BreakpointWish {
  const id = args.text('dataId');
  const access = args.optionalText('accessType') ?? 'write';
  const known = dataAccessesOf(session.debuggee.client.capabilities);
  if (!known.some((type) => type === access)) throw new BadArgumentError('accessType', known.join(', '));
  const written = args.optionalText('condition')?.trim() || null;
  const logs = written === null ? null : /^log(?:\s+if\s+(.+))?$/.exec(written);
  const condition = logs === null ? written : (logs[1] ?? null);
  const isLogged = logs !== null || session.style.logsData || args.has('logMessage');
  return {
    kind: 'data',
    key: `${access} ${id}`,
    condition,
    hitCondition: args.optionalText('hitCondition')?.trim() || null,
    logMessage: isLogged ? '' : null,
  };
}

function locate({ key }: BreakpointWish, known: ReadonlyMap<string, ShownData>): Located {
  const at = key.indexOf(' ');
  const reads = key.slice(0, at) !== 'write';
  const id = key.slice(at + 1);
  return {
    place: { file: null, line: null, address: null },
    expressions: [id],
    access: reads ? 'readwrite' : 'write',
    message: key.startsWith('read ') ? 'stops at writes too: the processor has no breakpoint for reads alone' : null,
    shown: known.get(id) ?? null,
    isLate: false,
  };
}
