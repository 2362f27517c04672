// What kind of ELF file this is: readable for every class and machine, so that a 32-bit or foreign one can be named in an error.
import type { ByteSource } from '../bytes.js';
import { ElfReader } from './elf-reader.js';

/** Class, byte order and machine of an ELF file. */
export interface ElfIdentity {
  readonly bits: 32 | 64;
  readonly littleEndian: boolean;
  /** e_machine. */
  readonly machine: number;
  /** `x86-64`, `AArch64`, or `machine 123`. */
  readonly machineName: string;
  /** x86-64, 64-bit: what {@link openElf} reads. */
  readonly supported: boolean;
}

/** e_machine of x86-64. */
export const EM_X86_64 = 62;

const MACHINES = new Map([
  [2, 'SPARC'],
  [3, 'i386'],
  [8, 'MIPS'],
  [20, 'PowerPC'],
  [21, 'PowerPC64'],
  [22, 'S/390'],
  [40, 'Arm'],
  [43, 'SPARC V9'],
  [50, 'IA-64'],
  [EM_X86_64, 'x86-64'],
  [183, 'AArch64'],
  [243, 'RISC-V'],
  [247, 'BPF'],
  [258, 'LoongArch'],
]);

/**
 * Reads the first 20 bytes. Throws ElfError (`not-elf`, `truncated`, `corrupt`) where they are not an ELF file's.
 *
 *     0..3     4      5      6        7..15   16..17   18..19
 *     \x7fELF  class  order  version  -       e_type   e_machine
 */
export function identify(source: ByteSource, file: string): ElfIdentity {
  const reader = new ElfReader(file, source);
  const magic = source.read(0, 4);
  if (magic.length < 4 || String.fromCharCode(...magic) !== '\x7fELF') {
    throw reader.error('not-elf', source.size === 0 ? 'the file is empty' : 'not an ELF file (it does not begin with \\x7fELF)');
  }
  const view = reader.view(0, 20, 'the ELF header');
  const elfClass = view.getUint8(4);
  const order = view.getUint8(5);
  if (elfClass !== 1 && elfClass !== 2) throw reader.error('corrupt', `the ELF class is ${elfClass}, which is neither 32-bit nor 64-bit`);
  if (order !== 1 && order !== 2) throw reader.error('corrupt', `the byte order is ${order}, which is neither little- nor big-endian`);
  const machine = view.getUint16(18, order === 1);
  const bits = elfClass === 1 ? 32 : 64;
  const littleEndian = order === 1;
  return {
    bits,
    littleEndian,
    machine,
    machineName: MACHINES.get(machine) ?? `machine ${machine}`,
    supported: bits === 64 && littleEndian && machine === EM_X86_64,
  };
}

/** Throws ElfError, saying which kind it is, unless the file is one that hwbkpt reads. */
export function requireSupported(reader: ElfReader): void {
  const { bits, littleEndian, machine, machineName } = identify(reader.source, reader.file);
  if (bits === 32) throw reader.error('32-bit', `a 32-bit program (${machineName}); hwbkpt reads 64-bit x86-64 programs only`);
  if (!littleEndian) throw reader.error('big-endian', `a big-endian program (${machineName})`);
  if (machine !== EM_X86_64) throw reader.error('other-machine', `a program for ${machineName}, not for x86-64`);
}
