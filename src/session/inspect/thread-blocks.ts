// Where standing threads have their copies of thread-local variables, for debuggers that know names and modules themselves.
import { ProcessImage } from '../../symbols/live/process-image.js';

/** A thread's block of a module; `why`: a sentence without its end. */
export type FoundBlock = { readonly kind: 'at'; readonly address: bigint } | { readonly kind: 'none'; readonly why: string };

const WHY = {
  'not-allocated': 'the thread has not used its thread-local variables yet, and has no copy of them',
  untold: 'the C library does not tell where threads have its thread-local variables',
} as const;

/** What the processes have loaded is opened when it is first asked for. */
export class ThreadBlocks implements Disposable {
  readonly #images = new Map<number, ProcessImage>();

  /**
   * Of the thread of process `pid` whose FS base is `pointer`, and the module that the dynamic linker describes at `linkMap` (0: the program).
   * Throws NoProcessImageError.
   */
  find(pid: number, linkMap: bigint, pointer: bigint): FoundBlock {
    if (pointer === 0n) return { kind: 'none', why: 'the thread has nothing of its own yet: the program is just starting' };
    const image = this.#imageOf(pid);
    // A static program has no link_map.
    const module = linkMap === 0n ? image.program : image.moduleOfLinkMap(linkMap);
    if (module === null) return { kind: 'none', why: `no module has its link_map at 0x${linkMap.toString(16)}` };
    const block = image.threadBlock(module, { kind: 'pointer', pointer });
    return block.kind === 'at'
      ? block
      : { kind: 'none', why: `${module.name}: ${WHY[block.why === 'not-allocated' ? block.why : 'untold']}` };
  }

  /** As of now. */
  #imageOf(pid: number): ProcessImage {
    const known = this.#images.get(pid);
    const image = known ?? new ProcessImage(pid);
    this.#images.set(pid, image);
    if (known !== undefined) known.refresh();
    return image;
  }

  [Symbol.dispose](): void {
    for (const image of this.#images.values()) image[Symbol.dispose]();
    this.#images.clear();
  }
}
