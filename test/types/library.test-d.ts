// The types of the library as its users meet them. Compiling this file is the test: a line that no longer holds fails `tsc -b`.
import {
  type Access,
  attach,
  type attachKernel,
  type attachShared,
  type Client,
  type ClientEvent,
  type ClientWatch,
  type ClientWatchOptions,
  type Ending,
  type Hit,
  HwbkptError,
  type Inherit,
  type Item,
  type JsonValue,
  type KernelOptions,
  type LiveKernel,
  launch,
  type launchShared,
  type NoSuchProcessError,
  type NotCovered,
  type OpenOptions,
  type openLiveKernel,
  type Place,
  type SharedTarget,
  type SummaryMessage,
  type Target,
  type TargetEvent,
  type TargetOptions,
  type ValueSource,
  type Watch,
  type WatchOptions,
} from 'hwbkpt';
import type { Cover, planCover } from 'hwbkpt/registers';
import type { ElfFile, openElf } from 'hwbkpt/symbols';

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Takes only `true`: `holds<Same<X, Y>>()` does not compile where X is not Y. */
function holds<T extends true>(): T | undefined {
  return undefined;
}

/** Functions and what they take and give. */
export function signatures(): void {
  holds<Same<Parameters<typeof attach>, [pid: number, options?: TargetOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<typeof attach>>, Target>>();
  holds<Same<Parameters<typeof openLiveKernel>, [pid: number, options: OpenOptions]>>();
  holds<Same<Awaited<ReturnType<typeof openLiveKernel>>, LiveKernel>>();
  holds<Same<Parameters<typeof attachKernel>, [options?: KernelOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<typeof attachKernel>>, Target>>();
  holds<Same<Target['pid'], number | null>>();
  holds<Same<Parameters<typeof launch>, [argv: readonly string[], options?: TargetOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<typeof launch>>, Target>>();
  holds<Same<Parameters<Target['watch']>, [expression: string, options?: WatchOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<Target['watch']>>, Watch>>();
  holds<Same<Target['ending'], Ending | null>>();
  holds<Same<Parameters<typeof attachShared>, [pid: number, options?: TargetOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<typeof launchShared>>, SharedTarget>>();
  holds<Same<ReturnType<SharedTarget['join']>, Client>>();
  holds<Same<Parameters<Client['watch']>, [expression: string, options?: ClientWatchOptions | undefined]>>();
  holds<Same<Awaited<ReturnType<Client['watch']>>, ClientWatch>>();
  holds<Same<Extract<ClientEvent, { type: 'hit' }>['hit'], Hit>>();
  holds<Client extends AsyncDisposable ? true : false>();
  holds<Same<ReturnType<Target['summary']>, SummaryMessage>>();
  holds<Target extends AsyncDisposable ? true : false>();
  holds<Watch extends AsyncIterable<Hit> & AsyncDisposable ? true : false>();
  holds<NoSuchProcessError extends HwbkptError ? true : false>();
  holds<Same<ReturnType<typeof planCover>, Cover>>();
  holds<ReturnType<typeof openElf> extends ElfFile ? true : false>();
}

/** Words that users write. */
export function words(): void {
  holds<Same<Access, 'write' | 'readwrite' | 'execute'>>();
  holds<Same<Inherit, 'none' | 'threads' | 'children'>>();
  holds<Same<Hit['oldValue'], JsonValue>>();
  holds<Same<Hit['newValue'], JsonValue>>();
  holds<Same<Hit['valueSource'], ValueSource | null>>();
  holds<Same<Hit['place'], Place>>();
  holds<Same<SummaryMessage['not_covered'], readonly NotCovered[]>>();
  holds<TargetEvent extends Item ? true : false>();
  holds<Same<Item['kind'], 'hit' | TargetEvent['kind']>>();
}

/** What must not compile. */
export async function mistakes(target: Target, hit: Hit): Promise<void> {
  // @ts-expect-error a process is a number
  await attach('4711');
  // @ts-expect-error a command is a list of words
  await launch('./prog --option');
  // @ts-expect-error the command line's short words are not the library's
  await target.watch('x', { access: 'w' });
  // @ts-expect-error a misspelt option
  await target.watch('x', { acess: 'write' });
  // @ts-expect-error hits are read only
  hit.tid = 1;
  // @ts-expect-error a value may be unknown
  const value: number | string | boolean = hit.newValue;
  holds<Same<typeof value, number | string | boolean>>();
  // @ts-expect-error the base of errors cannot be made, its subclasses can
  throw new HwbkptError('x');
}
