// What a command of hwbkpt is, as data: its words for people, its arguments and options, and the code that it runs.

/** One option, in commander's notation. */
export interface OptionSpec {
  /** `-p, --pid <pid>` */
  readonly flags: string;
  readonly description: string;
  readonly choices?: readonly string[];
  readonly default?: string;
}

/** One positional argument: `<required>`, `[optional]`, `...` for several. */
export interface ArgumentSpec {
  readonly syntax: string;
  readonly description: string;
}

/** What a command gets when it runs. */
export interface Invocation {
  readonly arguments: readonly string[];
  /** By long name in camel case, as commander gives them. */
  readonly options: Readonly<Record<string, string | boolean | undefined>>;
  /** What stood behind `--`; null without one. */
  readonly command: readonly string[] | null;
}

/** Runs a command; resolves to the exit status. */
export type Run = (invocation: Invocation) => Promise<number>;

export interface CommandSpec {
  readonly name: string;
  readonly summary: string;
  /** Paragraphs below the usage line. */
  readonly description: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** True where `-- COMMAND [ARG...]` may follow. */
  readonly launches: boolean;
  readonly examples: readonly { readonly command: string; readonly meaning: string }[];
  /** Loads the code only when the command is used: start-up time counts. */
  load(): Promise<Run>;
}
