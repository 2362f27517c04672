// What a watch cannot see, as codes of one documented enum.

/** One way for memory to be touched, or one part of the target, that an armed watch does not cover. */
export type NotCovered =
  /** Writes by the kernel on behalf of a system call (`read(2)` into the variable); needs privilege. */
  | 'kernel-writes'
  /** Writes by another process through `process_vm_writev` or /proc/PID/mem: no debug register sees them. */
  | 'process-vm-writev'
  /** Writes through another mapping of the same page (shared memory, another process). */
  | 'other-mapping'
  /** Writes by devices. */
  | 'dma'
  /** Child processes, when only threads are inherited. */
  | 'children'
  /** Threads created after arming, when nothing is inherited. */
  | 'new-threads'
  /** What a new program does between its exec and the moment the watch is armed in it. */
  | 'after-exec'
  /** What happened while others had the debug registers that the watch, which has a priority, waited for. */
  | 'no-register'
  /** What happened after a pointer on the way to a watch with `--follow` had changed, and before that was armed where it leads now. */
  | 're-aiming'
  /** What was done with a library's variable after the library was loaded, and before the watch that waited for it was armed. */
  | 'after-load'
  /** What NMI handlers and the debug exception's own path do: the kernel switches breakpoints off there. */
  | 'nmi'
  /** What happened after the hwbkpt that had the process had gone, and before this one watched it again by itself. */
  | 'owner-left'
  /** What happened while a watch with `--max-rate` was switched off. */
  | 'sampled'
  /** A thread that could not be armed. */
  | `thread:${number}`
  /** A CPU on which nothing could be armed. */
  | `cpu:${number}`;
