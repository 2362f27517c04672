// variables, setVariable, evaluate, setExpression: values with their parts, and new ones.
import {
  evaluate,
  type Item,
  itemText,
  itemWith,
  localsOf,
  newBytes,
  type ProcessView,
  partCounts,
  partsOf,
  registersOf,
  staticsOf,
  typeText,
  type WantedParts,
} from '../../../session/inspect/index.js';
import { type Arguments, hex } from '../arguments.js';
import type { Handler } from '../connection.js';
import { BadArgumentError, WrongMomentError } from '../errors.js';
import type { Container, FrameReference, Scope } from '../references.js';
import type { Session } from '../session.js';

/** Parts given where the client does not say how many it wants. */
const MOST_PARTS = 1000;
/** Parts among which a name is looked for. */
const MOST_NAMED = 100_000;

export function valueRequests(session: Session): Record<string, Handler> {
  return {
    variables: (args) => {
      const container = session.debuggee.references.containerOf(args.whole('variablesReference'));
      const start = args.optionalWhole('start') ?? 0;
      const count = args.optionalWhole('count') || MOST_PARTS;
      const view = viewOf(container);
      const at = container.at;
      const filter = args.optionalText('filter');
      const only = filter === 'named' || filter === 'indexed' ? filter : undefined;
      return { variables: itemsIn(container, { start, count, only }).map((item) => shownVariable(session, item, { view, at })) };
    },
    setVariable: async (args) => {
      const container = session.debuggee.references.containerOf(args.whole('variablesReference'));
      const item = itemNamed(container, args.text('name'));
      return await setItem(session, item, { text: args.text('value'), view: viewOf(container), at: container.at });
    },
    setExpression: async (args) => {
      const { view, item, at } = await evaluated(session, args, 'expression');
      return await setItem(session, item, { text: args.text('value'), view, at });
    },
    evaluate: async (args) => {
      const { view, item, at } = await evaluated(session, args, 'expression');
      const { value, ...rest } = shownValue(session, item, { view, at });
      return { result: value, ...rest };
    },
  };
}

/** Where an item belongs. */
interface Belonging {
  readonly view: ProcessView;
  readonly at: FrameReference | null;
}

/** The value that an expression of a request names; the frame it is asked in may be missing. */
export async function evaluated(session: Session, args: Arguments, name: string): Promise<Belonging & { readonly item: Item }> {
  const { debuggee } = session;
  const frameId = args.optionalWhole('frameId');
  const at = frameId === null ? null : debuggee.references.frameOf(frameId);
  const view = at?.view ?? (await debuggee.view());
  return { view, at, item: evaluate(view, args.text(name), at) };
}

/** Named `name` among what a container holds. Throws BadArgumentError. */
export function itemNamed(container: Container, name: string): Item {
  const index = /^\[(\d{1,15})\]$/.exec(name)?.[1];
  const isNamed = (one: Item): boolean => one.name === name;
  // Emacs gives what evaluateName was instead.
  const isWritten = (one: Item): boolean => one.expression === name;
  const atIndex = index === undefined || container.kind !== 'item' ? [] : itemsIn(container, { start: Number(index), count: 1 });
  // Keys of maps are written as indices are.
  const all = atIndex.some(isNamed) ? atIndex : itemsIn(container, { start: 0, count: MOST_NAMED });
  const item = all.find(isNamed) ?? all.find(isWritten);
  if (item === undefined) throw new BadArgumentError('name', 'one of the names in it');
  return item;
}

export function viewOf(container: Container): ProcessView {
  return container.kind === 'item' ? container.view : container.at.view;
}

function itemsIn(container: Container, page: WantedParts): readonly Item[] {
  if (container.kind === 'item') return partsOf(container.view, container.item, page);
  return page.only === 'indexed' ? [] : itemsOfScope(container).slice(page.start, page.start + page.count);
}

function itemsOfScope({ kind, at }: Scope): readonly Item[] {
  switch (kind) {
    case 'arguments':
    case 'locals':
      return localsOf(at.view, at.frame).filter(({ isParameter }) => isParameter === (kind === 'arguments'));
    case 'statics':
      return staticsOf(at.view, at.frame);
    case 'registers':
      return registersOf(at.view, at);
  }
}

function shownVariable(session: Session, item: Item, belonging: Belonging): object {
  const readOnly = item.address === null && item.register === undefined ? { presentationHint: { attributes: ['readOnly'] } } : {};
  return { name: item.name, ...shownValue(session, item, belonging), ...readOnly };
}

function shownValue(session: Session, item: Item, { view, at }: Belonging): { readonly value: string } & Readonly<Record<string, unknown>> {
  const { named, indexed } = partCounts(view, item);
  const type = typeText(item);
  return {
    value: itemText(view, item),
    ...(type === '' ? {} : { type }),
    variablesReference: named + indexed === 0 ? 0 : session.debuggee.references.container({ kind: 'item', item, view, at }),
    ...(named === 0 ? {} : { namedVariables: named }),
    ...(indexed === 0 ? {} : { indexedVariables: indexed }),
    ...(item.expression === null ? {} : { evaluateName: item.expression }),
    ...(item.address === null ? {} : { memoryReference: hex(item.address) }),
  };
}

async function setItem(session: Session, item: Item, { text, view, at }: Belonging & { readonly text: string }): Promise<object> {
  const { address, register } = item;
  const isRegister = address === null && register !== undefined && at !== null;
  if (address === null && !isRegister)
    throw new WrongMomentError(`${item.name} is neither in memory nor in a register of the innermost frame`, {
      hint: 'It is only computed, lies in several places, or was saved by a call. Set what it is made of.',
    });
  const bytes = newBytes(view, item, { text, context: at });
  if (bytes === null) throw new WrongMomentError(`${item.name} cannot be read`);
  if (address !== null) await session.debuggee.client.writeMemory(view.pid, address, bytes);
  else if (isRegister) await setRegister(session, at.tid, { register, bytes });
  // What is shown elsewhere may be the same; registers tell where the frames are.
  session.peer.afterAnswer(() => session.peer.event('invalidated', { areas: isRegister ? ['stacks', 'variables'] : ['variables'] }));
  return shownValue(session, address === null ? itemWith(view, item, bytes) : item, { view, at });
}

/** The low bytes of a register; the others stay. */
async function setRegister(
  { debuggee }: Session,
  tid: number,
  { register, bytes }: { readonly register: string; readonly bytes: Uint8Array },
): Promise<void> {
  const before = (await debuggee.registers(tid)).get(register) ?? 0n;
  const kept = (before >> BigInt(8 * bytes.length)) << BigInt(8 * bytes.length);
  const low = bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  await debuggee.looks.setRegister(tid, register, kept | low);
}
