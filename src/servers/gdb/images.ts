// What the processes of a session have loaded, as far as gdb leaves it to us to know that: opened when it is first asked for.
import { ProcessImage } from '../../symbols/live/process-image.js';

export class Images implements Disposable {
  readonly #byProcess = new Map<number, ProcessImage>();

  /** As of now. Throws NoProcessImageError. */
  of(pid: number): ProcessImage {
    const known = this.#byProcess.get(pid);
    const image = known ?? new ProcessImage(pid);
    this.#byProcess.set(pid, image);
    if (known !== undefined) known.refresh();
    return image;
  }

  [Symbol.dispose](): void {
    for (const image of this.#byProcess.values()) image[Symbol.dispose]();
    this.#byProcess.clear();
  }
}
