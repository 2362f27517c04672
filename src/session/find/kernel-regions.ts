// Where the kernel keeps its variables: its data and zeroed data, from /proc/iomem (physical) and the address of its code; data of its modules.
import { readNames, readText } from '../../linux/procfs/read.js';
import type { KernelSymbols } from '../../symbols/live/kernel-symbols.js';
import { KernelUnreadableError, NothingToSearchError } from './errors.js';

/** The parts that `--in` takes for the kernel, beside `all`. */
export const KERNEL_PARTS = ['data', 'bss', 'modules'] as const;
export type KernelPart = (typeof KERNEL_PARTS)[number];

/** A run of the kernel's memory. */
export interface KernelRegion {
  readonly part: KernelPart;
  /** `data`, `bss`, `ext4 .data`. */
  readonly name: string;
  readonly start: bigint;
  /** First address behind it. */
  readonly end: bigint;
}

/** Where the files of the kernel are; others only in tests. */
export interface KernelFiles {
  /** `/proc` */
  readonly proc: string;
  /** `/sys/module` */
  readonly modules: string;
}

const FILES: KernelFiles = { proc: '/proc', modules: '/sys/module' };

/** All regions, ascending. Throws KernelUnreadableError, KernelAddressesHiddenError. */
export function kernelRegions(symbols: Pick<KernelSymbols, 'find'>, files: KernelFiles = FILES): KernelRegion[] {
  const own = imageRegions(symbols, readText(`${files.proc}/iomem`) ?? '');
  return [...own, ...moduleRegions(files)].sort((a, b) => (a.start < b.start ? -1 : 1));
}

/** Those of `part`; of all for `all`. Throws NothingToSearchError. */
export function kernelRegionsIn(regions: readonly KernelRegion[], part: string): readonly KernelRegion[] {
  if (part === 'all') return regions;
  if (!(KERNEL_PARTS as readonly string[]).includes(part))
    throw new NothingToSearchError(`the kernel has no part called ${JSON.stringify(part)}`, {
      hint: `--in takes ${KERNEL_PARTS.join(', ')} or all.`,
    });
  const chosen = regions.filter((region) => region.part === part);
  if (chosen.length === 0) throw new NothingToSearchError(`the kernel has no ${part} to search`, { hint: 'No kernel modules are loaded.' });
  return chosen;
}

/** Symbols around the data and the zeroed data, where the kernel's list has them (KALLSYMS_ALL). */
const AROUND = { data: ['_sdata', '_edata'], bss: ['__bss_start', '__bss_stop'] } as const;
const IN_IOMEM = { data: 'Kernel data', bss: 'Kernel bss' } as const;

function imageRegions(symbols: Pick<KernelSymbols, 'find'>, iomem: string): KernelRegion[] {
  const address = (name: string): bigint | null => symbols.find(name)[0]?.address ?? null;
  const text = address('_text') ?? address('_stext');
  return (['data', 'bss'] as const).map((part) => {
    const [start, end] = AROUND[part].map(address);
    if (start != null && end != null) return { part, name: part, start, end };
    return { part, name: part, ...fromIomem(iomem, IN_IOMEM[part], text) };
  });
}

/** The image lies as a whole: what is so far behind its code in physical memory is so far behind it in virtual memory too. */
function fromIomem(iomem: string, name: string, text: bigint | null): { readonly start: bigint; readonly end: bigint } {
  const code = physical(iomem, 'Kernel code');
  const wanted = physical(iomem, name);
  if (text === null || code === null || wanted === null || code.end === 0n)
    throw new KernelUnreadableError(`where the kernel keeps its data cannot be seen: /proc/iomem shows no "${name}"`, {
      hint: 'Run as root (CAP_SYS_ADMIN), outside of a container.',
    });
  return { start: wanted.start - code.start + text, end: wanted.end + 1n - code.start + text };
}

/** `  03000000-0327c03f : Kernel data`; the end is the last address. */
function physical(iomem: string, name: string): { readonly start: bigint; readonly end: bigint } | null {
  const [, start, end] = new RegExp(`^\\s*([0-9a-f]+)-([0-9a-f]+) : ${name}$`, 'm').exec(iomem) ?? [];
  return start === undefined || end === undefined ? null : { start: BigInt(`0x${start}`), end: BigInt(`0x${end}`) };
}

/** Sections of a module that hold variables. */
const DATA_SECTION = /^\.(data|bss|data\.\.?[\w.]+)$/;

function moduleRegions({ proc, modules }: KernelFiles): KernelRegion[] {
  const lines = (readText(`${proc}/modules`) ?? '').split('\n').filter((line) => line !== '');
  return lines.flatMap((line) => {
    const [name = '', size = '0'] = line.split(' ');
    return regionsOfModule(name, Number(size), `${modules}/${name}/sections`);
  });
}

/** No file says how long a section is: it goes to the next one, and the last to where the module can end at most, or its memory does. */
function regionsOfModule(name: string, size: number, folder: string): KernelRegion[] {
  const sections = (readNames(folder) ?? [])
    .filter((section) => DATA_SECTION.test(section))
    .flatMap((section) => {
      const text = readText(`${folder}/${section}`)?.trim() ?? '';
      const start = /^0x[0-9a-f]+$/.test(text) ? BigInt(text) : 0n;
      return start === 0n ? [] : [{ section, start: start & ~7n }];
    });
  sections.sort((a, b) => (a.start < b.start ? -1 : 1));
  return sections.map(({ section, start }, i) => {
    const most = start + BigInt(size);
    const next = sections[i + 1]?.start ?? most;
    return { part: 'modules' as const, name: `${name} ${section}`, start, end: next < most ? next : most };
  });
}
