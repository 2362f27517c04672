// The words of this folder: what a requirement is, and the sections that hold them.

/** `R-105` for a fact or requirement, `T-L-30` and `T-NB-05` for tests of Linux and NetBSD, `N-7` for a note. */
export type RequirementId = `R-${string}` | `T-L-${string}` | `T-NB-${string}` | `N-${string}`;

/** What a row is about: the x86 processor, the designs of 2002 to 2009, or a system. */
export type Mark = 'cpu' | 'historic' | 'linux' | 'netbsd' | 'freebsd' | 'ia64' | 'arm64' | 'other';

/** Rows that belong together, in the order in which the page shows them. */
export interface Section {
  readonly title: string;
  readonly mark: Mark;
  /** Marks of the rows that differ from the section's. */
  readonly otherMarks?: Readonly<Record<RequirementId, Mark>>;
  /** One sentence each, of at most 140 characters. */
  readonly rows: Readonly<Record<RequirementId, string>>;
}

export interface Requirement {
  readonly id: RequirementId;
  readonly mark: Mark;
  readonly statement: string;
}
