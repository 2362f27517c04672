// A file that knows the kernel's names, given by the user: an ELF vmlinux, or the text of System.map. Told apart by content.
import { closeSync, openSync, readSync } from 'node:fs';
import { HwbkptError } from '../../base/errors.js';
import { KernelSymbols } from './kernel-symbols.js';
import { type ModuleFile, openModuleFile } from './module-file.js';

/** The file is no vmlinux and no System.map. */
export class NotAKernelFileError extends HwbkptError {
  readonly code = 'not-a-kernel-file';
  readonly file: string;

  constructor(file: string, what: string, cause?: unknown) {
    super(`${file} ${what}`, {
      hint: 'Give the uncompressed vmlinux (packages called ...-dbg, ...-dbgsym or ...-debuginfo have it), or System.map, of the running kernel.',
      cause,
    });
    this.file = file;
  }
}

/** What a file tells; addresses are those of the file. */
export type KernelFile = Disposable & { readonly path: string } & (
    | { readonly kind: 'vmlinux'; readonly elf: ModuleFile }
    | { readonly kind: 'system-map'; readonly list: KernelSymbols }
  );

/** Opens `path`. Throws NotAKernelFileError, and ElfError for a broken ELF file. */
export function openKernelFile(path: string): KernelFile {
  const head = beginning(path);
  if (head.startsWith('\x7fELF')) {
    const elf = openModuleFile(path);
    return { kind: 'vmlinux', path, elf, [Symbol.dispose]: () => elf[Symbol.dispose]() };
  }
  if (isSystemMap(head)) return { kind: 'system-map', path, list: new KernelSymbols(path), [Symbol.dispose]: () => undefined };
  throw new NotAKernelFileError(
    path,
    isBootImage(head) ? 'is a compressed kernel for booting, without names' : 'is no vmlinux and no System.map',
  );
}

const HEAD_BYTES = 4096;

function beginning(path: string): string {
  let fd: number | null = null;
  try {
    fd = openSync(path, 'r');
    const bytes = Buffer.alloc(HEAD_BYTES);
    return bytes.toString('latin1', 0, readSync(fd, bytes, 0, HEAD_BYTES, 0));
  } catch (cause) {
    throw new NotAKernelFileError(path, `cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

/** Lines of `ffffffff81000000 T _text`; the last one may be cut. */
function isSystemMap(head: string): boolean {
  const lines = head.split('\n').slice(0, head.length < HEAD_BYTES ? undefined : -1);
  const written = lines.filter((line) => line !== '');
  return written.length > 0 && written.every((line) => /^[0-9a-f]{16} [A-Za-z?] \S+(\t\[\S+\])?$/.test(line));
}

/** The boot protocol's signature (Documentation/arch/x86/boot.rst), or what compresses kernels for other machines: gzip. */
function isBootImage(head: string): boolean {
  return head.startsWith('HdrS', 0x202) || head.startsWith('\x1f\x8b');
}
