// One fact about a kernel's breakpoint events, and how to find out whether a subject keeps to it.

/** A fact with its ids in the title. `check` throws where the subject does otherwise. */
export interface Case<Subject> {
  readonly title: string;
  /** Why only a running kernel can be asked; absent where a simulation must agree. */
  readonly liveOnly?: string;
  check(subject: Subject): void | Promise<void>;
}
