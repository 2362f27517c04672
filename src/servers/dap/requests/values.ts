// variables, setVariable, evaluate, setExpression: values with their parts, and new ones.
import {
  encodeValue,
  evaluate,
  type Item,
  itemText,
  localsOf,
  numberItem,
  type ProcessView,
  partCounts,
  partsOf,
  REGISTER_LIST,
  registerOf,
  staticsOf,
  typeText,
  valueTypeOfItem,
} from '../../../session/inspect/index.js';
import { type Arguments, hex } from '../arguments.js';
import type { Handler } from '../connection.js';
import { BadArgumentError, WrongMomentError } from '../errors.js';
import type { Container, FrameReference, Scope } from '../references.js';
import type { Session } from '../session.js';

/** Parts given where the client does not say how many it wants. */
const MOST_PARTS = 1000;

export function valueRequests(session: Session): Record<string, Handler> {
  return {
    variables: (args) => {
      const container = session.debuggee.references.containerOf(args.whole('variablesReference'));
      const start = args.optionalWhole('start') ?? 0;
      const count = args.optionalWhole('count') || MOST_PARTS;
      const view = viewOf(container);
      const at = container.at;
      return { variables: itemsIn(container, { start, count }).map((item) => shownVariable(session, item, { view, at })) };
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
  const page = index === undefined ? { start: 0, count: Number.MAX_SAFE_INTEGER } : { start: Number(index), count: 1 };
  const item = itemsIn(container, index !== undefined && container.kind === 'item' ? page : { start: 0, count: 100_000 }).find(
    (one) => one.name === name,
  );
  if (item === undefined) throw new BadArgumentError('name', 'one of the names in it');
  return item;
}

export function viewOf(container: Container): ProcessView {
  return container.kind === 'item' ? container.view : container.at.view;
}

function itemsIn(container: Container, page: { readonly start: number; readonly count: number }): readonly Item[] {
  if (container.kind === 'item') return partsOf(container.view, container.item, page);
  return itemsOfScope(container).slice(page.start, page.start + page.count);
}

function itemsOfScope({ kind, at }: Scope): readonly Item[] {
  switch (kind) {
    case 'arguments':
    case 'locals':
      return localsOf(at.view, at.frame).filter(({ isParameter }) => isParameter === (kind === 'arguments'));
    case 'statics':
      return staticsOf(at.view, at.frame);
    case 'registers':
      return REGISTER_LIST.flatMap((name): Item[] => {
        const value = registerOf(name, at.thread, at.frame);
        return value === null ? [] : [{ ...numberItem(name, value, at.view), expression: `$${name}` }];
      });
  }
}

function shownVariable(session: Session, item: Item, belonging: Belonging): object {
  const readOnly = item.address === null ? { presentationHint: { attributes: ['readOnly'] } } : {};
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
  const { debuggee } = session;
  if (item.address === null)
    throw new WrongMomentError(`${item.name} is not in memory: it lives in a register, or is only computed`, {
      hint: 'Only what is in memory can be changed.',
    });
  const before = view.read(item.address, item.size);
  if (before === null) throw new WrongMomentError(`${item.name} cannot be read`);
  const bytes = encodeValue(text, valueTypeOfItem(item), before);
  await debuggee.client.writeMemory(view.pid, item.address, bytes);
  session.peer.afterAnswer(() => session.peer.event('invalidated', { areas: ['variables'] }));
  return shownValue(session, item, { view, at });
}
