// The process that is served: this command's own, or joined where another hwbkpt has it. When that one lets go of it, this one joins whoever was
// faster, or has the process itself from then on.
import { openSync } from 'node:fs';
import type { Inherit } from '../../model/access.js';
import { DEFAULT_CLIENTS, findWay, isThere, joinOwner, type RemoteClient, type Sharing, shareClients } from '../../servers/share/index.js';
import { attachShared, type Client, ClientClosedError, launchShared, type SharedTarget } from '../../session/debug/index.js';
import type { Surroundings } from '../../session/index.js';
import { prepareToAttach } from '../../session/prepare-attach.js';
import { startTime } from '../../session/process-start.js';
import { launchedStatus } from '../process-end.js';
import type { GdbServerChoice } from './options.js';

/** `keeper` has it while nobody is connected, and hears of its end. */
type Way =
  | { readonly kind: 'own'; readonly shared: SharedTarget; readonly keeper: Client; readonly sharing: Sharing | null }
  | { readonly kind: 'joined'; readonly keeper: RemoteClient };

export interface ServedParts {
  readonly choice: GdbServerChoice;
  readonly surroundings: Surroundings;
  /** A line for people. */
  say(line: string): void;
}

const DEFAULT_INHERIT: Inherit = 'threads';

export class ServedProcess implements AsyncDisposable {
  readonly pid: number;
  readonly inherit: Inherit;
  /** Resolves when the process has ended, or cannot be had any more. */
  readonly ended: Promise<void>;
  readonly #parts: ServedParts;
  readonly #start: string | null;
  #way: Promise<Way>;
  #hasEnded = false;
  #isLeaving = false;
  #settle: () => void = () => undefined;

  private constructor(parts: ServedParts, way: Way) {
    this.#parts = parts;
    this.pid = way.keeper.pid;
    this.inherit = way.kind === 'joined' ? way.keeper.inherit : (parts.choice.inherit ?? DEFAULT_INHERIT);
    this.#start = startTime(this.pid);
    this.ended = new Promise((resolve) => {
      this.#settle = resolve;
    });
    this.#way = Promise.resolve(way);
    this.#follow(way);
  }

  /** Rejects with what attach and launch reject with. */
  static async open(parts: ServedParts): Promise<ServedProcess> {
    const { target } = parts.choice;
    const way = target.kind === 'pid' ? await found(parts, { pid: target.pid, isHandedOver: false }) : await launched(parts, target.argv);
    return new ServedProcess(parts, way);
  }

  #follow(way: Way): void {
    const { keeper } = way;
    if (way.kind === 'joined') {
      this.#say(`joined hwbkpt ${way.keeper.owner.pid} (${way.keeper.owner.name}), which has process ${this.pid}`);
      // In case that it has to take over.
      void prepareToAttach('stop');
    } else if (way.shared.target.risk !== null) this.#say(way.shared.target.risk);
    keeper.onEvent((event) => {
      if (event.type === 'process-ended' && event.end.pid === keeper.pid) this.#over();
      else if (event.type === 'closed') this.#lost(way, event.because);
    });
  }

  #say(line: string): void {
    this.#parts.say(line);
  }

  #over(): void {
    this.#hasEnded = true;
    this.#settle();
  }

  #lost(way: Way, because: string): void {
    if (this.#isLeaving) return;
    if (way.kind === 'own' || !isThere(this.pid, this.#start)) {
      this.#over();
      return;
    }
    this.#say(`hwbkpt ${way.keeper.owner.pid} has let go of process ${this.pid}: ${because}`);
    this.#way = this.#foundAgain();
    this.#way.catch((error: unknown) => {
      this.#say(`process ${this.pid} is out of reach: ${error instanceof Error ? error.message : String(error)}`);
      this.#over();
    });
  }

  async #foundAgain(): Promise<Way> {
    const parts = { ...this.#parts, choice: { ...this.#parts.choice, inherit: this.inherit } };
    const way = await found(parts, { pid: this.pid, isHandedOver: true });
    if (way.kind === 'own') this.#say(`attached to process ${this.pid}; debuggers may connect again`);
    if (this.#isLeaving) await leave(way);
    else this.#follow(way);
    return way;
  }

  /** A client for one more debugger, once there is a way to the process. */
  async join(name: string): Promise<Client> {
    const way = await this.#way;
    if (way.kind === 'own') return way.shared.join({ name, role: 'controls' });
    const joined = await joinOwner(this.pid, `${name} of ${nameOf()}`, 'controls');
    if (joined === null) throw new ClientClosedError(name, `hwbkpt ${way.keeper.owner.pid} takes no more clients`);
    return joined;
  }

  /** The exit status of a launched program that has ended; null: it has not, or was there before. */
  async status(): Promise<number | null> {
    const way = await this.#way;
    return way.kind === 'own' && this.#parts.choice.target.kind === 'command' && this.#hasEnded
      ? await launchedStatus(way.shared.target)
      : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isLeaving = true;
    await this.#way.then(leave, () => undefined);
  }
}

async function leave(way: Way): Promise<void> {
  if (way.kind === 'own') await way.sharing?.leave('gdbserver has ended');
  await way.keeper[Symbol.asyncDispose]();
}

/** Who this is, to other commands on the same process. */
function nameOf(): string {
  return `gdbserver ${process.pid}`;
}

const KEEPER = { name: 'gdbserver', role: 'watches' } as const;

interface Sought {
  readonly pid: number;
  readonly isHandedOver: boolean;
}

async function found({ choice, say }: ServedParts, { pid, isHandedOver }: Sought): Promise<Way> {
  const inherit = choice.inherit ?? DEFAULT_INHERIT;
  const open = (): Promise<SharedTarget> => attachShared(pid, { inherit });
  if (!choice.share) return owned(await open(), null);
  const visitor = { name: nameOf(), clients: DEFAULT_CLIENTS };
  const way = await findWay(pid, {
    ...{ role: 'watches', needsStops: true, engine: 'auto', inherit: choice.inherit, visitor, isHandedOver, open },
    host: (shared) => ({ inherit, join: (who) => shared.join(who) }),
  });
  if (way.kind === 'joined') return { kind: 'joined', keeper: way.client };
  if (way.because !== null) say(`not shared: ${way.because}`);
  return owned(way.own, way.sharing);
}

function owned(shared: SharedTarget, sharing: Sharing | null): Way {
  return { kind: 'own', shared, keeper: shared.join(KEEPER), sharing };
}

async function launched({ choice, surroundings }: ServedParts, argv: readonly string[]): Promise<Way> {
  const inherit = choice.inherit ?? DEFAULT_INHERIT;
  // Standard input and output are the protocol's then.
  const standard = choice.where.kind === 'stdio' ? { standard: [openSync('/dev/null', 'r'), 2, 2] as const } : {};
  const shared = await launchShared(argv, { inherit, surroundings: { ...surroundings, ...standard } });
  const keeper = shared.join(KEEPER);
  const visitor = { name: nameOf(), clients: DEFAULT_CLIENTS };
  const sharing = choice.share ? await shareClients({ pid: keeper.pid, inherit }, visitor, (who) => shared.join(who)) : null;
  return { kind: 'own', shared, keeper, sharing };
}
