// Copy relocations: a program that uses a library's variable directly (`stdout`, `environ`) has its own copy in .bss, and the dynamic
// linker makes everyone, the library included, use that copy.
import { viewOf } from './elf-reader.js';

const R_X86_64_COPY = 5;
const RELOCATION_BYTES = 24;

/**
 * Indices of the dynamic symbols that the relocations in `section` (.rela.dyn) copy.
 *
 *     0 offset  8 type (32 bits)  12 symbol (32 bits)  16 addend
 */
export function copiedSymbols(section: Uint8Array): number[] {
  const view = viewOf(section);
  const copied: number[] = [];
  for (let at = 0; at + RELOCATION_BYTES <= view.byteLength; at += RELOCATION_BYTES) {
    if (view.getUint32(at + 8, true) === R_X86_64_COPY) copied.push(view.getUint32(at + 12, true));
  }
  return copied;
}
